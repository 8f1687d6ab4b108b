with

unlabelled as (

    select * from {{ ref('stg_specimens') }}
    {{ only_touched_patients() }}

),

labelled as (

    {{ labelled('unlabelled', 'specimens', 'specimen_key') }}

),

orders as (

    select
        lab_order_key,
        patient_key,
        sensitivity
    from {{ ref('fct_lab_orders') }}
    {{ only_touched_patients() }}

),

specimens as (

    select
        labelled.*,
        coalesce(orders.sensitivity, 0) as sensitivity_of_context
    from labelled
    left join orders
        on
            labelled.patient_key = orders.patient_key
            and labelled.lab_order_key = orders.lab_order_key

)

select
    -- keys
    specimen_key,
    patient_key,
    lab_order_key,
    encounter_key,

    -- codes
    accession_number,
    status_code,

    -- names
    specimen_type_name,
    body_site_name,
    rejection_reason_name,

    -- numbers
    case
        when received_at >= collected_at
            then {{ hours_between('collected_at', 'received_at') }}
    end as transport_hours,

    -- flags
    status_code not in ('done', 'rejected') as is_open,
    status_code = 'rejected' as is_rejected,

    -- labels
    sensitivity | sensitivity_of_context as sensitivity,

    -- times
    collected_at,
    received_at,
    status_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from specimens
