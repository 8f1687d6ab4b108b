{#-
    A medicine is two events: when it begins and when it stops or is replaced. Fluids
    and additives of an infusion, and orders that never reached the patient, are none.
-#}
with

medications as (

    select *
    from {{ ref('fct_medication_history') }}
    where
        not is_infusion_component
        and not is_never_given

)

select
    patient_key,
    'medication_started' as event_type_code,
    prescription_key as reference_key,
    encounter_key,
    drug_name as title,
    coalesce(frequency_text, strength_text) as detail,
    started_at as event_at,
    sensitivity,
    source_system,
    known_from
from medications

union all

select
    patient_key,
    'medication_stopped' as event_type_code,
    prescription_key as reference_key,
    encounter_key,
    drug_name as title,
    case when ended_at is null then 'replaced' else 'stopped' end as detail,
    coalesce(ended_at, replaced_at) as event_at,
    sensitivity,
    source_system,
    known_from
from medications
where coalesce(ended_at, replaced_at) is not null
