with

patients as (

    select * from {{ ref('stg_patients') }}
    {{ only_touched_patients() }}

),

latest_observations as (

    select * from {{ ref('int_demographics_observed') }}
    {{ only_touched_patients() }}

),

sex_codes as (

    select * from {{ ref('sex_codes') }}

),

with_normalised_sex as (

    select
        -- keys
        patients.patient_key,

        -- codes
        coalesce(sex_codes.sex_code, 'unknown') as sex_code,
        patients.sex_code as delivered_sex_code,
        coalesce(patients.marital_status_code, latest_observations.marital_status_code)
            as marital_status_code,
        coalesce(patients.race_code, latest_observations.race_code)
            as race_code,
        coalesce(patients.ethnicity_code, latest_observations.ethnicity_code)
            as ethnicity_code,
        coalesce(patients.language_code, latest_observations.language_code)
            as language_code,
        patients.state,
        patients.zip3,

        -- numbers
        coalesce(
            patients.birth_year,
            cast(date_part('year', patients.birth_date) as {{ dbt.type_bigint() }})
        ) as birth_year,

        -- flags
        patients.deceased_at is not null as is_deceased,

        -- labels: who somebody is carries none, and every table says so alike
        0 as sensitivity,

        -- times
        patients.birth_date,
        patients.deceased_at,

        -- provenance
        patients.source_system,
        patients.known_from,
        patients.delivery_id,
        patients.file_id,
        patients.line_number

    from patients
    left join latest_observations
        on patients.patient_key = latest_observations.patient_key
    left join sex_codes
        on lower(patients.sex_code) = sex_codes.delivered_code

)

select * from with_normalised_sex
