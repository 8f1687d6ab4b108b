with

facts as (

    select
        patient_key,
        dispense_key,
        source_system,
        drug_code,
        code_system,
        drug_name,
        cast(null as {{ dbt.type_string() }}) as ndc_code,
        cast(null as {{ dbt.type_string() }}) as gsn_code,
        cast(null as {{ dbt.type_string() }}) as drug_type_code,
        cast(null as {{ dbt.type_string() }}) as strength_text
    from {{ ref('stg_dispenses') }}

),

{{ drug_ingredients('facts', 'dispense_key') }}
