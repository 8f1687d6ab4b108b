with

unlabelled as (

    select * from {{ ref('stg_imaging_reports') }}
    {{ only_touched_patients() }}

),

labelled as (

    {{ labelled(
        'unlabelled', 'imaging_reports', 'imaging_report_key',
        always_names=['procedure_name']
    ) }}

),

orders as (

    select
        lab_order_key,
        patient_key,
        sensitivity
    from {{ ref('fct_lab_orders') }}
    {{ only_touched_patients() }}

),

imaging_reports as (

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
    imaging_report_key,
    patient_key,
    encounter_key,
    study_key,
    lab_order_key,
    practitioner_key,

    -- codes
    modality_code,
    status_code,

    -- names
    procedure_name,
    body_site_name,
    author_name,

    -- flags
    case
        when status_code in ('final', 'corrected') then true
        when status_code in ('preliminary', 'cancelled') then false
    end as is_final,
    status_code = 'corrected' as is_corrected,
    status_code = 'cancelled' as is_cancelled,

    -- labels
    sensitivity | sensitivity_of_context as sensitivity,

    -- times
    reported_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from imaging_reports
