{#-
    A lost allergy can kill: it counts unless it is refuted, over, or called so in a word
    that says it. A status that nobody knows leaves it active.
-#}
with

unlabelled as (

    select * from {{ ref('stg_allergies') }}
    {{ only_touched_patients() }}

),

labelled as (

    {{ labelled('unlabelled', 'allergies', 'allergy_key') }}

),

allergies as (

    select
        *,
        lower(clinical_status_code) as clinical_status,
        coalesce(lower(verification_status_code), '') in (
            'refuted', 'entered-in-error'
        ) as is_refuted
    from labelled

),

judged as (

    select
        -- keys
        allergy_key,
        patient_key,
        encounter_key,

        -- codes
        substance_code,
        code_system,
        lower(type_code) as type_code,
        case lower(category_code)
            when 'medication' then 'drug'
            else lower(category_code)
        end as category_code,
        criticality_code,
        clinical_status_code,
        verification_status_code,
        lower(reaction_1_severity_code) as reaction_1_severity_code,
        lower(reaction_2_severity_code) as reaction_2_severity_code,

        -- names
        substance_name,
        reaction_1_name,
        reaction_2_name,

        -- flags
        is_refuted,
        not is_refuted
        and ended_at is null
        and coalesce(clinical_status, 'active')
        not in ('inactive', 'resolved', 'remission')
            as is_active,
        sensitivity,

        -- times
        started_at,
        ended_at,

        -- provenance
        source_system,
        known_from,
        delivery_id,
        file_id,
        line_number

    from allergies

)

select * from judged
