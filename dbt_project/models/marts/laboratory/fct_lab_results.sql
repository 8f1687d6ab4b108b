{{
    config(
        indexes=[
            {'columns': ['lab_result_key'], 'unique': true},
            {'columns': ['patient_key', 'analyte_code', 'collected_at']},
            {'columns': ['patient_key', 'collected_at']},
        ]
    )
}}

with

unlabelled as (

    select * from {{ ref('int_lab_results_read') }}
    {{ only_touched_patients() }}

),

lab_results as (

    {{ labelled(
        'unlabelled', 'lab_results', 'lab_result_key',
        codes=[('loinc_code', "'LOINC'"), ('test_code', 'code_system')],
        names=[('loinc_code', 'shown_test_name')]
    ) }}

)

select
    -- keys
    lab_result_key,
    patient_key,
    encounter_key,
    practitioner_key,
    order_id,
    specimen_id,

    -- what was measured
    test_code,
    code_system,
    shown_test_name as test_name,
    loinc_code,
    analyte_code,
    category_name,
    shown_specimen_name as specimen_name,
    organism_name,
    antibiotic_name,
    isolate_number,

    -- the value
    value_text,
    value_kind,
    comparator,
    case when comparator is not null then parsed_number end as comparator_number,
    case when comparator is null then parsed_number end as value_number,
    shown_unit as unit,
    unit_ucum,
    comparable_unit,

    -- against the delivered range
    reference_low,
    reference_high,
    reference_text,
    flag,
    indeterminate_reason,

    -- by the laboratory
    laboratory_flag,
    interpretation_code,
    susceptibility_code,

    -- against the default range
    default_range_name,
    case when default_range_name is not null then default_low end as default_low,
    case when default_range_name is not null then default_high end as default_high,
    default_range_flag,
    default_indeterminate_reason,

    -- for a screen
    displayed_flag,
    displayed_flag_source,
    reading_hash,

    -- state and words
    result_status_code,
    is_usable,
    is_withdrawn,
    is_flag_unread,
    priority_code,
    comment_text,
    sensitivity,

    -- times
    collected_at,
    resulted_at,

    -- provenance
    source_system,
    delivery_id,
    file_id,
    line_number,
    known_from

from lab_results
