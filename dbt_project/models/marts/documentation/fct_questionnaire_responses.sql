with

unlabelled as (

    select * from {{ ref('stg_questionnaire_responses') }}
    {{ only_touched_patients() }}

),

responses as (

    {{ labelled(
        'unlabelled', 'questionnaire_responses', 'questionnaire_response_key',
        codes=[('question_code', 'code_system')],
        names=[('question_code', 'question_name')]
    ) }}

)

select
    -- keys
    questionnaire_response_key,
    patient_key,
    encounter_key,

    -- codes
    question_code,
    code_system,

    -- names
    question_name,
    answer_text,
    unit,

    -- numbers
    case
        when regexp_like(answer_text, '^-?[0-9]+([.][0-9]+)?$')
            then cast(answer_text as {{ dbt.type_numeric() }})
    end as answer_number,

    -- labels
    sensitivity,

    -- times
    answered_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from responses
