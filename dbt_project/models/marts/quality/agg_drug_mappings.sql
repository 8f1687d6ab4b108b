{#-
    How many prescriptions, dispenses and doses given are mapped to ingredients, by what, and
    which names are not: counts for staff who see no patient. Every fact is in exactly one
    row. A name that fewer than 11 patients share may be free text about one of them: those
    are counted without the name.
-#}
{{ config(tags=['nightly']) }}

with

prescriptions as (

    select
        patient_key,
        prescription_key as fact_key,
        max(source_system) as source_system,
        max(mapping_method) as mapping_method,
        max(drug_kind_code) as drug_kind_code,
        count(*) = count(ingredient_rxcui) as has_rxnorm_code
    from {{ ref('fct_prescription_ingredients') }}
    group by patient_key, prescription_key

),

dispenses as (

    select
        patient_key,
        dispense_key as fact_key,
        max(mapping_method) as mapping_method,
        max(drug_kind_code) as drug_kind_code,
        count(*) = count(ingredient_rxcui) as has_rxnorm_code
    from {{ ref('int_dispense_ingredients') }}
    group by patient_key, dispense_key

),

administrations as (

    select
        patient_key,
        administration_key as fact_key,
        max(mapping_method) as mapping_method,
        max(drug_kind_code) as drug_kind_code,
        count(*) = count(ingredient_rxcui) as has_rxnorm_code
    from {{ ref('int_administration_ingredients') }}
    group by patient_key, administration_key

),

named as (

    select
        'prescription' as record_kind_code,
        prescriptions.patient_key,
        prescriptions.source_system,
        prescriptions.mapping_method,
        prescriptions.drug_kind_code,
        prescriptions.has_rxnorm_code,
        facts.drug_name
    from prescriptions
    inner join {{ ref('fct_medication_history') }} as facts
        on
            prescriptions.patient_key = facts.patient_key
            and prescriptions.fact_key = facts.prescription_key

    union all

    select
        'dispense' as record_kind_code,
        dispenses.patient_key,
        facts.source_system,
        dispenses.mapping_method,
        dispenses.drug_kind_code,
        dispenses.has_rxnorm_code,
        facts.drug_name
    from dispenses
    inner join {{ ref('fct_dispenses') }} as facts
        on
            dispenses.patient_key = facts.patient_key
            and dispenses.fact_key = facts.dispense_key

    union all

    select
        'administration' as record_kind_code,
        administrations.patient_key,
        facts.source_system,
        administrations.mapping_method,
        administrations.drug_kind_code,
        administrations.has_rxnorm_code,
        facts.drug_name
    from administrations
    inner join {{ ref('fct_administrations') }} as facts
        on
            administrations.patient_key = facts.patient_key
            and administrations.fact_key = facts.administration_key

),

with_name as (

    select
        *,
        case when mapping_method = 'unmapped' then lower(drug_name) end
            as unmapped_name
    from named

),

names_of_many as (

    select unmapped_name
    from with_name
    where unmapped_name is not null
    group by unmapped_name
    having count(distinct patient_key) >= 11

)

select
    -- what was mapped
    with_name.source_system,
    with_name.record_kind_code,

    -- how
    with_name.mapping_method,
    with_name.drug_kind_code,
    names_of_many.unmapped_name,

    -- how often
    count(*) as facts_count,
    count(case when with_name.has_rxnorm_code then 1 end) as with_rxnorm_code_count

from with_name
left join names_of_many
    on with_name.unmapped_name = names_of_many.unmapped_name
group by
    with_name.source_system,
    with_name.record_kind_code,
    with_name.mapping_method,
    with_name.drug_kind_code,
    names_of_many.unmapped_name
