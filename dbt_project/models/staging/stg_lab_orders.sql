with

current_versions as (

    {{ current_versions('lab_orders') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as lab_order_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('specimen_id') }} as specimen_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        lower({{ clean_text('category_code') }}) as category_code,
        {{ clean_text('test_code') }} as test_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('test_name') }} as test_name,
        lower({{ clean_text('priority_code') }}) as priority_code,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('status_reason_name') }} as status_reason_name,
        {{ clean_text('reason_code') }} as reason_code,
        {{ clean_text('reason_name') }} as reason_name,

        -- times
        ordered_at,
        due_at,
        completed_at,

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
