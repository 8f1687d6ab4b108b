{#-
    Medicines taken by somebody whose allergy warns of them. Where an onset is told, what
    ended before it is none.
-#}
with

taken as (

    select * from {{ ref('fct_medications_taken') }}
    {{ only_touched_patients() }}

),

warned_of as (

    select * from {{ ref('fct_allergy_warnings') }}
    {{ only_touched_patients() }}

)

select
    taken.patient_key,
    warned_of.alert_kind_code,
    warned_of.severity_code,
    warned_of.allergy_key,
    warned_of.substance_name,
    warned_of.advice_name,
    warned_of.basis_name,
    warned_of.source_name,
    taken.ingredient_name as ingredient_a,
    taken.taken_key as first_taken_key,
    taken.exposure_key as first_exposure_key,
    taken.sensitivity | warned_of.sensitivity as sensitivity,
    greatest(taken.taken_from, warned_of.started_at) as began_at,
    taken.taken_until as ended_at,
    greatest(taken.known_from, warned_of.known_from) as known_from,
    taken.known_until
from taken
inner join warned_of
    on
        taken.patient_key = warned_of.patient_key
        and taken.ingredient_name = warned_of.ingredient_name
where
    (
        warned_of.started_at is null
        or warned_of.started_at < taken.taken_until
    )
    and (
        taken.known_until is null
        or warned_of.known_from < taken.known_until
    )
