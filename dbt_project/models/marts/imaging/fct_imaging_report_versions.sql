{#-
    Every version of every report of imaging: what was preliminary, final, corrected, and
    when. A former one has the labels of all versions of its report, so that what is
    labelled cannot be read from what was said of it before. The status is read by the
    same list as that of a result, HL7's letters and FHIR's words alike.
-#}
{{
    config(
        indexes=[
            {
                'columns': ['patient_key', 'imaging_report_key', 'version_number'],
                'unique': true,
            },
        ]
    )
}}

with

versions as (

    select
        {{ fact_key() }} as imaging_report_key,
        patient_key,
        {{ fact_key('order_id') }} as lab_order_key,
        {{ clean_text('procedure_name') }} as procedure_name,
        lower({{ clean_text('status_code') }}) as status_code,
        is_closed,
        reported_at,
        version_at,
        source_system,
        known_from,
        delivery_id,
        file_id,
        line_number,
        row_number() over (
            partition by patient_key, source_system, record_id
            order by
                version_at asc, adapter_revision asc, is_closed desc, content_hash asc
        ) as version_number,
        row_number() over (
            partition by patient_key, source_system, record_id
            order by {{ version_order() }}
        ) as place_from_newest
    from {{ source('persons', 'imaging_reports') }}
    {{ only_touched_patients() }}

),

result_statuses as (

    select * from {{ ref('result_statuses') }}

),

labelled as (

    {{ labelled(
        'versions', 'imaging_reports', 'imaging_report_key',
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

with_orders as (

    select
        labelled.*,
        labelled.sensitivity
        | coalesce(orders.sensitivity, 0) as sensitivity_of_version,
        coalesce(result_statuses.result_status_code, 'unknown') as report_status_code
    from labelled
    left join result_statuses
        on labelled.status_code = result_statuses.status_code
    left join orders
        on
            labelled.patient_key = orders.patient_key
            and labelled.lab_order_key = orders.lab_order_key

)

select
    -- keys
    imaging_report_key,
    patient_key,

    -- which version
    version_number,
    place_from_newest = 1 as is_current,
    is_closed,
    status_code,
    report_status_code,

    -- labels
    bit_or(sensitivity_of_version) over (
        partition by patient_key, imaging_report_key
    ) as sensitivity,

    -- times
    reported_at,
    version_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from with_orders
