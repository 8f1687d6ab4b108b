{#- A code system by its name in the list of codes; any name that a source gives it. -#}
{% macro drug_code_system(column) -%}
    case
        when
            upper({{ column }}) like '%RXNORM%'
            or {{ column }} like '%2.16.840.1.113883.6.88'
            then 'RxNorm'
        when
            upper({{ column }}) like '%NDC%'
            or {{ column }} like '%2.16.840.1.113883.6.69'
            then 'NDC'
        when upper({{ column }}) = 'GSN' then 'GSN'
    end
{%- endmacro %}
