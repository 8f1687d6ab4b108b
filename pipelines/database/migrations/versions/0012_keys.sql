-- Whether the keys are those of this database, and who was erased from it.
set local check_function_bodies = off;

-- The keys of this database --------------------------------------------------------

create table access.key_check (
    is_only boolean primary key default true check (is_only),
    digests text not null,
    sealed text not null
);
comment on table access.key_check is
'What the keyring that belongs here makes of a known text, so that another one is
found before it reads or writes a value; one row.';
comment on column access.key_check.digests is
'Keyed hash of a known text by each hash key.';
comment on column access.key_check.sealed is
'A known text, encrypted; place: access.key_check|sealed|only.';

create function access.read_key_check()
returns table (digests text, sealed text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select key_check.digests, key_check.sealed from access.key_check as key_check
$$;
comment on function access.read_key_check() is
'What the keyring must make of a known text; without the keys it tells nothing.';

-- Erasure --------------------------------------------------------------------------

create table access.erasure (
    erasure_id uuid primary key,
    ordered_by text not null check (ordered_by <> ''),
    reason_text text not null check (reason_text <> ''),
    done_by text not null check (done_by <> ''),
    begun_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    rows_removed jsonb
);
comment on table access.erasure is
'One lawful erasure of a patient: when, why, by whom, how much; never who it was.';
comment on column access.erasure.rows_removed is
'How many rows and records went, by table; counts alone.';

create table access.erased_patient (
    digest bytea primary key check (length(digest) = 32),
    erasure_id uuid not null references access.erasure (erasure_id)
);
comment on table access.erased_patient is
'Keyed digest of each erased patient: what is delivered of one again is refused.';

create table access.erased_entry (
    archive_address text primary key,
    replaced_by text,
    erasure_id uuid not null references access.erasure (erasure_id)
);
comment on table access.erased_entry is
'Archive entries that were destroyed, and those that hold the rest of each; the same
bytes, delivered again, count as the rest. No rest: the whole file was destroyed.';

create function access.erased_patients() returns setof bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        ('x' || encode(substring(erased.digest for 8), 'hex'))::bit(64)::bigint
        & 9223372036854775807
    from access.erased_patient as erased
$$;
comment on function access.erased_patients() is
'Patient keys of which nothing may land; without the keys they name nobody.';

-- Who may use what -----------------------------------------------------------------

revoke all on
access.key_check, access.erasure, access.erased_patient, access.erased_entry
from public;
revoke execute on function access.read_key_check(), access.erased_patients()
from public;
grant usage on schema access to ehr_loader;
grant execute on function access.read_key_check() to
ehr_loader, ehr_signin, ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient,
ehr_quality, ehr_researcher, ehr_compliance, ehr_engineer, ehr_registrar, ehr_billing,
ehr_support;
grant execute on function access.erased_patients() to ehr_loader;
grant select on access.erased_entry to ehr_loader;
grant select on access.erasure to ehr_compliance;
