with

current_versions as (

    {{ current_versions('allergies') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as allergy_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('substance_code') }} as substance_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('substance_name') }} as substance_name,
        {{ clean_text('type_code') }} as type_code,
        {{ clean_text('category_code') }} as category_code,
        {{ clean_text('criticality_code') }} as criticality_code,
        {{ clean_text('clinical_status_code') }} as clinical_status_code,
        {{ clean_text('verification_status_code') }} as verification_status_code,
        {{ clean_text('reaction_1_name') }} as reaction_1_name,
        {{ clean_text('reaction_1_severity_code') }} as reaction_1_severity_code,
        {{ clean_text('reaction_2_name') }} as reaction_2_name,
        {{ clean_text('reaction_2_severity_code') }} as reaction_2_severity_code,

        -- times
        started_at,
        ended_at,

        -- provenance
        source_system,
        record_id,
        version_at,
        known_from,
        delivery_id,
        file_id,
        line_number

    from current_versions

)

select * from typed
