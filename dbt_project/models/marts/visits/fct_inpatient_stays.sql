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
        *,
        case when not is_open then last_ended_at end as discharged_at
    from stays

),

sequenced as (

    select
        *,
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
        sequenced.stay_key,
        sequenced.patient_key,
        sequenced.last_encounter_key,

        -- codes
        sequenced.reason_code,
        sequenced.discharge_disposition_code,

        -- names
        sequenced.admission_type_name,
        sequenced.admission_source_name,
        sequenced.reason_name,
        sequenced.service_name,
        sequenced.discharge_disposition_name,

        -- numbers
        sequenced.stay_number,
        sequenced.encounters_count,
        {{ days_between('sequenced.admitted_at', 'sequenced.discharged_at') }}
            as length_of_stay_days,
        {{ days_between(
            'sequenced.previous_discharged_at', 'sequenced.admitted_at'
        ) }} as days_since_previous_discharge,

        -- flags
        sequenced.is_emergency,
        sequenced.is_open,
        sequenced.has_time_conflict,
        case
            when sequenced.discharge_disposition_code is not null
                then sequenced.discharge_disposition_code = 'died'
            else coalesce(
                {{ local_date('patients.deceased_at') }}
                between {{ local_date('sequenced.admitted_at') }}
                and {{ local_date('sequenced.discharged_at') }},
                false
            )
        end as is_died_in_hospital,
        sequenced.sensitivity,

        -- times
        sequenced.admitted_at,
        sequenced.discharged_at,
        sequenced.next_admission_at,

        -- provenance
        sequenced.source_system,
        sequenced.known_from

    from sequenced
    left join patients
        on sequenced.patient_key = patients.patient_key

)

select * from with_outcome
