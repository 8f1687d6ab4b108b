{{ config(indexes=[{'columns': ['patient_key'], 'unique': true}]) }}

with

patients as (

    select * from {{ ref('dim_patients') }}
    {{ only_touched_patients() }}

)

select
    patient_key,
    sensitivity,

    -- provenance
    source_system,
    delivery_id,
    file_id,
    line_number,
    known_from

from patients
