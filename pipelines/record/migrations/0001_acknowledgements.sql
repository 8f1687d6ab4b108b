-- The operational record: what people write. It only grows: a correction is a new row.
-- Every function that runs as its owner names each object with its schema and puts
-- pg_temp last, so that no table of the caller's can take the place of ours.
revoke all on schema public from public;
create schema laboratory;

create function laboratory.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'the record only grows';
end
$$;

-- Acknowledgements -----------------------------------------------------------------

create table laboratory.acknowledgements (
    acknowledgement_id uuid primary key default gen_random_uuid(),
    patient_key bigint not null,
    lab_result_key text not null check (lab_result_key ~ '^[^:]+:.+$'),
    reading_hash text not null check (reading_hash ~ '^[0-9a-f]{32}$'),
    user_id text not null check (user_id <> ''),
    person_name text not null,
    role_code text not null
    default substr(session_user, length('ehr_') + 1)
    check (role_code = 'doctor'),
    comment_text text not null default '' check (
        length(comment_text) <= 2000 and comment_text !~ '[[:cntrl:]]'
    ),
    acknowledged_at timestamptz not null default clock_timestamp(),
    changed_by xid8 not null default pg_current_xact_id()
);
create index on laboratory.acknowledgements (changed_by);
create index on laboratory.acknowledgements (lab_result_key);
comment on table laboratory.acknowledgements is
'One result as one person has seen it; seen again after a change it is a new row.';
comment on column laboratory.acknowledgements.reading_hash is
'Digest of what was read: of a result that reads otherwise nobody has said anything.';
comment on column laboratory.acknowledgements.changed_by is
'The transaction that wrote the row; an extract knows by it what it has not seen.';

create trigger only_grows before update or delete or truncate
on laboratory.acknowledgements
for each statement execute function laboratory.refuse_change();

alter table laboratory.acknowledgements enable row level security;
alter table laboratory.acknowledgements force row level security;
create policy only_as_oneself on laboratory.acknowledgements
as restrictive for insert to public
with check (user_id = nullif(current_setting('ehr.user_id', true), ''));
create policy acknowledged_by_doctor on laboratory.acknowledgements
for insert to ehr_doctor
with check (role_code = 'doctor');
create policy taken_to_the_warehouse on laboratory.acknowledgements
for select to ehr_extractor
using (true);
create policy read_by_its_functions on laboratory.acknowledgements
for select to ehr_owner
using (true);

create function laboratory.acknowledgements_of(lab_result_keys text[])
returns table (
    patient_key bigint,
    lab_result_key text,
    reading_hash text,
    user_id text,
    person_name text,
    acknowledged_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        acknowledgement.patient_key,
        acknowledgement.lab_result_key,
        acknowledgement.reading_hash,
        acknowledgement.user_id,
        acknowledgement.person_name,
        acknowledgement.acknowledged_at
    from laboratory.acknowledgements as acknowledgement
    where acknowledgement.lab_result_key = any(lab_result_keys)
        and coalesce(current_setting('ehr.user_id', true), '') <> ''
    order by
        acknowledgement.acknowledged_at,
        acknowledgement.acknowledgement_id
$$;
comment on function laboratory.acknowledgements_of(text[]) is
'Who has acknowledged these results; only whoever knows their keys learns anything.';

-- Who may do what ------------------------------------------------------------------

revoke all on all tables in schema laboratory from public;
revoke execute on all functions in schema laboratory from public;
grant usage on schema laboratory to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_extractor;
grant insert (
    patient_key, lab_result_key, reading_hash, user_id, person_name, comment_text
) on laboratory.acknowledgements to ehr_doctor;
grant select on laboratory.acknowledgements to ehr_extractor;
grant execute on function laboratory.acknowledgements_of(text[]) to
ehr_doctor, ehr_nurse, ehr_lab_technician;
