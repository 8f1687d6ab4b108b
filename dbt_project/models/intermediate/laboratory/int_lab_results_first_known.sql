{#-
    Since when the warehouse knows a result as it reads now: a critical one that arrives
    six weeks late is today's news, and so is one corrected from normal. A version that
    repeats the reading (final after preliminary, a comment) does not make it news again.

    Nothing is told of a closed collection, nor of what came with the first delivery that
    brought results of a source: its years of history were news long ago.
-#}
with

first_reported as (

    select * from {{ ref('int_lab_results_first_reported') }}

),

live_sources as (

    select source_system from {{ source('raw', 'source') }}
    where not is_historical

),

deliveries_with_results as (

    select
        delivery.source_system,
        delivery.delivery_id,
        max(delivery_file.received_at) as received_at
    from {{ source('raw', 'delivery') }} as delivery
    inner join {{ source('raw', 'delivery_file') }} as delivery_file
        on delivery.delivery_id = delivery_file.delivery_id
    inner join {{ source('raw', 'delivery_feed') }} as delivery_feed
        on delivery_file.file_id = delivery_feed.file_id
    where
        delivery_feed.feed = 'lab_results'
        and delivery_feed.landed > 0
    group by delivery.source_system, delivery.delivery_id

),

first_deliveries as (

    select
        source_system,
        min(received_at) as first_received_at
    from deliveries_with_results
    group by source_system

)

select
    first_reported.patient_key,
    first_reported.lab_result_key,
    first_reported.reading_received_at as first_known_at
from first_reported
inner join live_sources
    on first_reported.source_system = live_sources.source_system
inner join first_deliveries
    on first_reported.source_system = first_deliveries.source_system
where first_reported.reading_received_at > first_deliveries.first_received_at
