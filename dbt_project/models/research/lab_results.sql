-- depends_on: {{ ref('encounters') }}
with

lab_results as (

    select * from {{ ref('int_lab_results_for_research') }}

)

select
    -- keys
    research_patient_id,
    research_encounter_id,

    -- codes
    listed_loinc_code as loinc_code,
    case when is_test_listed then value_kind end as value_kind,
    case when measured_bound is not null and is_test_listed then comparator end
        as comparator,
    case when is_test_listed then unit_ucum end as unit_ucum,
    case when is_test_listed then flag end as flag,
    case when is_test_listed then displayed_flag end as displayed_flag,
    case when is_test_listed then interpretation_code end as laboratory_flag_code,
    result_status_code,
    case when not is_test_listed then 'not_in_list' end as test_withheld,
    value_withheld,
    {{ year_withheld('fact_date', 'first_year_shown') }} as year_withheld,

    -- names
    test_title as test_name,
    case when is_test_listed then result_word end as value_word,

    -- numbers
    case
        when is_test_listed
            then row_number() over (
                partition by research_patient_id, listed_loinc_code
                order by collected_at, lab_result_key
            )
    end as result_number,
    case when is_test_listed then measured_number end as value_number,
    case when is_test_listed then measured_bound end as comparator_number,
    -- without a unit nobody knows what a limit is, or whether it is one
    case
        when is_test_listed and unit_ucum is not null
            then {{ measurement('reference_low') }}
    end as reference_low,
    case
        when is_test_listed and unit_ucum is not null
            then {{ measurement('reference_high') }}
    end as reference_high,
    {{ year_shown('fact_date', 'first_year_shown') }} as collected_year,

    -- flags
    is_usable

from lab_results
order by research_patient_id, loinc_code, result_number
