{#-
    Since when a result reads as it does now, by the laboratory's clock and by ours. A
    version that repeats the reading (final after preliminary, a comment) begins nothing
    anew: whoever acted on the preliminary value acted in time.

    Whether it read otherwise before: then it has said what it says only since its
    correction came, whatever time of release it bears. A version without a value, as of
    an order that waits, has not read otherwise.
-#}
with

lab_results as (

    select
        *,
        value_text is not null or value_number is not null as is_told
    from {{ source('persons', 'lab_results') }}

),

ranked as (

    select
        patient_key,
        source_system,
        {{ fact_key() }} as lab_result_key,
        min(known_from) over (partition by patient_key, source_system, record_id)
            as first_received_at,
        min(case when is_told and not is_closed then known_from end) over (
            partition by patient_key, source_system, record_id
        ) as first_told_at,
        min(known_from) over (
            partition by
                patient_key,
                source_system,
                record_id,
                is_closed,
                value_text,
                value_number,
                unit,
                reference_low,
                reference_high,
                laboratory_flag
        ) as reading_received_at,
        min(resulted_at) over (
            partition by
                patient_key,
                source_system,
                record_id,
                is_closed,
                value_text,
                value_number,
                unit,
                reference_low,
                reference_high,
                laboratory_flag
        ) as reading_resulted_at,
        row_number() over (
            partition by patient_key, source_system, record_id
            order by {{ version_order() }}
        ) as version_rank
    from lab_results

)

select
    patient_key,
    source_system,
    lab_result_key,
    first_received_at,
    reading_received_at,
    reading_resulted_at,
    coalesce(reading_received_at > first_told_at, false) as is_corrected
from ranked
where version_rank = 1
