with

facts as (

    select
        patient_key,
        administration_key,
        source_system,
        drug_code,
        code_system,
        drug_name,
        {{ delivered_drug_key() }} as delivered_drug_key
    from {{ ref('stg_administrations') }}

),

drugs as (

    select distinct
        delivered_drug_key,
        source_system,
        drug_code,
        code_system,
        drug_name,
        cast(null as {{ dbt.type_string() }}) as ndc_code,
        cast(null as {{ dbt.type_string() }}) as gsn_code,
        cast(null as {{ dbt.type_string() }}) as drug_type_code,
        cast(null as {{ dbt.type_string() }}) as strength_text
    from facts

),

{{ drug_ingredients('drugs') }}

select
    facts.patient_key,
    facts.administration_key,
    by_ingredient.ingredient_name,
    by_ingredient.ingredient_rxcui,
    by_ingredient.atc_code,
    by_ingredient.mapping_method,
    by_ingredient.drug_kind_code,
    by_ingredient.strength_value,
    by_ingredient.strength_unit,
    by_ingredient.dose_form_code
from facts
inner join by_ingredient
    on facts.delivered_drug_key = by_ingredient.delivered_drug_key
