{#-
    Sources that ask again at every visit (MIMIC) deliver marital status, race, ethnicity
    and language as dated observations. The latest answer to each stands here.
-#}
with

observations as (

    select
        *,
        row_number() over (
            partition by patient_key, observation_code
            order by observed_at desc, social_history_key desc
        ) as place_from_last
    from {{ ref('stg_social_history') }}
    where
        code_system = 'LOINC'
        and observation_code in ('45404-1', '32624-9', '56051-6', '54899-0')
        and value_text is not null

),

latest as (

    select
        patient_key,
        min(case when observation_code = '45404-1' then value_text end)
            as marital_status_code,
        min(case when observation_code = '32624-9' then value_text end) as race_code,
        min(case when observation_code = '56051-6' then value_text end)
            as ethnicity_code,
        min(case when observation_code = '54899-0' then value_text end)
            as language_code
    from observations
    where place_from_last = 1
    group by patient_key

)

select * from latest
