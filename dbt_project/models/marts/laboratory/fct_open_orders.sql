{#-
    Orders that wait, by how long and how urgently. One is overdue once the time
    when it is wanted has passed; without such a time that is unknown. A priority
    that nobody knows stands beside the urgent ones. Today moves without any new
    fact, so this table is rebuilt whole each time.
-#}
{{ config(materialized='table') }}

with

lab_orders as (

    select * from {{ ref('fct_lab_orders') }}
    where is_open

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

)

select
    -- keys
    lab_orders.lab_order_key,
    lab_orders.patient_key,
    lab_orders.encounter_key,
    lab_orders.specimen_key,
    lab_orders.practitioner_key,

    -- codes
    lab_orders.category_code,
    lab_orders.test_code,
    lab_orders.priority_code,
    lab_orders.status_code,

    -- names
    lab_orders.test_name,
    lab_orders.reason_name,

    -- numbers
    case
        when lab_orders.priority_code = 'stat' then 1
        when coalesce(lab_orders.priority_code, 'routine') = 'routine' then 3
        else 2
    end as urgency_rank,
    {{ hours_between('lab_orders.ordered_at', 'source_as_of.as_of') }}
        as waiting_hours,

    -- flags
    lab_orders.due_at < source_as_of.as_of as is_overdue,

    -- labels
    lab_orders.sensitivity,

    -- times
    lab_orders.ordered_at,
    lab_orders.due_at,
    source_as_of.as_of,

    -- provenance
    lab_orders.source_system,
    lab_orders.known_from,
    lab_orders.delivery_id,
    lab_orders.file_id,
    lab_orders.line_number

from lab_orders
left join source_as_of
    on lab_orders.source_system = source_as_of.source_system
