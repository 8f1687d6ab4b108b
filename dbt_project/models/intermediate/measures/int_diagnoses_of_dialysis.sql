{#-
    Diagnoses that say a patient needs dialysis: end stage renal disease, dependence on
    dialysis; codes of ICD-10-CM and ICD-9-CM.
-#}
with

conditions as (

    select * from {{ ref('fct_conditions') }}

)

select
    patient_key,
    started_at as since_at,
    sensitivity
from conditions
where
    replace(upper(condition_code), '.', '') in (
        'N186', 'Z992', '5856', 'V451', 'V4511'
    )
    and started_at is not null
    and coalesce(verification_status_code, 'confirmed')
    not in ('refuted', 'entered-in-error', 'differential')
