with

stays as (

    select * from {{ ref('int_inpatient_encounters_merged_into_stays') }}
    {{ only_touched_patients() }}

),

patients as (

    select * from {{ ref('dim_patients') }}
    {{ only_touched_patients() }}

),

with_discharge as (

    select
        stays.*,
        case when not stays.is_open then stays.last_ended_at end as discharged_at
    from stays

),

with_neighbours as (

    select
        with_discharge.*,
        lag(discharged_at) over (
            partition by patient_key
            order by stay_number
        ) as previous_discharged_at,
        lead(admitted_at) over (
            partition by patient_key
            order by stay_number
        ) as next_admission_at
    from with_discharge

),

with_outcome as (

    select
        -- keys
        with_neighbours.stay_key,
        with_neighbours.patient_key,
        with_neighbours.last_encounter_key,

        -- codes
        with_neighbours.reason_code,
        with_neighbours.discharge_disposition_code,

        -- names
        with_neighbours.admission_type_name,
        with_neighbours.admission_source_name,
        with_neighbours.reason_name,
        with_neighbours.service_name,
        with_neighbours.discharge_disposition_name,

        -- numbers
        with_neighbours.stay_number,
        with_neighbours.encounters_count,
        {{ days_between('with_neighbours.admitted_at', 'with_neighbours.discharged_at') }}
            as length_of_stay_days,
        {{ days_between(
            'with_neighbours.previous_discharged_at', 'with_neighbours.admitted_at'
        ) }} as days_since_previous_discharge,

        -- flags
        with_neighbours.is_emergency,
        with_neighbours.is_open,
        with_neighbours.has_time_conflict,
        case
            when with_neighbours.is_open then false
            when with_neighbours.discharge_disposition_code is not null
                then with_neighbours.discharge_disposition_code = 'died'
            else coalesce(
                {{ local_date('patients.deceased_at') }}
                between {{ local_date('with_neighbours.admitted_at') }}
                and {{ local_date('with_neighbours.discharged_at') }},
                false
            )
        end as is_died_in_hospital,

        -- times
        with_neighbours.admitted_at,
        with_neighbours.discharged_at,
        with_neighbours.next_admission_at,

        -- provenance
        with_neighbours.source_system,
        with_neighbours.known_from

    from with_neighbours
    left join patients
        on with_neighbours.patient_key = patients.patient_key

)

select * from with_outcome
