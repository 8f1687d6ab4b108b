-- How people come in and stay in: second factor, identity providers, sessions; and what
-- they had not yet saved when their session ended.

-- Sessions -------------------------------------------------------------------------

alter table access.person
add column needs_second_factor boolean not null default false;
comment on column access.person.needs_second_factor is
'Whether a password alone is not enough for this person.';

alter table access.session
add column session_id uuid not null default gen_random_uuid() unique,
add column method text not null default 'password' check (
    method in ('password', 'one click', 'identity provider')
),
add column is_complete boolean not null default true,
add column confirmed_at timestamptz;
comment on column access.session.session_id is
'Names a session in its owner''s list; opens nothing.';
comment on column access.session.method is 'How the person was recognised.';
comment on column access.session.is_complete is
'Whether all that is asked for was given; a session that waits for a code is none yet.';
comment on column access.session.confirmed_at is
'When the identity provider asked the person anew, at our wish; gone once it was used.';

create function access.end_sessions() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update access.session
    set revoked_at = now()
    where user_id = new.user_id and revoked_at is null;
    return null;
end
$$;
comment on function access.end_sessions() is
'Who gets another role or password, or leaves, signs in again or not at all.';
create trigger end_sessions
after update of role, is_active, password_hash, patient_key, practitioner_source,
practitioner_id, needs_second_factor
on access.person
for each row
when (
    (
        old.role, old.is_active, old.password_hash, old.patient_key,
        old.practitioner_source, old.practitioner_id, old.needs_second_factor
    ) is distinct from (
        new.role, new.is_active, new.password_hash, new.patient_key,
        new.practitioner_source, new.practitioner_id, new.needs_second_factor
    )
)
execute function access.end_sessions();

-- The second factor ----------------------------------------------------------------

create table access.second_factor (
    user_id text primary key references access.person (user_id),
    secret text not null,
    last_step bigint not null default 0,
    enrolled_at timestamptz
);
comment on table access.second_factor is
'The secret of a person''s code generator, encrypted, and the last code''s 30 seconds:
a code of that time or before was used and is worth nothing. Not in use until enrolled.';

create table access.recovery_code (
    user_id text not null references access.person (user_id),
    code_hash bytea not null,
    used_at timestamptz,
    primary key (user_id, code_hash)
);
comment on table access.recovery_code is
'Keyed hashes of the codes for one who lost the code generator; each works once.';

-- Identity providers ---------------------------------------------------------------

create table access.person_identity (
    issuer text not null,
    subject text not null,
    user_id text not null references access.person (user_id),
    linked_at timestamptz not null default now(),
    primary key (issuer, subject)
);
create index on access.person_identity (user_id);
comment on table access.person_identity is
'Who a person is at an identity provider; made by an administrator, never by signing in.';

-- Drafts ---------------------------------------------------------------------------

create table access.draft (
    user_id text not null references access.person (user_id),
    form text not null check (length(form) between 1 and 200),
    sealed text not null,
    saved_at timestamptz not null default now(),
    primary key (user_id, form)
);
comment on table access.draft is
'What a person typed into a form and did not save, encrypted; for that person alone.';

create function access.keep_draft(form text, sealed text) returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into access.draft as draft (user_id, form, sealed)
    select current_setting('ehr.user_id'), keep_draft.form, keep_draft.sealed
    where (select access.is_known_person())
    on conflict (user_id, form) do update
    set sealed = excluded.sealed, saved_at = now()
    returning true
$$;
create function access.kept_draft(form text) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select draft.sealed
    from access.draft as draft
    where (select access.is_known_person())
        and draft.user_id = current_setting('ehr.user_id')
        and draft.form = kept_draft.form
        and draft.saved_at > now() - interval '7 days'
$$;
create function access.forget_draft(form text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    -- What is too old to be shown goes with it, whoever left it behind.
    delete from access.draft as draft
    where (select access.is_known_person())
        and (
            (
                draft.user_id = current_setting('ehr.user_id')
                and draft.form = forget_draft.form
            )
            or draft.saved_at <= now() - interval '7 days'
        )
$$;
comment on function access.keep_draft(text, text) is
'Keeps the draft of the person asking.';
comment on function access.kept_draft(text) is
'The draft of the person asking, of the last seven days.';
comment on function access.forget_draft(text) is
'Deletes the draft of the person asking, and every one that nobody may see any more.';

-- Who may use what -----------------------------------------------------------------

revoke all on
access.second_factor, access.recovery_code, access.person_identity, access.draft
from public;
revoke execute on function
access.end_sessions(), access.keep_draft(text, text), access.kept_draft(text),
access.forget_draft(text)
from public;

grant select, insert, update on access.second_factor to ehr_signin;
grant select, insert, update, delete on access.recovery_code to ehr_signin;
grant select on access.person_identity to ehr_signin;
grant execute on function
access.keep_draft(text, text), access.kept_draft(text), access.forget_draft(text) to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_quality, ehr_researcher,
ehr_compliance, ehr_engineer, ehr_registrar, ehr_billing, ehr_support;
