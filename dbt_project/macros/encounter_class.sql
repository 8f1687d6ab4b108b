{#-
    The rows of a CTE of encounters with the setting of each visit in the words of this
    warehouse: by the class delivered, else by the type of the visit, else unknown.
-#}
{% macro with_class_of_encounter(encounters) -%}
    select
        {{ encounters }}.*,
        {{ encounters }}.encounter_class_code as delivered_class_code,
        coalesce(
            encounter_classes.encounter_class_code,
            encounter_type_classes.encounter_class_code,
            'unknown'
        ) as normalised_class_code,
        case
            when encounter_classes.encounter_class_code is not null then 'class'
            when encounter_type_classes.encounter_class_code is not null then 'type'
            else 'unknown'
        end as class_basis,
        coalesce(
            encounter_classes.is_inpatient,
            encounter_type_classes.is_inpatient,
            false
        ) as is_inpatient,
        coalesce(
            encounter_classes.is_emergency,
            encounter_type_classes.is_emergency,
            false
        ) as is_emergency
    from {{ encounters }}
    left join {{ ref('encounter_classes') }} as encounter_classes
        on
            lower({{ encounters }}.encounter_class_code)
            = encounter_classes.delivered_code
    left join {{ ref('encounter_type_classes') }} as encounter_type_classes
        on
            {{ encounters }}.encounter_type_code
            = encounter_type_classes.encounter_type_code
{%- endmacro %}
