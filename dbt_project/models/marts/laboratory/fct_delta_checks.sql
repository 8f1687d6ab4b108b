{#-
    Results that differ from the patient's one before by more than a delta check allows. For
    those who run the laboratory only: to a clinician most of them are the patient's
    disease, told a second time. No flag is changed by it.
-#}
{{
    config(
        indexes=[
            {'columns': ['patient_key', 'lab_result_key', 'check_code'], 'unique': true},
            {'columns': ['collected_at']},
        ]
    )
}}

with

delta_checks as (

    select * from {{ ref('int_delta_checks') }}
    where is_active and is_beyond {{ only_touched_patients('and') }}

)

select
    -- keys
    patient_key,
    lab_result_key,
    check_code,

    -- what was measured
    analyte_code,
    test_name,
    specimen_name,
    unit,

    -- against the one before
    value_number,
    previous_value as previous_value_number,
    change_number,
    case
        when previous_value > 0 then round(change_number * 100 / previous_value, 2)
    end as change_percent,
    round(seconds_between / 3600.0, 2) as hours_between,

    -- what was allowed
    kind_code,
    change_limit,
    limit_unit,
    window_hours,
    source_name as limit_source_name,

    sensitivity,

    -- times
    collected_at,
    previous_collected_at,
    resulted_at,

    -- provenance
    source_system

from delta_checks
