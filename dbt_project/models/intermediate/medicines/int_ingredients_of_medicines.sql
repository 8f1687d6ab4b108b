{#-
    Orders and dispenses with each ingredient that they hold. Only what is a medicine and
    has an ingredient counts in the rules of medicines: what could not be told is counted
    by fct_prescription_ingredients, and guessed nowhere.
-#}
with

of_prescriptions as (

    select * from {{ ref('fct_prescription_ingredients') }}

),

of_dispenses as (

    select * from {{ ref('int_dispense_ingredients') }}

),

of_both as (

    select
        patient_key,
        'order' as exposure_kind_code,
        prescription_key as exposure_key,
        ingredient_name,
        ingredient_rxcui,
        atc_code,
        drug_kind_code,
        strength_value,
        strength_unit,
        dose_form_code,
        dose_basis_code,
        daily_dose,
        daily_dose_unit,
        refusal_code as dose_refusal_code,
        is_as_needed
    from of_prescriptions

    union all

    select
        patient_key,
        'dispense' as exposure_kind_code,
        dispense_key as exposure_key,
        ingredient_name,
        ingredient_rxcui,
        atc_code,
        drug_kind_code,
        strength_value,
        strength_unit,
        dose_form_code,
        cast(null as {{ dbt.type_string() }}) as dose_basis_code,
        cast(null as {{ type_decimal() }}) as daily_dose,
        cast(null as {{ dbt.type_string() }}) as daily_dose_unit,
        cast(null as {{ dbt.type_string() }}) as dose_refusal_code,
        false as is_as_needed
    from of_dispenses

)

select *
from of_both
where
    drug_kind_code = 'medicine'
    and ingredient_name is not null
