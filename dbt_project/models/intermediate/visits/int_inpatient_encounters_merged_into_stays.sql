{#-
    One row per stay. The first encounter says how the patient came, the one that ends
    last where the patient went: the last hospital of a chain of transfers owns the
    discharge. While the encounter that started last is open, so is the stay.
-#}
with

encounters as (

    select * from {{ ref('int_inpatient_encounters_numbered_by_stay') }}

),

merged_into_stays as (

    select
        -- keys
        patient_key,
        min(case when place_from_first = 1 then encounter_key end) as stay_key,
        min(case when place_from_last_end = 1 then encounter_key end)
            as last_encounter_key,

        -- codes and names
        min(case when place_from_first = 1 then source_system end) as source_system,
        min(case when place_from_first = 1 then admission_type_name end)
            as admission_type_name,
        min(case when place_from_first = 1 then admission_source_name end)
            as admission_source_name,
        min(case when place_from_first = 1 then reason_code end) as reason_code,
        min(case when place_from_first = 1 then reason_name end) as reason_name,
        min(case when place_from_last_end = 1 then service_name end) as service_name,
        min(case when place_from_last_end = 1 then discharge_disposition_code end)
            as discharge_disposition_code,
        min(case when place_from_last_end = 1 then discharge_disposition_name end)
            as discharge_disposition_name,

        -- numbers
        min(stay_number) as stay_number,
        count(*) as encounters_count,

        -- flags
        max(case when is_emergency then 1 else 0 end) = 1 as is_emergency,
        max(case when place_from_last = 1 and is_open then 1 else 0 end) = 1 as is_open,
        max(case when has_time_conflict then 1 else 0 end) = 1 as has_time_conflict,
        bit_or(sensitivity) as sensitivity,

        -- times
        min(started_at) as admitted_at,
        max(case when ended_at is not null then greatest(started_at, ended_at) end)
            as last_ended_at,

        -- provenance
        max(known_from) as known_from

    from encounters
    group by patient_key, stay_number

)

select * from merged_into_stays
