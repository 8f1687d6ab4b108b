{#-
    A patient reads what is finished: notes of visits and discharges. One whose status is
    not stated, or in a word that nobody knows, is not known to be finished.

    A note has the labels of the visit that it was written in: of its text no code tells.
-#}
with

unlabelled as (

    select * from {{ ref('stg_notes') }}
    {{ only_touched_patients() }}

),

notes as (

    {{ labelled(
        'unlabelled', 'notes', 'note_key',
        always_names=['title', 'author_role_name']
    ) }}

),

encounters as (

    select * from {{ ref('fct_encounters') }}
    {{ only_touched_patients() }}

)

select
    -- keys
    notes.note_key,
    notes.patient_key,
    notes.encounter_key,
    notes.practitioner_key,

    -- codes
    notes.note_type_code,
    notes.status_code,

    -- names
    notes.title,
    notes.author_name,
    notes.author_role_name,

    -- flags
    case
        when notes.status_code in ('final', 'amended', 'corrected', 'appended') then true
        when notes.status_code in ('preliminary', 'entered-in-error') then false
    end as is_final,
    coalesce(notes.status_code, '') = 'entered-in-error' as is_entered_in_error,
    notes.note_type_code in ('visit', 'discharge')
    and coalesce(notes.status_code, '') in ('final', 'amended', 'corrected', 'appended')
        as is_for_patient,

    -- labels
    notes.sensitivity | coalesce(encounters.sensitivity, 0) as sensitivity,

    -- times
    notes.written_at,

    -- provenance
    notes.source_system,
    notes.known_from,
    notes.delivery_id,
    notes.file_id,
    notes.line_number

from notes
left join encounters
    on
        notes.patient_key = encounters.patient_key
        and notes.encounter_key = encounters.encounter_key
