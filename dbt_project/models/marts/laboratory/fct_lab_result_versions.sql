{#-
    What a version says is judged as a current result is: by the rules of today, and by
    what is known of the patient and of the source's codes today. Only what the
    laboratory said, and when it was known, is of then.

    What is no current result has the labels of all versions of its result, so that what
    is labelled cannot be read from what was said of it before, or from its deletion.
-#}
{{
    config(
        indexes=[
            {
                'columns': ['patient_key', 'lab_result_key', 'version_number'],
                'unique': true,
            },
        ]
    )
}}

with

unlabelled as (

    select * from {{ ref('int_lab_results_converted') }}
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

    -- which version, and when it was known
    version_number,
    is_current,
    is_closed,
    is_withdrawn as is_closing,
    known_from,
    known_until,

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

    -- in the reference unit
    converted_analyte_code,
    case when comparator is null then converted_number end as converted_value_number,
    case when comparator is not null then converted_number end
        as converted_comparator_number,
    converted_unit,
    converted_reference_low,
    converted_reference_high,
    case when default_range_name is not null then converted_default_low end
        as converted_default_low,
    case when default_range_name is not null then converted_default_high end
        as converted_default_high,
    conversion_code,
    case when conversion_code = 'converted' then rule_name end as conversion_rule_name,
    case when conversion_code = 'converted' then basis end as conversion_basis,
    case when conversion_code = 'converted' then factor end as conversion_factor,
    case when conversion_code = 'converted' then increment end as conversion_increment,
    case when conversion_code = 'converted' then is_reversed end
        as is_conversion_reversed,

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
    is_flag_unread,
    priority_code,
    comment_text,
    case
        when is_current and not is_closed then sensitivity
        else bit_or(sensitivity) over (partition by patient_key, lab_result_key)
    end as sensitivity,

    -- times
    collected_at,
    resulted_at,

    -- provenance
    source_system,
    record_id,
    version_at,
    delivery_id,
    file_id,
    line_number

from lab_results
