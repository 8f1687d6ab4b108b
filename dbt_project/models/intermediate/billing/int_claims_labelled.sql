{#-
    A claim tells what was wrong and what was done, so it carries the labels of its codes
    and those of its visit; what was paid for it carries them too.
-#}
with

claims as (

    select * from {{ ref('stg_claims') }}

),

encounters as (

    select
        encounter_key,
        patient_key,
        sensitivity
    from {{ ref('fct_encounters') }}

),

labelled as (

    {{ labelled(
        'claims', 'claims', 'claim_key',
        codes=[
            ('diagnosis_code', 'diagnosis_code_system'),
            ('procedure_code', 'procedure_code_system')
        ]
    ) }}

)

select
    labelled.*,
    labelled.sensitivity | coalesce(encounters.sensitivity, 0) as claim_sensitivity
from labelled
left join encounters
    on
        labelled.patient_key = encounters.patient_key
        and labelled.encounter_key = encounters.encounter_key
