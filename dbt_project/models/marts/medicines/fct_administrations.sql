{#-
    A dose is on time up to administration_window_minutes before and after its hour, both
    included. A status that nobody knows says neither that it was given nor that it was
    not: the next dose must not be decided by a guess.
-#}
with

unlabelled as (

    select * from {{ ref('stg_administrations') }}
    {{ only_touched_patients() }}

),

labelled as (

    {{ labelled(
        'unlabelled', 'administrations', 'administration_key',
        codes=[('drug_code', 'code_system')],
        always_names=['drug_name']
    ) }}

),

prescriptions as (

    select
        prescription_key,
        patient_key,
        sensitivity
    from {{ ref('fct_medication_history') }}
    {{ only_touched_patients() }}

),

administrations as (

    select
        labelled.*,
        coalesce(prescriptions.sensitivity, 0) as sensitivity_of_context
    from labelled
    left join prescriptions
        on
            labelled.patient_key = prescriptions.patient_key
            and labelled.prescription_key = prescriptions.prescription_key

)

select
    -- keys
    administration_key,
    patient_key,
    encounter_key,
    prescription_key,
    practitioner_key,

    -- codes
    drug_code,
    code_system,
    route_code,
    status_code,
    case
        when status_code in ('withheld', 'refused', 'missed') then 'not_given'
        when status_code <> 'given' then 'unknown'
        when scheduled_at is null then 'not_scheduled'
        when
            administered_at
            > scheduled_at
            + interval '{{ var("administration_window_minutes") }} minutes'
            then 'late'
        when
            administered_at
            < scheduled_at
            - interval '{{ var("administration_window_minutes") }} minutes'
            then 'early'
        else 'on_time'
    end as timing_code,

    -- names
    drug_name,
    dose_text,
    dose_unit,
    reason_name,
    performer_name,

    -- numbers
    case
        when status_code = 'given'
            then
                cast(
                    floor({{ seconds_between('scheduled_at', 'administered_at') }} / 60)
                    as {{ dbt.type_bigint() }}
                )
    end as minutes_late,

    -- flags
    case
        when status_code = 'given' then true
        when status_code in ('withheld', 'refused', 'missed') then false
    end as is_given,

    -- labels
    sensitivity | sensitivity_of_context as sensitivity,

    -- times
    scheduled_at,
    administered_at,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from administrations
