{{
    config(
        indexes=[
            {'columns': ['lab_result_key'], 'unique': true},
            {'columns': ['patient_key', 'analyte_code', 'collected_at']},
            {'columns': ['patient_key', 'collected_at']},
            {'columns': ['analyte_code']},
            {'columns': ['converted_analyte_code']},
        ]
    )
}}

with

versions as (

    select * from {{ ref('fct_lab_result_versions') }}
    where is_current and not is_closed {{ only_touched_patients('and') }}

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
    test_name,
    loinc_code,
    analyte_code,
    category_name,
    specimen_name,
    organism_name,
    antibiotic_name,
    isolate_number,

    -- the value
    value_text,
    value_kind,
    comparator,
    comparator_number,
    value_number,
    unit,
    unit_ucum,
    comparable_unit,

    -- in the reference unit
    converted_analyte_code,
    converted_value_number,
    converted_comparator_number,
    converted_unit,
    converted_reference_low,
    converted_reference_high,
    converted_default_low,
    converted_default_high,
    conversion_code,
    conversion_rule_name,
    conversion_basis,
    conversion_factor,
    conversion_increment,
    is_conversion_reversed,

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
    default_range_source_code,
    default_low,
    default_high,
    default_range_flag,
    default_indeterminate_reason,

    -- for a screen
    displayed_flag,
    displayed_flag_source,
    reading_hash,

    -- state and words
    result_status_code,
    is_usable,
    is_closing as is_withdrawn,
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

from versions
