-- Who may sign in, who may see which patient, and what everybody looked at.
-- Every function that runs as its owner names each object with its schema and puts
-- pg_temp last, so that no table of the caller's can take the place of ours.
-- The tables of the feeds, which some functions read, are made after the migrations.
set local check_function_bodies = off;

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

create function access.visible_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asking as (
        select
            person.user_id,
            person.role,
            person.practitioner_source,
            person.practitioner_id,
            person.patient_key
        from access.person as person
        where person.user_id = current_setting('ehr.user_id', true)
            and person.is_active
            and 'ehr_' || person.role = session_user
    ),

    visible as (
        select assignment.patient_key
        from asking
        inner join access.assignment as assignment
            on asking.user_id = assignment.user_id
        where asking.role = 'nurse'
            and assignment.valid_from <= now()
            and (assignment.valid_to is null or assignment.valid_to > now())
        union
        select care_team.patient_key
        from asking
        inner join access.care_team as care_team
            on asking.practitioner_source = care_team.source_system
            and asking.practitioner_id = care_team.practitioner_id
        where asking.role = 'nurse'
            and (care_team.started_at is null or care_team.started_at <= now())
            and (care_team.ended_at is null or care_team.ended_at > now())
        union
        select asking.patient_key
        from asking
        where asking.role = 'patient'
    )

    select coalesce(array_agg(visible.patient_key), '{}'::bigint[]) from visible
$$;
comment on function access.visible_patients() is
'Patients of the nurse or patient asking: assigned, on the care team, or oneself.
Empty for everybody else, and when ehr.user_id is empty or of another role.';

-- Names and search: ciphertext and keyed hashes, of visible patients only ----------

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

    latest_versions as (
        select distinct on (patient.source_system, patient.record_id)
            patient.*
        from identity.patients as patient
        where (select access.is_known_person())
            and patient.patient_key = any(patient_keys)
            and (
                session_user = 'ehr_doctor'
                or (
                    session_user in ('ehr_nurse', 'ehr_patient')
                    and patient.patient_key
                    = any((select access.visible_patients())::bigint[])
                )
            )
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
            stored.patient_key,
            sought.word,
            bool_and(sought.kind = 'sound') as is_by_sound
        from sought
        inner join identity.search_token as stored
            on sought.kind = stored.kind
            and sought.token = stored.token
        where (select access.is_known_person())
            and (
                session_user = 'ehr_doctor'
                or (
                    session_user = 'ehr_nurse'
                    and stored.patient_key
                    = any((select access.visible_patients())::bigint[])
                )
            )
        group by stored.patient_key, sought.word
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

-- Audit ----------------------------------------------------------------------------

create table audit.event (
    event_id bigint primary key,
    happened_at timestamptz not null,
    user_id text not null,
    role text not null,
    action text not null,
    subject text not null,
    patient_keys bigint[] not null,
    row_count bigint not null check (row_count >= 0),
    purpose text,
    result text not null check (result in ('ok', 'denied', 'error')),
    previous_hash bytea not null,
    hash bytea not null
);
comment on table audit.event is
'Who looked at whom, and other acts; each row carries the hash of the one before.';

create table audit.head (
    is_only boolean primary key default true check (is_only),
    event_id bigint not null,
    hash bytea not null
);
insert into audit.head (event_id, hash) values (0, sha256(''));
comment on table audit.head is 'Number and hash of the last event; one row.';

create function audit.hash_of(event audit.event) returns bytea
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select sha256(
        event.previous_hash || convert_to(
            jsonb_build_array(
                event.event_id,
                to_char(
                    event.happened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'
                ),
                event.user_id,
                event.role,
                event.action,
                event.subject,
                event.patient_keys,
                event.row_count,
                event.purpose,
                event.result
            )::text,
            'UTF8'
        )
    )
$$;

create function audit.append(
    user_id text,
    role text,
    action text,
    subject text,
    patient_keys bigint[],
    row_count bigint,
    purpose text,
    result text
)
returns table (event_id bigint, hash bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    head audit.head;
    event audit.event;
begin
    select audit.head.* into strict head from audit.head for update;
    event := row(
        head.event_id + 1, clock_timestamp(), user_id, role, action, subject,
        patient_keys, row_count, purpose, result, head.hash, ''::bytea
    );
    event.hash := audit.hash_of(event);
    insert into audit.event values (event.*);
    update audit.head set event_id = event.event_id, hash = event.hash;
    return query select event.event_id, event.hash;
end
$$;

create function audit.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'audit.event only grows';
end
$$;
create trigger only_grows before update or delete or truncate on audit.event
for each statement execute function audit.refuse_change();

create function audit.find_breaks() returns table (event_id bigint, problem text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    chained as (
        select
            event.event_id,
            event.hash,
            event.hash = audit.hash_of(event) as is_untouched,
            event.previous_hash = lag(event.hash, 1, sha256(''))
                over (order by event.event_id) as is_linked,
            event.event_id - lag(event.event_id, 1, 0::bigint)
                over (order by event.event_id) as step
        from audit.event as event
    )

    select
        chained.event_id,
        case
            when not chained.is_untouched then 'changed after it was written'
            when chained.step <> 1 then 'an event before it is missing'
            else 'does not follow from the event before it'
        end
    from chained
    where not (chained.is_untouched and chained.is_linked and chained.step = 1)
    union all
    select
        head.event_id,
        'the last event is not the one that was written last'
    from audit.head as head
    where head.event_id > 0
        and not exists (
            select 1 from chained
            where chained.event_id = head.event_id
                and chained.hash = head.hash
                and chained.event_id = (select max(tail.event_id) from chained as tail)
        )
    order by 1
$$;
comment on function audit.find_breaks() is
'Events that were changed, removed or put in; none when the chain is whole.';

-- Who may use what -----------------------------------------------------------------

revoke all on all tables in schema access, audit from public;
revoke execute on all functions in schema access, audit from public;

grant usage on schema access to
ehr_signin, ehr_builder, ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient,
ehr_quality, ehr_researcher, ehr_compliance, ehr_engineer, ehr_registrar, ehr_billing,
ehr_support;
grant select on access.person to ehr_signin;
grant select, insert, update on access.session to ehr_signin;
grant select, insert, update, delete on access.sign_in_throttle to ehr_signin;
grant select, insert, delete on access.care_team to ehr_builder;
grant execute on function access.is_known_person(), access.visible_patients() to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_quality, ehr_researcher,
ehr_compliance, ehr_engineer, ehr_registrar, ehr_billing, ehr_support;
grant execute on function access.identity_of(bigint[]) to
ehr_doctor, ehr_nurse, ehr_patient;
grant execute on function access.find_patients(text[], uuid[], integer[], integer) to
ehr_doctor, ehr_nurse;

grant usage on schema audit to ehr_auditor, ehr_compliance;
grant execute on function
audit.append(text, text, text, text, bigint[], bigint, text, text) to ehr_auditor;
grant execute on function audit.find_breaks() to ehr_auditor, ehr_compliance;
grant select on audit.event to ehr_compliance;

-- Pages say how fresh their data is.
grant select (delivery_id, source_system, landed_at) on raw.delivery to
ehr_doctor, ehr_nurse, ehr_patient, ehr_lab_technician;
