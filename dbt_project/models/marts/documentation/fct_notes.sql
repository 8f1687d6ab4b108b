{#-
    A patient reads what is finished: notes of visits and discharges. One whose status is
    not stated, or in a word that nobody knows, is not known to be finished.
-#}
with

unlabelled as (

    select * from {{ ref('stg_notes') }}
    {{ only_touched_patients() }}

),

labelled as (

    {{ labelled(
        'unlabelled', 'notes', 'note_key',
        always_names=['title', 'author_role_name']
    ) }}

),

encounters as (

    select
        encounter_key,
        patient_key,
        sensitivity
    from {{ ref('fct_encounters') }}
    {{ only_touched_patients() }}

),

notes as (

    select
        labelled.*,
        coalesce(encounters.sensitivity, 0) as sensitivity_of_context
    from labelled
    left join encounters
        on
            labelled.patient_key = encounters.patient_key
            and labelled.encounter_key = encounters.encounter_key

)

select
    -- keys
    note_key,
    patient_key,
    encounter_key,
    practitioner_key,

    -- codes
    note_type_code,
    status_code,

    -- names
    title,
    author_name,
    author_role_name,

    -- flags
    case
        when status_code in ('final', 'amended', 'corrected', 'appended') then true
        when status_code in ('preliminary', 'entered-in-error') then false
    end as is_final,
    coalesce(status_code, '') = 'entered-in-error' as is_entered_in_error,
    note_type_code in ('visit', 'discharge')
    and coalesce(status_code, '') in ('final', 'amended', 'corrected', 'appended')
        as is_for_patient,

    -- labels
    sensitivity | sensitivity_of_context as sensitivity,

    -- times
    written_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from notes
