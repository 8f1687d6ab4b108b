{#-
    Every source has its own words for the setting of a visit. What it delivers is
    mapped to one list; a source that delivers none (Synthea before 2019) is read by
    the type of the visit; the rest is `unknown` and can be counted.
-#}
with

encounters as (

    select * from {{ ref('stg_encounters') }}

),

encounter_classes as (

    select * from {{ ref('encounter_classes') }}

),

encounter_type_classes as (

    select * from {{ ref('encounter_type_classes') }}

),

classified as (

    select
        encounters.*,
        encounters.encounter_class_code as delivered_class_code,
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
    from encounters
    left join encounter_classes
        on lower(encounters.encounter_class_code) = encounter_classes.delivered_code
    left join encounter_type_classes
        on
            encounters.encounter_type_code
            = encounter_type_classes.encounter_type_code

)

select * from classified
