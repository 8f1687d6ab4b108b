{{
    config(
        indexes=[
            {'columns': ['lab_result_key'], 'unique': true},
            {'columns': ['patient_key', 'taken_at']},
        ]
    )
}}

with

lab_results as (

    select * from {{ ref('int_own_results_judged') }}
    {{ only_touched_patients() }}

),

release_clock as (

    select * from {{ ref('int_lab_results_release_clock') }}
    {{ only_touched_patients() }}

),

with_clock as (

    select
        lab_results.*,
        release_clock.released_counted_from,
        release_clock.released_known_from,
        release_clock.first_acknowledged_at
    from lab_results
    left join release_clock
        on
            lab_results.patient_key = release_clock.patient_key
            and lab_results.lab_result_key = release_clock.lab_result_key

)

select
    -- keys
    lab_result_key,
    patient_key,
    analyte_code as test_key,
    loinc_code,
    category_name,

    -- what was measured
    coalesce(plain_name, test_name) as test_name,
    plain_name is not null as is_test_explained,
    test_explanation,
    specimen_words,
    organism_name as germ_name,
    antibiotic_name,

    -- the value
    case when not is_value_withheld then comparator end as comparator,
    case
        when not is_value_withheld then coalesce(value_number, comparator_number)
    end as number_or_bound,
    case when not is_value_withheld then value_words end as value_words,
    case when not is_value_withheld then value_text end as value_text,
    unit as delivered_unit,
    unit_words,
    is_unit_explained,

    -- the range
    range_low,
    range_high,
    coalesce(range_words, reference_text) as range_words,
    range_basis_code,

    -- what to think of it
    judgement_code,
    susceptibility_code,
    is_usable or judgement_code in ('withdrawn', 'cancelled') as is_final,
    result_status_code in ('corrected', 'amended') as is_corrected,
    sensitivity,

    -- times
    coalesce(collected_at, resulted_at) as taken_at,
    released_counted_from,
    released_known_from,
    first_acknowledged_at,

    -- provenance
    source_system,
    delivery_id,
    file_id,
    line_number,
    known_from

from with_clock
