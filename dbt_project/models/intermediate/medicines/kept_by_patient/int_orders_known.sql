{#-
    What was known of an order, and when: its own version, whether it was for a stay in
    hospital and the end of that, and the beginning of the earliest order that replaces
    it. A discharge or a replacement that is received late therefore begins a new row.
    Of patients delivered in parts alone; an order that its source deleted is not there,
    and replaces none.
-#}
with

in_parts as (

    select * from {{ ref('int_patients_delivered_in_parts') }}
    {{ only_touched_patients() }}

),

current_orders as (

    select
        patient_key,
        prescription_key
    from {{ ref('int_prescriptions_with_status') }}
    {{ only_patients_in_parts() }}

),

stays as (

    select * from {{ ref('int_stays_known') }}
    {{ only_touched_patients() }}

),

medication_statuses as (

    select * from {{ ref('medication_statuses') }}

),

delivered as (

    select
        patient_key,
        source_system,
        record_id,
        {{ fact_key() }} as prescription_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        {{ fact_key('replaces_prescription_id') }} as replaces_prescription_key,
        source_system
        || ':order:' || {{ clean_text('pharmacy_order_id') }} as pharmacy_order_key,
        lower({{ clean_text('status_code') }}) as status_code,
        days_supply,
        dispenses_count,
        started_at,
        ended_at,
        version_at,
        known_from,
        is_closed,
        adapter_revision,
        content_hash
    from {{ source('persons', 'prescriptions') }}
    {{ only_patients_in_parts() }}

),

ever_known as (

    {{ versions_ever_known('delivered') }}

),

versions as (

    select ever_known.*
    from ever_known
    inner join current_orders
        on
            ever_known.patient_key = current_orders.patient_key
            and ever_known.prescription_key = current_orders.prescription_key
    where not ever_known.is_closed

),

replacing as (

    select
        versions.patient_key,
        versions.replaces_prescription_key as prescription_key,
        versions.started_at,
        versions.known_from,
        versions.known_until
    from versions
    left join medication_statuses
        on versions.status_code = medication_statuses.delivered_code
    where
        versions.replaces_prescription_key is not null
        and not coalesce(medication_statuses.is_never_given, false)

),

of_stays as (

    select
        versions.patient_key,
        versions.prescription_key,
        stays.known_from,
        stays.known_until
    from versions
    inner join stays
        on
            versions.patient_key = stays.patient_key
            and versions.encounter_key = stays.encounter_key

),

facts as (

    select
        patient_key,
        prescription_key,
        known_from,
        known_until
    from versions
    union all
    select
        patient_key,
        prescription_key,
        known_from,
        known_until
    from replacing
    union all
    select * from of_stays

),

changes as (

    select
        patient_key,
        prescription_key,
        known_from as changed_at
    from facts
    union distinct
    select
        patient_key,
        prescription_key,
        known_until as changed_at
    from facts
    where known_until is not null

),

times as (

    {{ times_between('changes', ['patient_key', 'prescription_key']) }}

),

replacements as (

    select
        times.patient_key,
        times.prescription_key,
        times.known_from,
        min(replacing.started_at) as replaced_at
    from times
    inner join replacing
        on
            times.patient_key = replacing.patient_key
            and times.prescription_key = replacing.prescription_key
            and {{ was_known_at('replacing', 'times.known_from') }}
    group by times.patient_key, times.prescription_key, times.known_from

)

select
    versions.patient_key,
    versions.prescription_key,
    versions.pharmacy_order_key,
    versions.version_number,
    row_number() over (
        partition by
            versions.patient_key, versions.prescription_key, versions.version_number
        order by times.known_from
    ) as part_number,
    versions.status_code,
    versions.days_supply,
    versions.dispenses_count,
    versions.started_at,
    versions.ended_at,
    versions.version_at,
    coalesce(stays.is_inpatient_order, false) as is_inpatient_order,
    stays.encounter_ended_at,
    replacements.replaced_at,
    times.known_from,
    times.known_until
from times
inner join versions
    on
        times.patient_key = versions.patient_key
        and times.prescription_key = versions.prescription_key
        and {{ was_known_at('versions', 'times.known_from') }}
left join stays
    on
        versions.patient_key = stays.patient_key
        and versions.encounter_key = stays.encounter_key
        and {{ was_known_at('stays', 'times.known_from') }}
left join replacements
    on
        times.patient_key = replacements.patient_key
        and times.prescription_key = replacements.prescription_key
        and times.known_from = replacements.known_from
