{#-
    Days on which the hospital gave a patient's medicines: from the day of admission to
    the day before discharge. Stays that touch are one, so that no day counts twice.
-#}
with

stays as (

    select * from {{ ref('fct_inpatient_stays') }}

),

in_days as (

    select
        patient_key,
        {{ local_date('admitted_at') }} as starts_on,
        {{ date_after(local_date('discharged_at'), -1) }} as ends_on
    from stays
    where {{ local_date('discharged_at') }} > {{ local_date('admitted_at') }}

),

merged as (

    {{ merged_into_eras('in_days', ['patient_key'], longest_gap=1) }}

)

select
    patient_key,
    era_number as stay_number,
    starts_on,
    ends_on
from merged
