{{
    config(
        indexes=[
            {'columns': ['vital_sign_key'], 'unique': true},
            {'columns': ['patient_key', 'loinc_code', 'measured_at']},
        ]
    )
}}

with

unlabelled as (

    select * from {{ ref('int_vital_signs_parsed') }}
    {{ only_touched_patients() }}

),

vital_signs as (

    {{ labelled('unlabelled', 'vital_signs', 'vital_sign_key') }}

)

select
    -- keys
    vital_sign_key,
    patient_key,
    encounter_key,

    -- what was measured
    observation_code,
    code_system,
    shown_observation_name as observation_name,
    loinc_code,
    vital_sign_name,
    position_name,
    sequence_number,

    -- the value
    value_text,
    comparator,
    value_number,
    shown_unit as unit,
    unit_ucum,
    standard_number,
    case when standard_number is not null then standard_unit end as standard_unit,

    -- labels
    sensitivity,

    -- times
    measured_at,

    -- provenance
    source_system,
    delivery_id,
    file_id,
    line_number,
    known_from

from vital_signs
