with

unlabelled as (

    select * from {{ ref('stg_immunizations') }}
    {{ only_touched_patients() }}

),

immunizations as (

    {{ labelled('unlabelled', 'immunizations', 'immunization_key') }}

)

select
    -- keys
    immunization_key,
    patient_key,
    encounter_key,

    -- codes
    vaccine_code,
    code_system,
    status_code,

    -- names
    vaccine_name,

    -- flags
    coalesce(lower(status_code), 'completed') = 'completed' as is_given,
    sensitivity,

    -- times
    administered_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from immunizations
