-- The record becomes whole. Its tables follow from the contracts of the feeds; here are
-- their schemas, and how the record knows whose entries a person may see: the warehouse
-- says so in a ticket that it signs, because it alone knows care teams and wishes.
create schema access;
create schema terminology;
create schema people;
create schema visits;
create schema history;
create schema documentation;
create schema medicines;
create schema billing;

-- Tickets --------------------------------------------------------------------------

create table access.ticket_key (
    is_only boolean primary key default true check (is_only),
    inner_pad bytea not null check (length(inner_pad) = 64),
    outer_pad bytea not null check (length(outer_pad) = 64)
);
comment on table access.ticket_key is
'What tickets are signed with (HMAC, RFC 2104), the same as in the warehouse; one row.';

-- Which parts a ticket has: person, login, until when, patients whom the person may see,
-- and those of them without reserve (nothing of theirs is withheld from the person).
create function access.patients_of_ticket(part_number integer) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    ticket text := coalesce(current_setting('ehr.ticket', true), '');
    said text := substring(ticket from '^(.*)\|[0-9a-f]{64}$');
    signature text := substring(ticket from '([0-9a-f]{64})$');
    pad access.ticket_key;
    part text[];
begin
    if said is null then
        return '{}';
    end if;
    select ticket_key.* into pad from access.ticket_key as ticket_key;
    if pad is null or signature <> encode(
        sha256(pad.outer_pad || sha256(pad.inner_pad || convert_to(said, 'UTF8'))),
        'hex'
    ) then
        return '{}';
    end if;
    part := string_to_array(said, '|');
    if part[1] <> coalesce(current_setting('ehr.user_id', true), '')
        or part[1] = ''
        or part[2] <> session_user
        or part[3]::double precision < extract(epoch from clock_timestamp())
    then
        return '{}';
    end if;
    return coalesce(
        string_to_array(nullif(part[part_number], ''), ',')::bigint[], '{}'
    );
end
$$;
comment on function access.patients_of_ticket(integer) is
'A list of the ticket ehr.ticket, if it is this person''s, this login''s and in time.';

create function access.admitted_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select access.patients_of_ticket(4)
$$;
comment on function access.admitted_patients() is
'Patients whom the person asking may see.';

create function access.patients_without_reserve() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select access.patients_of_ticket(5)
$$;
comment on function access.patients_without_reserve() is
'Patients of whom nothing is withheld from the person asking; of the others the record,
which knows no labels, shows the own entries only.';

create function access.author_of(entries regclass, version uuid) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    author text;
begin
    execute 'select changed_by_user_id from ' || entries::text
        || ' where version_id = $1'
    into author
    using version;
    return author;
end
$$;
comment on function access.author_of(regclass, uuid) is
'Who wrote a version of an entry; policies ask it, as they may not ask their own table.';

create function access.is_superseded(entries regclass, version uuid) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    is_superseded boolean;
begin
    execute 'select exists (select from ' || entries::text || ' where supersedes = $1)'
    into is_superseded
    using version;
    return is_superseded;
end
$$;
comment on function access.is_superseded(regclass, uuid) is
'Whether a version was corrected, also by a version that the person asking may not read:
an old version must not pass for the newest.';

-- Only grows -----------------------------------------------------------------------

create function access.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'the record only grows';
end
$$;

-- Who may do what ------------------------------------------------------------------

revoke all on all tables in schema access from public;
revoke execute on all functions in schema access from public;
grant usage on schema
access, people, visits, history, documentation, laboratory, medicines, billing
to ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_registrar, ehr_billing;
grant usage on schema
terminology, people, visits, history, documentation, laboratory, medicines, billing
to ehr_extractor;
grant execute on function
access.admitted_patients(),
access.patients_without_reserve(),
access.author_of(regclass, uuid),
access.is_superseded(regclass, uuid) to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_registrar, ehr_billing;
