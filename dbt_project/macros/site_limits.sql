{#-
    Whether a row of the site's limits holds for a result, were the patient of that sex: for
    its analyte, unit and kind of specimen, for every age that the patient may have had, and
    on the day of collection.
-#}
{% macro holds_for(limits, sex_code, result) -%}
    {{ result }}.analyte_code = {{ limits }}.analyte_code
    and {{ result }}.unit_to_compare = {{ limits }}.comparable_unit
    and {{ result }}.is_not_blood = {{ limits }}.is_of_other_material
    and {{ limits }}.known_sex_code = '{{ sex_code }}'
    and (
        {{ limits }}.age_from_years = 0
        or {{ result }}.age_at_least >= {{ limits }}.age_from_years
    )
    and (
        {{ limits }}.age_until_years is null
        or {{ result }}.age_at_most < {{ limits }}.age_until_years
    )
    and (
        {{ limits }}.in_force_from is null
        or {{ result }}.collected_on >= {{ limits }}.in_force_from
    )
    and (
        {{ limits }}.in_force_until is null
        or {{ result }}.collected_on < {{ limits }}.in_force_until
    )
{%- endmacro %}
