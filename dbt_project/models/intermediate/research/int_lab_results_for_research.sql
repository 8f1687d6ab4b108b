{#-
    Laboratory results with the test, date and words that research may show. A value
    whose test stands in no list is not shown: it says nothing, and may be an age, a
    date or a number of the patient.
-#}
with

lab_results as (

    select * from {{ ref('fct_lab_results') }}

),

patients as (

    select * from {{ ref('int_patients_for_research') }}

),

encounters as (

    select * from {{ ref('int_encounters_for_research') }}

),

codes as (

    select * from {{ ref('int_codes_for_research') }}

),

result_words as (

    select * from {{ ref('result_words') }}

),

with_test as (

    select
        lab_results.*,
        patients.research_patient_id,
        patients.first_year_shown,
        encounters.research_encounter_id,
        codes.code as listed_loinc_code,
        codes.title as test_title,
        codes.code is not null as is_test_listed,
        result_words.result_word,
        {{ measurement('lab_results.value_number') }} as measured_number,
        {{ measurement('lab_results.comparator_number') }} as measured_bound,
        coalesce(
            encounters.visit_date, {{ local_date('lab_results.collected_at') }}
        ) as fact_date
    from lab_results
    inner join patients
        on lab_results.patient_key = patients.patient_key
    left join encounters
        on
            lab_results.patient_key = encounters.patient_key
            and lab_results.encounter_key = encounters.encounter_key
    left join codes
        on
            lab_results.loinc_code = codes.code
            and codes.code_system = 'LOINC'
    left join result_words
        on lower(lab_results.value_text) = result_words.result_word
    where {{ is_fact_closed(local_date('lab_results.collected_at')) }}

)

select
    *,
    case
        when not is_test_listed then 'test_not_in_list'
        when coalesce(value_number, comparator_number) is not null
            then case
                when coalesce(measured_number, measured_bound) is null
                    then 'too_many_digits'
            end
        when value_text is not null and result_word is null then 'free_text'
    end as value_withheld
from with_test
