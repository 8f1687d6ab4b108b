{#-
    How long a critical result waits until somebody says that it was seen: from the time
    of release of its reading to the first acknowledgement of that reading. A laboratory
    must record when a critical value was told to whom (CLIA, 42 CFR 493.1291(g)), and
    a hospital must measure how long it takes (Joint Commission, NPSG.02.03.01).

    Without a time of release the clock begins when the warehouse learnt the result. A
    corrected result reads so only since its correction came, so it begins no earlier.

    What came with the first delivery of a source, or to a closed collection, could not be
    acknowledged here in time. It has no clock, unless its acknowledgement was made before
    that delivery and came from the source itself.
-#}
{{
    config(
        indexes=[
            {'columns': ['patient_key', 'lab_result_key'], 'unique': true},
            {'columns': ['source_system', 'analyte_code']},
        ]
    )
}}

with

findings as (

    select * from {{ ref('fct_abnormal_findings') }}
    where is_critical {{ only_touched_patients('and') }}

),

acknowledgements as (

    select * from {{ ref('fct_acknowledgements') }}
    where is_current_reading {{ only_touched_patients('and') }}

),

first_reported as (

    select * from {{ ref('int_lab_results_first_reported') }}
    {{ only_touched_patients() }}

),

first_known as (

    select * from {{ ref('int_lab_results_first_known') }}
    {{ only_touched_patients() }}

),

live_sources as (

    select source_system from {{ source('raw', 'source') }}
    where not is_historical

),

first_acknowledgements as (

    select
        patient_key,
        lab_result_key,
        min(acknowledged_at) as first_acknowledged_at
    from acknowledgements
    group by patient_key, lab_result_key

),

with_times as (

    select
        findings.*,
        first_reported.first_received_at,
        first_known.lab_result_key is not null as is_after_first_delivery,
        live_sources.source_system is not null as is_of_live_source,
        case
            when findings.is_acknowledged
                then first_acknowledgements.first_acknowledged_at
        end as first_acknowledged_at,
        case
            when first_reported.is_corrected
                then greatest(
                    coalesce(
                        first_reported.reading_resulted_at,
                        first_reported.reading_received_at
                    ),
                    first_reported.reading_received_at
                )
            else coalesce(
                first_reported.reading_resulted_at,
                first_reported.reading_received_at,
                findings.known_from
            )
        end as clock_began_at
    from findings
    left join first_reported
        on
            findings.patient_key = first_reported.patient_key
            and findings.lab_result_key = first_reported.lab_result_key
    left join first_known
        on
            findings.patient_key = first_known.patient_key
            and findings.lab_result_key = first_known.lab_result_key
    left join first_acknowledgements
        on
            findings.patient_key = first_acknowledgements.patient_key
            and findings.lab_result_key = first_acknowledgements.lab_result_key
    left join live_sources
        on findings.source_system = live_sources.source_system

),

with_state as (

    select
        *,
        case
            when not is_acknowledged and is_after_first_delivery then 'open'
            when not is_acknowledged then 'first_load_open'
            when
                not is_after_first_delivery
                and not (
                    is_of_live_source
                    and coalesce(first_acknowledged_at <= first_received_at, false)
                )
                then 'first_load_acknowledged'
            when first_acknowledged_at < clock_began_at then 'unclear'
            else 'acknowledged'
        end as clock_state_code
    from with_times

)

select
    -- keys
    lab_result_key,
    patient_key,
    encounter_key,

    -- what was measured
    analyte_code,
    test_name,
    finding_flag,
    result_status_code,

    -- the clock
    clock_state_code,
    case when clock_state_code not like 'first_load%' then clock_began_at end
        as clock_began_at,
    first_acknowledged_at,
    case
        when clock_state_code = 'acknowledged'
            then cast(
                ceil({{ seconds_between('clock_began_at', 'first_acknowledged_at') }})
                as bigint
            )
    end as seconds_to_acknowledgement,

    -- labels
    sensitivity,

    -- provenance
    source_system,
    delivery_id,
    file_id,
    line_number,
    known_from

from with_state
