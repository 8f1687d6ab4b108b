with

current_versions as (

    {{ current_versions('questionnaire_responses') }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as questionnaire_response_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,

        -- codes and text
        {{ clean_text('question_code') }} as question_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('question_name') }} as question_name,
        {{ clean_text('answer_text') }} as answer_text,
        {{ clean_text('unit') }} as unit,

        -- times
        answered_at,

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
