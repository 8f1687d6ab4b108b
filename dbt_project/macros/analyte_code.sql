{#-
    Code under which results are taken together: equivalent LOINC codes as one; a test
    without LOINC code stands alone, by its source, list, code and delivered material.
-#}
{% macro analyte_code(equivalent_code, loinc_code, result) -%}
    coalesce(
        {{ equivalent_code }},
        {{ loinc_code }},
        {{ result }}.source_system
        || ':' || coalesce({{ result }}.code_system, '')
        || ':' || {{ result }}.test_code
        || coalesce(':' || lower({{ result }}.specimen_name), '')
    )
{%- endmacro %}
