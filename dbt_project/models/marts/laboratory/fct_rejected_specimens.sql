{#-
    Rejected specimens in whose place none has come: somebody ordered the test and waits
    for a result that will never be. One of the same order and the same material, taken
    later, stands for it; several tubes of one draw do not stand for one another, nor does
    a specimen that is only asked for. What was cancelled is not wanted any more.
-#}
{{ config(indexes=[{'columns': ['practitioner_key']}]) }}

with

specimens as (

    select
        *,
        coalesce(collected_at, status_at) as taken_at
    from {{ ref('fct_specimens') }}
    {{ only_touched_patients() }}

),

lab_orders as (

    select * from {{ ref('fct_lab_orders') }}
    {{ only_touched_patients() }}

),

rejected as (

    select * from specimens
    where is_rejected

),

others as (

    select * from specimens
    where not is_rejected

),

followed as (

    select
        rejected.patient_key,
        rejected.specimen_key,
        max(
            case
                when
                    others.status_code <> 'ordered'
                    and others.taken_at > rejected.taken_at
                    then 1
                else 0
            end
        ) as has_successor,
        max(case when others.status_code = 'ordered' then 1 else 0 end)
            as has_request
    from rejected
    left join others
        on
            rejected.patient_key = others.patient_key
            and rejected.lab_order_key = others.lab_order_key
            and rejected.specimen_type_name = others.specimen_type_name
    group by rejected.patient_key, rejected.specimen_key

)

select
    -- keys
    rejected.specimen_key,
    rejected.patient_key,
    rejected.lab_order_key,
    rejected.encounter_key,
    lab_orders.practitioner_key,

    -- codes
    rejected.accession_number,
    lab_orders.priority_code,
    lab_orders.status_code as order_status_code,

    -- names
    rejected.specimen_type_name,
    rejected.rejection_reason_name,
    lab_orders.test_name,

    -- numbers
    case
        when lab_orders.priority_code = 'stat' then 1
        when coalesce(lab_orders.priority_code, 'routine') = 'routine' then 3
        else 2
    end as urgency_rank,

    -- flags
    followed.has_request = 1 as is_asked_again,

    -- labels
    rejected.sensitivity | coalesce(lab_orders.sensitivity, 0) as sensitivity,

    -- times
    rejected.collected_at,
    rejected.status_at as rejected_at,

    -- provenance
    rejected.source_system,
    rejected.known_from,
    rejected.delivery_id,
    rejected.file_id,
    rejected.line_number

from rejected
inner join followed
    on
        rejected.patient_key = followed.patient_key
        and rejected.specimen_key = followed.specimen_key
left join lab_orders
    on
        rejected.patient_key = lab_orders.patient_key
        and rejected.lab_order_key = lab_orders.lab_order_key
where
    followed.has_successor = 0
    and coalesce(lab_orders.status_code, 'ordered') <> 'cancelled'
