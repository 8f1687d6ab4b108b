{#-
    How many medicines were ordered and not ended at discharge, each counted once.
    An order without a stated end counts for as long as features look back.
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

    {{ versions_with_source_knowledge('prescriptions', 'versions.started_at') }}

),

known as (

    {{ known_at_discharge(
        'prescriptions', 'versions.started_at <= stays.predicted_at'
    ) }}

),

medication_statuses as (

    select * from {{ ref('medication_statuses') }}

),

ordered as (

    select
        known.*,
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
        coalesce(known.ended_at > known.predicted_at, true)
        and known.started_at
        >= known.predicted_at - interval '{{ var("earlier_stays_days") }} days'
        and not coalesce(medication_statuses.is_never_given, false)
        and coalesce(upper(known.drug_type_code), '') not in ('BASE', 'ADDITIVE')

)

select
    stay_key,
    patient_key,
    'medicines_count' as feature_name,
    cast(count(distinct medicine) as {{ type_decimal() }}) as feature_value,
    max(source_knew_at) as known_from,
    predicted_at
from ordered
group by stay_key, patient_key, predicted_at
