{{
    config(
        indexes=[
            {'columns': ['acknowledgement_key'], 'unique': true},
            {'columns': ['patient_key', 'lab_result_key']},
        ]
    )
}}

with

acknowledgements as (

    select * from {{ ref('stg_acknowledgements') }}
    {{ only_touched_patients() }}

),

lab_results as (

    select * from {{ ref('fct_lab_results') }}
    {{ only_touched_patients() }}

),

gone as (

    select * from {{ ref('int_acknowledged_results_gone') }}
    {{ only_touched_patients() }}

)

select
    -- keys
    acknowledgements.acknowledgement_key,
    acknowledgements.patient_key,
    acknowledgements.lab_result_key,
    acknowledgements.reading_hash,
    coalesce(
        acknowledgements.reading_hash
        = coalesce(lab_results.reading_hash, gone.reading_hash),
        false
    ) as is_current_reading,

    -- who
    acknowledgements.user_id,
    acknowledgements.person_name,
    acknowledgements.role_code,
    acknowledgements.comment_text,
    coalesce(lab_results.sensitivity, gone.sensitivity, 0) as sensitivity,

    -- times
    acknowledgements.acknowledged_at,

    -- provenance
    acknowledgements.source_system,
    acknowledgements.delivery_id,
    acknowledgements.file_id,
    acknowledgements.line_number,
    acknowledgements.known_from

from acknowledgements
left join lab_results
    on
        acknowledgements.patient_key = lab_results.patient_key
        and acknowledgements.lab_result_key = lab_results.lab_result_key
left join gone
    on
        acknowledgements.patient_key = gone.patient_key
        and acknowledgements.lab_result_key = gone.lab_result_key
