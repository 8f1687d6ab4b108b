-- The way between the warehouse and the record: tickets that admit a person to entries
-- of the record, and up to where the record is in the marts.
set local check_function_bodies = off;

-- Tickets --------------------------------------------------------------------------

create table access.ticket_key (
    is_only boolean primary key default true check (is_only),
    inner_pad bytea not null check (length(inner_pad) = 64),
    outer_pad bytea not null check (length(outer_pad) = 64)
);
comment on table access.ticket_key is
'What tickets are signed with (HMAC, RFC 2104), the same as in the record; one row.';

create function access.admit(patient_keys bigint[]) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    visible as (
        select access.keys_of_persons(access.may_see(patient_keys)) as patient_keys
    ),

    -- The record does not know the labels of its entries. Of a patient who is not
    -- entrusted to the person, and of whom something may be withheld, it shows the
    -- person's own entries only; the marts, which know, show the rest.
    without_reserve as (
        select array_agg(visible_one.patient_key) as patient_keys
        from visible
        cross join unnest(visible.patient_keys) as visible_one (patient_key)
        where (select access.withheld_labels()) = 0
            or visible_one.patient_key = any(
                (select access.keys_of_persons(access.entrusted_patients()))::bigint[]
            )
    ),

    said as (
        select
            concat_ws(
                '|',
                current_setting('ehr.user_id', true),
                session_user,
                -- A ticket serves one transaction of the record that follows at once.
                floor(extract(epoch from clock_timestamp()) + 60)::text,
                array_to_string(visible.patient_keys, ','),
                coalesce(array_to_string(without_reserve.patient_keys, ','), '')
            ) as words
        from visible
        cross join without_reserve
        where (select access.is_known_person())
    )

    select
        said.words || '|' || encode(
            sha256(
                pad.outer_pad
                || sha256(pad.inner_pad || convert_to(said.words, 'UTF8'))
            ),
            'hex'
        )
    from said
    cross join access.ticket_key as pad
$$;
comment on function access.admit(bigint[]) is
'A ticket for those of the patients that the person asking may see; null for nobody.';

-- How far the marts are ------------------------------------------------------------

alter table raw.build add column record_snapshot text;
comment on column raw.build.record_snapshot is
'What of the record had landed when the build began; null: nothing.';

create function access.built_record_snapshot() returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select build.record_snapshot
    from raw.build as build
    where build.status = 'succeeded'
    order by build.build_id desc
    limit 1
$$;
comment on function access.built_record_snapshot() is
'The snapshot of the record that the marts know; null: nothing of it.';

revoke all on access.ticket_key from public;
revoke execute on function
access.admit(bigint[]), access.built_record_snapshot() from public;
grant execute on function
access.admit(bigint[]), access.built_record_snapshot() to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_registrar, ehr_billing;
grant select on raw.extract_position to ehr_builder;
