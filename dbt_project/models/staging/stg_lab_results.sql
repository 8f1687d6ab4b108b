with

current_versions as (

    {{ current_versions('lab_results') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as lab_result_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('practitioner_id') }} as practitioner_key,

        -- codes and text
        {{ clean_text('order_id') }} as order_id,
        {{ clean_text('specimen_id') }} as specimen_id,
        {{ clean_text('test_code') }} as test_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('test_name') }} as test_name,
        {{ clean_text('specimen_name') }} as specimen_name,
        {{ clean_text('organism_name') }} as organism_name,
        {{ clean_text('antibiotic_name') }} as antibiotic_name,
        {{ clean_text('value_text') }} as value_text,
        {{ clean_text('unit') }} as unit,
        {{ clean_text('reference_text') }} as reference_text,
        {{ clean_text('laboratory_flag') }} as laboratory_flag,
        {{ clean_text('status_code') }} as status_code,
        {{ clean_text('priority_code') }} as priority_code,
        {{ clean_text('comment_text') }} as comment_text,

        -- numbers
        value_number,
        reference_low,
        reference_high,
        isolate_number,
        sequence_number,

        -- times
        collected_at,
        resulted_at,

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
