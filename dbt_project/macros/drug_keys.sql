{#-
    All that a source says to name a medicine, as one text: rows that say the same share
    what is read from it once. Columns that a feed does not have are `null`.
-#}
{% macro delivered_drug_key(
    ndc_code='null', gsn_code='null', drug_type_code='null', strength_text='null'
) -%}
    {{ joined_texts([
        'source_system', 'drug_code', 'code_system', 'drug_name',
        ndc_code, gsn_code, drug_type_code, strength_text
    ]) }}
{%- endmacro %}

{#- Texts of which any may be null as one that tells them apart: no text holds this sign. -#}
{% macro joined_texts(columns) -%}
    {%- for column in columns %}
    {%- if column != 'null' %}coalesce({{ column }}, ''){% else %}''{% endif %}
    {%- if not loop.last %} || chr(31) || {% endif %}
    {%- endfor %}
{%- endmacro %}
