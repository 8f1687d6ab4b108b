{#-
    A transfer between wards or hospitals is recorded as two encounters. Counting it as
    a discharge would make every transfer a readmission, so inpatient encounters of one
    patient that overlap, or follow within `transfer_gap_hours` of the latest end so far,
    are one stay. An encounter without a usable end reaches no further than its start:
    one that nobody closed must not swallow every later admission.
-#}
with

encounters as (

    select * from {{ ref('fct_encounters') }}

),

inpatient_encounters as (

    select
        *,
        greatest(started_at, coalesce(ended_at, started_at))
        + interval '{{ var("transfer_gap_hours") }} hours' as transfer_ends_at
    from encounters
    where
        is_inpatient
        and not is_part_of_stay

),

with_transfer_deadline as (

    select
        *,
        max(transfer_ends_at) over (
            partition by patient_key
            order by started_at, encounter_key
            rows between unbounded preceding and 1 preceding
        ) as transfer_deadline_at
    from inpatient_encounters

),

with_stay_start as (

    select
        *,
        case
            when started_at <= transfer_deadline_at then 0
            else 1
        end as starts_stay
    from with_transfer_deadline

),

with_stay_number as (

    select
        *,
        sum(starts_stay) over (
            partition by patient_key
            order by started_at, encounter_key
            rows between unbounded preceding and current row
        ) as stay_number
    from with_stay_start

),

with_place_in_stay as (

    select
        *,
        row_number() over (
            partition by patient_key, stay_number
            order by started_at, encounter_key
        ) as place_from_first,
        row_number() over (
            partition by patient_key, stay_number
            order by started_at desc, encounter_key desc
        ) as place_from_last,
        row_number() over (
            partition by patient_key, stay_number
            order by
                case when ended_at is null then 1 else 0 end,
                ended_at desc,
                encounter_key desc
        ) as place_from_last_end
    from with_stay_number

)

select * from with_place_in_stay
