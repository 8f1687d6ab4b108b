-- Search by name or number, also for patients who are closed to the one who asks.

create function access.find_patients(
    kinds text[], tokens uuid[], words integer[], most integer
)
returns table (patient_key bigint, is_by_sound boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    sought as (
        select
            term.kind,
            term.token,
            term.word
        from unnest(kinds, tokens, words) as term (kind, token, word)
    ),

    matched as (
        select
            coalesce(merged.surviving_patient_key, stored.patient_key) as patient_key,
            sought.word,
            bool_and(sought.kind = 'sound') as is_by_sound
        from sought
        inner join identity.search_token as stored
            on sought.kind = stored.kind
            and sought.token = stored.token
        left join raw.merged_patients as merged
            on stored.patient_key = merged.patient_key
        cross join access.asking_person() as person
        where case
            when person.role = 'doctor'
                then coalesce(merged.surviving_patient_key, stored.patient_key)
                    not in (select unnest(access.closed_patients()))
            when person.role = 'nurse'
                then coalesce(merged.surviving_patient_key, stored.patient_key)
                    = any((select access.visible_patients())::bigint[])
            when person.role in ('lab_technician', 'registrar', 'billing', 'compliance')
                then true
            -- Support is given a number and learns no name.
            when person.role = 'support' then stored.kind = 'number'
            else false
        end
        group by
            coalesce(merged.surviving_patient_key, stored.patient_key), sought.word
    )

    select
        matched.patient_key,
        bool_or(matched.is_by_sound)
    from matched
    group by matched.patient_key
    having count(*) = (select count(distinct sought.word) from sought)
    order by bool_or(matched.is_by_sound), matched.patient_key
    limit least(most, 200)
$$;
comment on function access.find_patients(text[], uuid[], integer[], integer) is
'Visible patients of whom every word sought matches by one of its keyed hashes.';

create function access.find_closed_patients(
    kinds text[], tokens uuid[], words integer[]
)
returns table (
    patient_key bigint,
    is_by_number boolean,
    record_id text,
    content_hash uuid,
    given_name text,
    family_name text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    sought as (
        select
            term.kind,
            term.token,
            term.word
        from unnest(kinds, tokens, words) as term (kind, token, word)
        where term.kind in ('number', 'prefix', 'birth_date')
    ),

    matched as (
        select
            stored.patient_key,
            sought.word,
            bool_or(sought.kind = 'number') as is_by_number,
            bool_or(sought.kind = 'prefix') as is_by_name,
            bool_or(sought.kind = 'birth_date') as is_by_birth_date
        from sought
        inner join identity.search_token as stored
            on sought.kind = stored.kind
            and sought.token = stored.token
        left join raw.merged_patients as merged
            on stored.patient_key = merged.patient_key
        where coalesce(merged.surviving_patient_key, stored.patient_key)
            = any((select access.closed_patients())::bigint[])
        group by stored.patient_key, sought.word
    ),

    named as (
        select
            matched.patient_key,
            bool_or(matched.is_by_number) as is_by_number
        from matched
        group by matched.patient_key
        having count(*) = (select count(distinct term.word) from unnest(words) as term (word))
            and (
                bool_or(matched.is_by_number)
                or (
                    bool_or(matched.is_by_birth_date)
                    and count(*) filter (where matched.is_by_name) >= 2
                )
            )
    ),

    latest_versions as (
        select distinct on (patient.source_system, patient.record_id)
            patient.*,
            named.is_by_number
        from named
        inner join identity.patients as patient
            on named.patient_key = patient.patient_key
        cross join access.asking_person() as person
        where person.role = 'doctor'
        order by
            patient.source_system,
            patient.record_id,
            patient.version_at desc,
            patient.adapter_revision desc,
            patient.is_closed,
            patient.content_hash desc
    )

    select
        access.person_key_of(latest_versions.patient_key),
        latest_versions.is_by_number,
        latest_versions.record_id,
        latest_versions.content_hash,
        latest_versions.given_name,
        latest_versions.family_name
    from latest_versions
    where not latest_versions.is_closed
    limit 5
$$;
comment on function access.find_closed_patients(text[], uuid[], integer[]) is
'Restricted patients whom the doctor asking named: by a record number, or by birth date
and two names. The program compares the names as a whole before it shows anything.';
