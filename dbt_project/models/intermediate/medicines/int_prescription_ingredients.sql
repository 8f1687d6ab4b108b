with

facts as (

    select
        patient_key,
        prescription_key,
        source_system,
        drug_code,
        code_system,
        drug_name,
        ndc_code,
        gsn_code,
        drug_type_code,
        strength_text
    from {{ ref('stg_prescriptions') }}

),

{{ drug_ingredients('facts', 'prescription_key') }}
