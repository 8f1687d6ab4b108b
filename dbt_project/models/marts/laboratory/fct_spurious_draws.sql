{#-
    Draws of blood that look spoiled on their way, with the results that say so. For those
    who run the laboratory only, to look into: a pattern is no proof, and no flag is
    changed by it.
-#}
{{
    config(
        indexes=[
            {
                'columns': ['patient_key', 'collected_at', 'pattern_code', 'lab_result_key'],
                'unique': true,
            },
            {'columns': ['collected_at']},
        ]
    )
}}

with

spurious_draws as (

    select * from {{ ref('int_spurious_draws') }}
    {{ only_touched_patients() }}

)

select
    -- keys
    patient_key,
    collected_at,
    pattern_code,
    lab_result_key,

    -- the result that says so
    analyte_code,
    test_name,
    specimen_name,
    value_text,
    value_number,
    unit,
    previous_value as previous_value_number,
    previous_collected_at,
    case
        when previous_value > 0
            then round((value_number - previous_value) * 100 / previous_value, 2)
    end as change_percent,

    bit_or(sensitivity) over (
        partition by patient_key, collected_at, pattern_code
    ) as sensitivity,

    -- provenance
    source_system

from spurious_draws
