{#-
    Share of the days before admission for which medicines had been dispensed: per
    medicine the days supplied since its first dispense in the year before, at most one
    per day, over the days until admission; together over all medicines that were
    dispensed at least twice. Who never needed a refill shows no habit, so nothing is said.
-#}
with

stays as (

    select
        stay_key,
        patient_key,
        admitted_at as cohort_admitted_at,
        predicted_at
    from {{ ref('readmission_cohort') }}
    where is_predicted

),

versions as (

    {{ versions_with_source_knowledge(
        'dispenses', 'coalesce(versions.dispensed_at, versions.started_at)'
    ) }}

),

known as (

    {{ known_at_discharge(
        'dispenses',
        'coalesce(versions.dispensed_at, versions.started_at) <= stays.predicted_at'
    ) }}

),

medication_statuses as (

    select * from {{ ref('medication_statuses') }}

),

dispensed as (

    select
        known.*,
        coalesce(known.dispensed_at, known.started_at) as handed_out_at,
        coalesce(
            {{ clean_text('known.drug_code') }},
            lower({{ clean_text('known.drug_name') }})
        ) as medicine
    from known
    left join medication_statuses
        on
            lower({{ clean_text('known.status_code') }})
            = medication_statuses.delivered_code
    where
        not coalesce(medication_statuses.is_never_given, false)
        and known.days_supply > 0

),

before_admission as (

    select
        *,
        {{ days_between('handed_out_at', 'cohort_admitted_at') }} as days_before
    from dispensed
    where
        handed_out_at <= cohort_admitted_at
        and handed_out_at
        >= cohort_admitted_at - interval '{{ var("earlier_stays_days") }} days'

),

by_medicine as (

    select
        stay_key,
        patient_key,
        predicted_at,
        medicine,
        max(days_before) as days_exposed,
        least(sum(days_supply), max(days_before)) as days_covered,
        max(source_knew_at) as known_from
    from before_admission
    group by stay_key, patient_key, predicted_at, medicine
    having
        count(*) >= 2
        and max(days_before) >= {{ var('adherence_minimum_days') }}

)

select
    stay_key,
    patient_key,
    'adherence_share' as feature_name,
    cast(sum(days_covered) as {{ type_decimal() }}) / sum(days_exposed)
        as feature_value,
    max(known_from) as known_from,
    predicted_at
from by_medicine
group by stay_key, patient_key, predicted_at
