{#- What reference ranges depend on: sex, null unless female or male, and birth. -#}
with

patients as (

    select * from {{ ref('stg_patients') }}

),

sex_codes as (

    select * from {{ ref('sex_codes') }}

)

select
    patients.patient_key,
    patients.birth_date,
    patients.birth_year,
    case when sex_codes.sex_code in ('female', 'male') then sex_codes.sex_code end
        as known_sex_code
from patients
left join sex_codes
    on lower(patients.sex_code) = sex_codes.delivered_code
