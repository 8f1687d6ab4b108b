-- What registrars and billing staff read: marts, and how fresh they are.
set local check_function_bodies = off;

grant usage on schema marts, raw to ehr_registrar, ehr_billing;
grant select (delivery_id, source_system, landed_at) on raw.delivery to
ehr_registrar, ehr_billing;
grant select on raw.source, raw.source_as_of, raw.build to ehr_registrar, ehr_billing;

-- The numbers by which an uploaded file names the record's patients ----------------

create function access.patient_numbers(patient_keys bigint[])
returns table (
    patient_key bigint, record_id text, content_hash uuid, patient_number text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct on (patient.record_id)
        patient.patient_key,
        patient.record_id,
        patient.content_hash,
        patient.patient_number
    from identity.patients as patient
    where patient.patient_key = any(access.may_see(patient_keys))
        and patient.source_system = 'operational'
        and not patient.is_closed
        and patient.patient_number is not null
    order by
        patient.record_id,
        patient.version_at desc,
        patient.adapter_revision desc,
        patient.content_hash desc
$$;
comment on function access.patient_numbers(bigint[]) is
'Encrypted numbers of the record''s patients whom the person asking may see.';

create function access.record_has_patients()
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select 1
        from identity.patients as patient
        where patient.source_system = 'operational'
    )
$$;
comment on function access.record_has_patients() is
'Whether the record has patients of its own, so that results can be about them.';

create function access.birth_dates(patient_keys bigint[])
returns table (patient_key bigint, birth_date date)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct on (access.person_key_of(patient.patient_key))
        access.person_key_of(patient.patient_key),
        patient.birth_date
    from raw.patients as patient
    where patient.patient_key
        = any(access.keys_of_persons(access.may_see(patient_keys)))
        and not patient.is_closed
    order by
        access.person_key_of(patient.patient_key),
        patient.version_at desc,
        patient.adapter_revision desc,
        patient.content_hash desc
$$;
comment on function access.birth_dates(bigint[]) is
'Birth dates of patients whom the person asking may see: with name and number what a
laboratory matches a tube by, and nothing more.';
revoke execute on function
access.patient_numbers(bigint[]),
access.record_has_patients(),
access.birth_dates(bigint[]) from public;
grant execute on function
access.patient_numbers(bigint[]),
access.record_has_patients(),
access.birth_dates(bigint[]) to ehr_lab_technician;

-- Encrypted texts: who reads which -------------------------------------------------

create table access.protected_text_reader (
    feed text not null,
    role text not null,
    primary key (feed, role)
);
comment on table access.protected_text_reader is
'Which role reads the encrypted texts of which feed, of patients it may see.';
insert into access.protected_text_reader values
('notes', 'doctor'),
('notes', 'nurse'),
('notes', 'patient'),
('imaging_reports', 'doctor'),
('imaging_reports', 'nurse'),
('imaging_reports', 'patient'),
('appointments', 'doctor'),
('appointments', 'nurse'),
('appointments', 'registrar'),
('appointments', 'patient'),
('referrals', 'doctor'),
('referrals', 'nurse'),
('lab_orders', 'doctor'),
('lab_orders', 'nurse'),
('lab_orders', 'lab_technician'),
('medication_requests', 'doctor'),
('medication_requests', 'nurse'),
('medication_requests', 'patient'),
('correction_requests', 'doctor'),
('correction_requests', 'patient'),
('family_history', 'doctor'),
('family_history', 'nurse'),
('devices', 'doctor'),
('devices', 'nurse'),
('contacts', 'doctor'),
('contacts', 'nurse'),
('contacts', 'registrar'),
('contacts', 'patient'),
('coverages', 'registrar'),
('coverages', 'billing'),
('coverages', 'patient');

create table access.protected_text_column (
    feed text not null,
    column_name text not null,
    primary key (feed, column_name)
);
comment on table access.protected_text_column is
'Which columns of identity.<feed> access.protected_texts gives out, encrypted.';
insert into access.protected_text_column values
('notes', 'note_text'),
('imaging_reports', 'report_text'),
('imaging_reports', 'impression_text'),
('appointments', 'reason_text'),
('referrals', 'question_text'),
('lab_orders', 'question_text'),
('medication_requests', 'request_text'),
('medication_requests', 'answer_text'),
('correction_requests', 'request_text'),
('correction_requests', 'answer_text'),
('family_history', 'comment_text'),
('devices', 'unique_device_identifier'),
('devices', 'serial_number'),
('contacts', 'contact_name'),
('contacts', 'phone'),
('contacts', 'email'),
('contacts', 'address_line'),
('contacts', 'city'),
('contacts', 'postal_code'),
('coverages', 'member_number'),
('coverages', 'group_number'),
('coverages', 'subscriber_name');

-- When the texts of a report are read is said with the rules of release (0017).
create function access.readable_facts(feed text, patient_keys bigint[])
returns table (patient_key bigint, fact_key text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select 1
        from access.asking_person() as person
        inner join access.protected_text_reader as reader
            on person.role = reader.role
        where reader.feed = readable_facts.feed
    ) then
        raise insufficient_privilege
        using message = 'the person asking may not read these texts';
    end if;
    return query
    select
        fact.patient_key,
        fact.fact_key
    from marts.fct_protected_texts as fact
    where fact.kind_code = readable_facts.feed
        and fact.patient_key
        = any((select access.may_see(readable_facts.patient_keys))::bigint[])
        and (
            (fact.sensitivity & (select access.withheld_labels())) = 0
            or fact.patient_key
            = any((select access.entrusted_patients())::bigint[])
        )
        and (
            session_user <> 'ehr_patient'
            or (
                fact.is_for_patient
                and access.are_texts_released(
                    readable_facts.feed, fact.patient_key, fact.fact_key
                )
            )
        );
end
$$;
comment on function access.readable_facts(text, bigint[]) is
'Facts of a feed whose encrypted texts the person asking may read: of patients who may
be seen, without a label that is withheld; for patients, what is meant for them.';

create function access.protected_texts(feed text, patient_keys bigint[])
returns table (
    patient_key bigint,
    fact_key text,
    record_id text,
    content_hash uuid,
    column_name text,
    stored text
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    -- Refuses before the feed's name comes near a statement.
    readable text[] := coalesce(
        (
            select array_agg(fact.patient_key || '|' || fact.fact_key)
            from access.readable_facts(
                protected_texts.feed, protected_texts.patient_keys
            ) as fact
        ),
        '{}'
    );
begin
    return query execute format(
        $query$
        with

        latest as (
            select distinct on (version.source_system, version.record_id)
                version.*,
                version.source_system || ':' || btrim(version.record_id) as fact_key
            from identity.%%1$I as version
            where version.patient_key = any(access.keys_of_persons($1))
            order by
                version.source_system,
                version.record_id,
                version.version_at desc,
                version.adapter_revision desc,
                version.is_closed,
                version.content_hash desc
        )

        select
            access.person_key_of(latest.patient_key),
            latest.fact_key,
            latest.record_id,
            latest.content_hash,
            cell.key,
            cell.value
        from latest
        cross join lateral jsonb_each_text(to_jsonb(latest)) as cell
        inner join access.protected_text_column as shown
            on shown.feed = $2
            and shown.column_name = cell.key
        where not latest.is_closed
            and access.person_key_of(latest.patient_key) || '|' || latest.fact_key
            = any($3)
            and cell.value is not null
            -- A fact that moved to another patient is nobody's until it is built.
            and not exists (
                select 1
                from identity.%%1$I as moved
                where moved.source_system = latest.source_system
                    and moved.record_id = latest.record_id
                    and moved.patient_key <> latest.patient_key
                    and (
                        moved.version_at,
                        moved.adapter_revision,
                        not moved.is_closed,
                        moved.content_hash
                    ) > (
                        latest.version_at,
                        latest.adapter_revision,
                        not latest.is_closed,
                        latest.content_hash
                    )
            )
        $query$,
        protected_texts.feed
    )
    using access.may_see(protected_texts.patient_keys), protected_texts.feed, readable;
end
$$;
comment on function access.protected_texts(text, bigint[]) is
'Encrypted texts of a feed, of the current version of each fact that the person asking
may read. The key never enters the database.';

revoke all on access.protected_text_reader, access.protected_text_column from public;
revoke execute on function
access.readable_facts(text, bigint[]), access.protected_texts(text, bigint[])
from public;
grant execute on function access.protected_texts(text, bigint[]) to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_registrar, ehr_billing;
