with

unlabelled as (

    select * from {{ ref('stg_family_history') }}
    {{ only_touched_patients() }}

),

family_history as (

    {{ labelled(
        'unlabelled', 'family_history', 'family_history_key',
        codes=[('condition_code', 'code_system')],
        names=[('condition_code', 'condition_name')]
    ) }}

)

select
    -- keys
    family_history_key,
    patient_key,
    encounter_key,

    -- codes
    relationship_code,
    condition_code,
    upper(replace(condition_code, '.', '')) as normalised_code,
    code_system,
    status_code,

    -- names
    condition_name,

    -- numbers
    onset_age_years,

    -- labels
    sensitivity,

    -- times
    recorded_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from family_history
