{#-
    Orders and dispenses with each ingredient that they hold. Only what is a medicine and
    has an ingredient counts in the rules of medicines: what could not be told is counted
    by int_prescription_ingredients, and guessed nowhere.
-#}
with

of_prescriptions as (

    select * from {{ ref('int_prescription_ingredients') }}

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
        dose_form_code
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
        dose_form_code
    from of_dispenses

)

select *
from of_both
where
    drug_kind_code = 'medicine'
    and ingredient_name is not null
