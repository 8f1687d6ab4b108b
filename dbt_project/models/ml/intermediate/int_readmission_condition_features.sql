{#-
    Charlson's index (Quan 2005, weights of 1987, without age) of the ICD-10 diagnoses
    recorded by discharge. Codes that are given for billing after it do not count, and
    where no coded diagnosis is known at all nothing is said: no burden is not zero burden.
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

    {{ versions_with_source_knowledge('conditions', 'versions.recorded_at') }}

),

known as (

    {{ known_at_discharge('conditions', 'versions.source_knew_at is not null') }}

),

charlson_icd10 as (

    select * from {{ ref('charlson_icd10') }}

),

coded as (

    select
        *,
        upper(replace(replace(condition_code, '.', ''), ' ', '')) as icd10_code
    from known
    where
        upper(code_system) like 'ICD-10%'
        and coalesce(lower(verification_status_code), '') not in (
            'refuted', 'entered-in-error'
        )
        and coalesce(ended_at > predicted_at, true)

),

codes as (

    select distinct icd10_code from coded

),

categorised as (

    select distinct
        codes.icd10_code,
        charlson_icd10.category_code,
        charlson_icd10.replaced_by_category_code,
        charlson_icd10.weight
    from codes
    inner join charlson_icd10
        on codes.icd10_code like charlson_icd10.icd10_prefix || '%'

),

found as (

    select distinct
        coded.stay_key,
        categorised.category_code,
        categorised.replaced_by_category_code,
        categorised.weight
    from coded
    inner join categorised
        on coded.icd10_code = categorised.icd10_code

),

counted as (

    select
        found.stay_key,
        sum(found.weight) as charlson_score
    from found
    left join found as more_severe
        on
            found.stay_key = more_severe.stay_key
            and found.replaced_by_category_code = more_severe.category_code
    where more_severe.stay_key is null
    group by found.stay_key

),

knowledge as (

    select
        stay_key,
        patient_key,
        predicted_at,
        max(source_knew_at) as known_from
    from coded
    group by stay_key, patient_key, predicted_at

)

select
    knowledge.stay_key,
    knowledge.patient_key,
    'charlson_score' as feature_name,
    cast(coalesce(counted.charlson_score, 0) as {{ type_decimal() }}) as feature_value,
    knowledge.known_from,
    knowledge.predicted_at
from knowledge
left join counted
    on knowledge.stay_key = counted.stay_key
