{#-
    When each result was asked for, taken, received, first reported and final, as far as
    its source says. What is not said stays empty: no time stands for another.

    A final version after a preliminary one often repeats the time of release of the
    first. It was final no earlier than its source wrote it, so the time of the version
    counts where the source states one; where it does not, nobody knows when it was final.
    Nor does anybody know it of a result that came without a status.
-#}
{{
    config(
        indexes=[
            {'columns': ['patient_key', 'lab_result_key'], 'unique': true},
            {'columns': ['accession_key']},
        ]
    )
}}

with

versions as (

    select
        *,
        not is_closed
        and not is_closing
        and (
            value_text is not null
            or value_number is not null
            or organism_name is not null
            or comment_text is not null
        ) as is_told
    from {{ ref('fct_lab_result_versions') }}
    {{ only_touched_patients() }}

),

lab_orders as (

    select * from {{ ref('fct_lab_orders') }}
    {{ only_touched_patients() }}

),

specimens as (

    select * from {{ ref('fct_specimens') }}
    {{ only_touched_patients() }}

),

with_first_times as (

    select
        *,
        min(case when is_told then version_number end) over of_result
            as first_told_number,
        min(
            case
                when
                    is_told
                    and is_usable
                    and result_status_code <> 'unknown'
                    then version_number
            end
        ) over of_result as first_final_number,
        min(case when is_told then resulted_at end) over of_result as first_resulted_at,
        bit_or(sensitivity) over of_result as sensitivity_of_versions
    from versions
    window of_result as (partition by patient_key, lab_result_key)

),

finalised as (

    select
        patient_key,
        lab_result_key,
        case
            when version_number = first_told_number then resulted_at
            when version_at <> known_from then greatest(resulted_at, version_at)
            when resulted_at > first_resulted_at then resulted_at
        end as final_resulted_at
    from with_first_times
    where version_number = first_final_number

),

latest as (

    select
        *,
        {{ fact_key('order_id') }} as ordered_key,
        {{ fact_key('specimen_id') }} as specimen_key
    from with_first_times
    where is_current

),

joined as (

    select
        latest.*,
        finalised.final_resulted_at,
        specimens.accession_number,
        specimens.received_at,
        coalesce(latest.ordered_key, specimens.lab_order_key) as lab_order_key,
        specimens.collected_at as specimen_collected_at,
        coalesce(specimens.sensitivity, 0) as sensitivity_of_specimen
    from latest
    left join finalised
        on
            latest.patient_key = finalised.patient_key
            and latest.lab_result_key = finalised.lab_result_key
    left join specimens
        on
            latest.patient_key = specimens.patient_key
            and latest.specimen_key = specimens.specimen_key

)

select
    -- keys
    joined.patient_key,
    joined.lab_result_key,
    coalesce(joined.lab_order_key, joined.specimen_key) as accession_key,
    joined.lab_order_key,
    joined.specimen_key,

    -- what was measured
    joined.analyte_code,
    joined.test_name,
    coalesce(lab_orders.priority_code, lower(joined.priority_code)) as priority_code,

    -- how far it has come
    case
        when joined.is_closed then 'withdrawn'
        when joined.result_status_code = 'registered' then 'waiting'
        when joined.result_status_code = 'cancelled' then 'cancelled'
        when joined.is_closing then 'withdrawn'
        when joined.first_told_number is null then 'waiting'
        when not joined.is_usable then 'preliminary'
        when joined.result_status_code in ('corrected', 'amended') then 'corrected'
        when joined.result_status_code = 'unknown' then 'not_told'
        else 'final'
    end as state_code,
    joined.version_number as versions_count,

    -- labels
    joined.sensitivity_of_versions
    | joined.sensitivity_of_specimen
    | coalesce(lab_orders.sensitivity, 0) as sensitivity,

    -- times
    lab_orders.ordered_at,
    coalesce(joined.specimen_collected_at, joined.collected_at) as collected_at,
    joined.received_at,
    joined.first_resulted_at,
    joined.final_resulted_at,

    -- provenance
    joined.source_system,
    joined.known_from,
    joined.delivery_id,
    joined.file_id,
    joined.line_number

from joined
left join lab_orders
    on
        joined.patient_key = lab_orders.patient_key
        and joined.lab_order_key = lab_orders.lab_order_key
