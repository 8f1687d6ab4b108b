{#-
    Ingredients that are better avoided from 65 years on, from the birthday on or from
    when they were first taken after it. Of whom the year of birth alone is known, the
    year counts whole: a warning up to a year early, and none too late.
-#}
with

taken as (

    select * from {{ ref('fct_medications_taken') }}
    {{ only_touched_patients() }}

),

risk_groups as (

    select * from {{ ref('elderly_risk_groups') }}

),

patients as (

    select
        patient_key,
        {{ start_of_day(date_of_age(
            'coalesce(birth_date, ' ~ start_of_year('birth_year') ~ ')',
            var('elderly_age')
        )) }} as elderly_from
    from {{ ref('dim_patients') }}
    {{ only_touched_patients() }}

)

select
    taken.patient_key,
    taken.taken_key as first_taken_key,
    taken.exposure_key as first_exposure_key,
    taken.ingredient_name as ingredient_a,
    risk_groups.group_name,
    risk_groups.advice_name,
    risk_groups.reason_name,
    taken.sensitivity,
    greatest(taken.taken_from, patients.elderly_from) as began_at,
    taken.taken_until as ended_at,
    taken.known_from,
    taken.known_until
from taken
inner join risk_groups
    on taken.ingredient_name = risk_groups.ingredient_name
inner join patients
    on taken.patient_key = patients.patient_key
where patients.elderly_from < taken.taken_until
