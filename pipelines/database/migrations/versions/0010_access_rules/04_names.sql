-- Names of patients, for those who may see them.

create function access.ward_patients()
returns table (
    patient_key bigint,
    source_system text,
    ward_name text,
    started_at timestamptz,
    is_mine boolean
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct
        coalesce(merged.surviving_patient_key, stay.patient_key),
        stay.source_system,
        stay.ward_name,
        stay.started_at,
        coalesce(merged.surviving_patient_key, stay.patient_key)
        = any((select access.visible_patients())::bigint[])
    from access.asking_person() as person
    inner join access.ward_member as member
        on person.user_id = member.user_id
    inner join access.ward_stay as stay
        on member.source_system = stay.source_system
        and member.ward_name = stay.ward_name
    left join raw.merged_patients as merged
        on stay.patient_key = merged.patient_key
    where person.role = 'nurse'
        and member.valid_from <= now()
        and (member.valid_to is null or member.valid_to > now())
        and stay.started_at <= now()
        and (stay.ended_at is null or stay.ended_at > now())
$$;
comment on function access.ward_patients() is
'Who lies on the wards where the nurse asking works, and whether she sees them already.
Names of these she may read; nothing clinical until she takes over.';

create function access.identity_of(patient_keys bigint[])
returns table (
    patient_key bigint,
    record_id text,
    content_hash uuid,
    medical_record_number text,
    source_patient_id text,
    given_name text,
    family_name text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    named as (
        select seen.patient_key
        from unnest(access.may_see(patient_keys)) as seen (patient_key)
        union
        select ward.patient_key
        from access.ward_patients() as ward
        where ward.patient_key = any(patient_keys)
        union
        -- Whoever accounts for disclosures must know to whom.
        select asked.patient_key
        from access.asking_person() as person
        cross join unnest(patient_keys) as asked (patient_key)
        where person.role = 'compliance'
    ),

    latest_versions as (
        select distinct on (patient.source_system, patient.record_id)
            patient.*
        from identity.patients as patient
        where patient.patient_key
            = any((select array_agg(named.patient_key) from named)::bigint[])
        order by
            patient.source_system,
            patient.record_id,
            patient.version_at desc,
            patient.adapter_revision desc,
            patient.is_closed,
            patient.content_hash desc
    )

    select
        latest_versions.patient_key,
        latest_versions.record_id,
        latest_versions.content_hash,
        latest_versions.medical_record_number,
        latest_versions.source_patient_id,
        latest_versions.given_name,
        latest_versions.family_name
    from latest_versions
    where not latest_versions.is_closed
$$;
comment on function access.identity_of(bigint[]) is
'Names and numbers, encrypted, of those patients that the person asking may see.';
