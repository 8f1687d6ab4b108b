{{
    config(
        indexes=[
            {'columns': ['lab_result_key'], 'unique': true},
            {'columns': ['patient_key', 'collected_at']},
        ]
    )
}}

with

lab_results as (

    select * from {{ ref('fct_lab_results') }}
    {{ only_touched_patients() }}

)

select
    -- keys
    lab_result_key,
    patient_key,
    encounter_key,

    -- what was measured
    analyte_code,
    loinc_code,
    test_name,
    specimen_name,

    -- the finding
    value_text,
    comparator,
    coalesce(value_number, comparator_number) as number_or_bound,
    coalesce(unit_ucum, unit) as unit,
    displayed_flag as finding_flag,
    displayed_flag like 'CRITICAL%' as is_critical,
    displayed_flag_source as flag_source,
    laboratory_flag,
    result_status_code,

    -- the range that it is outside of
    case displayed_flag_source
        when 'delivered_range' then 'delivered with the result'
        when 'default_range' then default_range_name
    end as range_name,
    case displayed_flag_source
        when 'delivered_range' then reference_low
        when 'default_range' then default_low
    end as range_low,
    case displayed_flag_source
        when 'delivered_range' then reference_high
        when 'default_range' then default_high
    end as range_high,

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
where displayed_flag not in ('NORMAL', 'INDETERMINATE')
