with

unlabelled as (

    select * from {{ ref('stg_social_history') }}
    {{ only_touched_patients() }}

),

observations as (

    {{ labelled(
        'unlabelled', 'social_history', 'social_history_key',
        codes=[('observation_code', 'code_system')],
        names=[('observation_code', 'observation_name')]
    ) }}

),

categories as (

    select * from {{ ref('social_history_categories') }}

),

categorised as (

    select
        -- keys
        observations.social_history_key,
        observations.patient_key,
        observations.encounter_key,

        -- codes
        coalesce(categories.category_code, 'other') as category_code,
        observations.observation_code,
        observations.code_system,
        observations.value_code,

        -- names
        observations.observation_name,
        observations.value_text,
        observations.unit,

        -- flags
        row_number() over (
            partition by observations.patient_key, observations.observation_code
            order by observations.observed_at desc, observations.social_history_key desc
        ) = 1 as is_latest,
        observations.sensitivity,

        -- times
        observations.observed_at,

        -- provenance
        observations.source_system,
        observations.known_from,
        observations.delivery_id,
        observations.file_id,
        observations.line_number

    from observations
    left join categories
        on observations.observation_code = categories.observation_code

)

select * from categorised
