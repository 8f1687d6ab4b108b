{#-
    Fills of each calendar year that its proportion of days covered is reckoned from, one
    row per fill and measure: the ingredient itself, and each class that it is in. Only
    what is handed out in the year counts (PQA): what was left from the year before is
    not known to be taken. What a pharmacy hands out on a ward is no fill.
-#}
with

exposures as (

    select * from {{ ref('fct_medication_exposures') }}
    {{ only_touched_patients() }}

),

ingredient_classes as (

    select
        ingredient_name,
        atc_code
    from {{ ref('ingredient_classes') }}

),

adherence_classes as (

    select * from {{ ref('adherence_classes') }}

),

classes_of_ingredients as (

    select distinct
        ingredient_classes.ingredient_name,
        adherence_classes.class_name,
        adherence_classes.adherent_percent
    from ingredient_classes
    inner join adherence_classes
        on
            substr(
                ingredient_classes.atc_code, 1, length(adherence_classes.atc_prefix)
            ) = adherence_classes.atc_prefix

),

fills as (

    select
        patient_key,
        ingredient_name,
        cast(date_part('year', starts_on) as integer) as calendar_year,
        starts_on as handed_out_on,
        supply_days,
        source_system,
        sensitivity,
        known_from
    from exposures
    where
        exposure_kind_code = 'dispense'
        and is_counted
        and supply_days > 0

),

carried as (

    {{ carried_over('fills', ['patient_key', 'ingredient_name', 'calendar_year']) }}

),

with_measure as (

    select
        'ingredient' as measure_kind_code,
        carried.ingredient_name as measure_name,
        80 as adherent_percent,
        carried.*
    from carried

    union all

    select
        'class' as measure_kind_code,
        classes_of_ingredients.class_name as measure_name,
        classes_of_ingredients.adherent_percent,
        carried.*
    from carried
    inner join classes_of_ingredients
        on carried.ingredient_name = classes_of_ingredients.ingredient_name

)

select * from with_measure
