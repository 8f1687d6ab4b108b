-- Who may sign in, and who is responsible for which patient.
-- Every function that runs as its owner names each object with its schema and puts
-- pg_temp last, so that no table of the caller's can take the place of ours.

-- People and their sessions --------------------------------------------------------

create table access.person (
    user_id text primary key check (user_id ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
    display_name text not null,
    role text not null check (
        role in (
            'doctor', 'nurse', 'lab_technician', 'patient', 'quality', 'researcher',
            'compliance', 'engineer', 'registrar', 'billing', 'support'
        )
    ),
    password_hash text not null,
    practitioner_source text,
    practitioner_id text,
    patient_key bigint,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    check ((practitioner_source is null) = (practitioner_id is null)),
    check ((role = 'patient') = (patient_key is not null))
);
comment on table access.person is
'One person with an account; the role decides the database login, ehr_<role>.';

create table access.session (
    token_hash bytea primary key,
    user_id text not null references access.person (user_id),
    started_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    ends_at timestamptz not null,
    revoked_at timestamptz
);
create index on access.session (user_id);
comment on table access.session is
'One sign-in; the token itself is known to the browser session alone.';

create table access.sign_in_throttle (
    name_hash bytea primary key,
    failure_count integer not null,
    last_failed_at timestamptz not null,
    locked_until timestamptz
);
comment on table access.sign_in_throttle is
'Failed tries per name tried, known or not, so that a lock tells nothing.';

-- Who is responsible for whom ------------------------------------------------------

create table access.assignment (
    assignment_id uuid primary key default gen_random_uuid(),
    user_id text not null references access.person (user_id),
    patient_key bigint not null,
    valid_from timestamptz not null default now(),
    valid_to timestamptz,
    reason text not null
);
create index on access.assignment (user_id, patient_key);
create index on access.assignment (patient_key, user_id);
comment on table access.assignment is
'A patient given to a person by hand; takes effect and ends at once.';

create table access.care_team (
    source_system text not null,
    practitioner_id text not null,
    patient_key bigint not null,
    started_at timestamptz,
    ended_at timestamptz
);
create index on access.care_team (source_system, practitioner_id, patient_key);
create index on access.care_team (patient_key);
comment on table access.care_team is
'The care teams delivered, as last refreshed from raw.care_team.';

-- Who is asking --------------------------------------------------------------------

create function access.is_known_person() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select 1
        from access.person as person
        where person.user_id = current_setting('ehr.user_id', true)
            and person.is_active
            and 'ehr_' || person.role = session_user
    )
$$;
comment on function access.is_known_person() is
'Whether ehr.user_id names an active person whose role this login is.';

-- Who may use what -----------------------------------------------------------------

revoke all on all tables in schema access from public;
revoke execute on all functions in schema access from public;

grant usage on schema access to
ehr_signin, ehr_builder, ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient,
ehr_quality, ehr_researcher, ehr_compliance, ehr_engineer, ehr_registrar, ehr_billing,
ehr_support;
grant select on access.person to ehr_signin;
grant select, insert, update on access.session to ehr_signin;
grant select, insert, update, delete on access.sign_in_throttle to ehr_signin;
grant select, insert, delete on access.care_team to ehr_builder;
grant execute on function access.is_known_person() to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_quality, ehr_researcher,
ehr_compliance, ehr_engineer, ehr_registrar, ehr_billing, ehr_support;

-- Pages say how fresh their data is.
grant select (delivery_id, source_system, landed_at) on raw.delivery to
ehr_doctor, ehr_nurse, ehr_patient, ehr_lab_technician;
