{#-
    An order waits until it is done, rejected or cancelled. One in a status that nobody
    knows waits: an examination is not lost by a word.
-#}
with

unlabelled as (

    select * from {{ ref('stg_lab_orders') }}
    {{ only_touched_patients() }}

),

lab_orders as (

    {{ labelled(
        'unlabelled', 'lab_orders', 'lab_order_key',
        codes=[('test_code', 'code_system'), ('reason_code', none)],
        names=[('test_code', 'test_name'), ('reason_code', 'reason_name')]
    ) }}

)

select
    -- keys
    lab_order_key,
    patient_key,
    encounter_key,
    specimen_key,
    practitioner_key,

    -- codes
    category_code,
    test_code,
    code_system,
    priority_code,
    status_code,
    case
        when status_code = 'done' then 'done'
        when status_code in ('rejected', 'cancelled') then 'not_done'
        else 'open'
    end as order_state_code,
    reason_code,

    -- names
    test_name,
    status_reason_name,
    reason_name,

    -- numbers
    case
        when status_code = 'done'
            then {{ hours_between('ordered_at', 'completed_at') }}
    end as turnaround_hours,

    -- flags
    status_code not in ('done', 'rejected', 'cancelled') as is_open,

    -- labels
    sensitivity,

    -- times
    ordered_at,
    due_at,
    completed_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from lab_orders
