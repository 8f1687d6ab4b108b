{#-
    A device is present from its start until its end, unless it was removed or
    entered in error. One that is inactive or in an unknown status may still be
    there, which matters before a scan: that is unknown, never no. Today moves
    without any new fact, so this table is rebuilt whole each time.
-#}
{{ config(materialized='table') }}

with

unlabelled as (

    select * from {{ ref('stg_devices') }}

),

devices as (

    {{ labelled(
        'unlabelled', 'devices', 'device_key',
        codes=[('device_code', 'code_system')],
        names=[('device_code', 'device_name')]
    ) }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

)

select
    -- keys
    devices.device_key,
    devices.patient_key,
    devices.encounter_key,

    -- codes
    devices.device_code,
    devices.code_system,
    devices.status_code,

    -- names
    devices.device_name,
    devices.body_site_name,

    -- flags
    case
        when devices.status_code in ('entered-in-error', 'removed', 'explanted')
            then false
        when devices.started_at > source_as_of.as_of then false
        when devices.ended_at <= source_as_of.as_of then false
        when coalesce(devices.status_code, 'active') = 'active' then true
    end as is_present,

    -- labels
    devices.sensitivity,

    -- times
    devices.started_at,
    devices.ended_at,
    source_as_of.as_of,

    -- provenance
    devices.source_system,
    devices.known_from,
    devices.delivery_id,
    devices.file_id,
    devices.line_number

from devices
left join source_as_of
    on devices.source_system = source_as_of.source_system
