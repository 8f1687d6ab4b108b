-- Who may see what beyond the role: restrictions, consents, labels of facts, breaking
-- the glass, a nurse's take-over, and why somebody can or cannot see a patient.
-- What is written here holds from the next statement on; nothing waits for a build.
-- A rule about one number of a person holds for the person: keys are compared as those
-- that the person goes on under (raw.merged_patients, made by a later revision).
set local check_function_bodies = off;

-- Rules as data --------------------------------------------------------------------

create table access.restriction (
    restriction_id uuid primary key default gen_random_uuid(),
    patient_key bigint not null,
    label_code text not null check (label_code in ('patient_wish', 'staff', 'vip')),
    valid_from timestamptz not null default now(),
    valid_to timestamptz,
    set_by text not null,
    reason text not null check (btrim(reason) <> ''),
    check (valid_to >= valid_from)
);
create index on access.restriction (patient_key);
comment on table access.restriction is
'A patient whom doctors see only on the care team or after breaking the glass.';

create table access.consent (
    consent_id uuid primary key default gen_random_uuid(),
    patient_key bigint not null,
    scope_code text not null check (
        scope_code in ('research', 'sharing', 'treating_team_only', 'ask_first')
    ),
    recipient_name text,
    decision_code text not null check (decision_code in ('permit', 'deny')),
    valid_from timestamptz not null default now(),
    valid_to timestamptz,
    recorded_by text not null,
    source_system text,
    record_id text,
    check (valid_to >= valid_from),
    check ((source_system is null) = (record_id is null))
);
create index on access.consent (patient_key, scope_code);
create unique index on access.consent (source_system, record_id);
comment on table access.consent is
'What a patient permits or denies: by the own hand at once, or as delivered (then with
source_system and record_id). treating_team_only, permitted, is a restriction.';

create table access.sensitivity_label (
    label_code text primary key,
    label_bit integer not null unique check (
        label_bit > 0 and label_bit & (label_bit - 1) = 0
    ),
    label_name text not null
);
comment on table access.sensitivity_label is
'Labels of facts; a row of a mart carries the sum of the bits of its facts.';
insert into access.sensitivity_label values
('substance_use', 1, 'Substance-use programme'),
('mental_health', 2, 'Mental health'),
('hiv', 4, 'HIV'),
('reproductive_health', 8, 'Reproductive health'),
('violence', 16, 'Abuse and violence');

create table access.label_rule (
    role text not null,
    label_code text not null references access.sensitivity_label,
    primary key (role, label_code)
);
comment on table access.label_rule is
'Labels that a role sees only of patients entrusted to the person: on the care team,
assigned, or after breaking the glass. The site decides; no build is needed.';
insert into access.label_rule values ('doctor', 'substance_use');

create table access.fact_label (
    fact_label_id uuid primary key default gen_random_uuid(),
    -- An allergy is shown to everybody who treats: hidden it can kill.
    kind_code text not null check (kind_code <> 'allergies'),
    fact_key text not null,
    patient_key bigint not null,
    label_code text not null references access.sensitivity_label,
    set_by text not null,
    reason text not null check (btrim(reason) <> ''),
    set_at timestamptz not null default now(),
    lifted_at timestamptz,
    lifted_by text,
    check ((lifted_at is null) = (lifted_by is null))
);
create index on access.fact_label (patient_key, kind_code, fact_key);
create unique index on access.fact_label (patient_key, kind_code, fact_key, label_code)
where lifted_at is null;
comment on table access.fact_label is
'A label that a person gave to one fact of a feed (kind_code); marts carry it from the
next build on.';

create table access.break_glass (
    break_glass_id uuid primary key default gen_random_uuid(),
    user_id text not null references access.person (user_id),
    patient_key bigint not null,
    reason_code text not null check (
        reason_code in ('emergency', 'covering', 'consult', 'result_follow_up', 'other')
    ),
    reason_text text not null check (length(btrim(reason_text)) >= 10),
    opened_at timestamptz not null default now(),
    ends_at timestamptz not null,
    reviewed_at timestamptz,
    reviewed_by text references access.person (user_id),
    review_result_code text check (
        review_result_code in ('justified', 'not_justified', 'followed_up')
    ),
    review_text text,
    check (ends_at >= opened_at and ends_at <= opened_at + interval '60 minutes'),
    check ((reviewed_at is null) = (reviewed_by is null)),
    check ((reviewed_at is null) = (review_result_code is null)),
    check (reviewed_by <> user_id)
);
create index on access.break_glass (user_id, ends_at);
create index on access.break_glass (opened_at) where reviewed_at is null;
comment on table access.break_glass is
'One opening of a restricted record: who, whom, why, until when, and its review.';

create table access.ward_stay (
    source_system text not null,
    ward_name text not null,
    patient_key bigint not null,
    started_at timestamptz not null,
    ended_at timestamptz
);
create index on access.ward_stay (source_system, ward_name);
create index on access.ward_stay (patient_key);
comment on table access.ward_stay is
'Stays on wards that have not ended, as last refreshed from raw.encounters.';

create table access.ward_member (
    user_id text not null references access.person (user_id),
    source_system text not null,
    ward_name text not null,
    is_in_charge boolean not null default false,
    valid_from timestamptz not null default now(),
    valid_to timestamptz,
    primary key (user_id, source_system, ward_name, valid_from)
);
create index on access.ward_member (source_system, ward_name);
comment on table access.ward_member is
'Who works on which ward, and who is in charge of it.';

create table access.take_over (
    take_over_id uuid primary key default gen_random_uuid(),
    assignment_id uuid not null unique references access.assignment,
    user_id text not null references access.person (user_id),
    patient_key bigint not null,
    source_system text not null,
    ward_name text not null,
    reason text not null check (btrim(reason) <> ''),
    taken_at timestamptz not null default now(),
    ends_at timestamptz not null
);
create index on access.take_over (source_system, ward_name, taken_at);
comment on table access.take_over is
'A patient whom a nurse took over on her ward; the assignment ends by itself.';

-- Pieces of the rules; only the functions below call them --------------------------

create function access.team_of(asked_user_id text) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with

    members as (
        select assignment.patient_key
        from access.assignment as assignment
        where assignment.user_id = asked_user_id
            and assignment.valid_from <= now()
            and (assignment.valid_to is null or assignment.valid_to > now())
        union
        select care_team.patient_key
        from access.person as person
        inner join access.care_team as care_team
            on person.practitioner_source = care_team.source_system
            and person.practitioner_id = care_team.practitioner_id
        where person.user_id = asked_user_id
            and (care_team.started_at is null or care_team.started_at <= now())
            and (care_team.ended_at is null or care_team.ended_at > now())
    )

    select coalesce(merged.surviving_patient_key, members.patient_key)
    from members
    left join raw.merged_patients as merged
        on members.patient_key = merged.patient_key
$$;
comment on function access.team_of(text) is
'Patients that a person is responsible for now: assigned, or on the care team.';

create function access.glass_of(asked_user_id text) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(merged.surviving_patient_key, break_glass.patient_key)
    from access.break_glass as break_glass
    left join raw.merged_patients as merged
        on break_glass.patient_key = merged.patient_key
    where break_glass.user_id = asked_user_id
        and break_glass.opened_at <= now()
        and break_glass.ends_at > now()
$$;
comment on function access.glass_of(text) is
'Patients whose record a person has opened by breaking the glass.';

create function access.consents_in_force()
returns table (
    patient_key bigint, scope_code text, recipient_name text, decision_code text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    consents as (
        select
            coalesce(merged.surviving_patient_key, consent.patient_key) as patient_key,
            consent.scope_code,
            consent.recipient_name,
            consent.decision_code,
            consent.valid_from
        from access.consent as consent
        left join raw.merged_patients as merged
            on consent.patient_key = merged.patient_key
        where consent.valid_from <= now()
            and (consent.valid_to is null or consent.valid_to > now())
    )

    select
        consents.patient_key,
        consents.scope_code,
        consents.recipient_name,
        consents.decision_code
    from consents
    where not exists (
        select 1
        from consents as later
        where later.patient_key = consents.patient_key
            and later.scope_code = consents.scope_code
            and later.recipient_name is not distinct from consents.recipient_name
            and later.valid_from > consents.valid_from
    )
$$;
comment on function access.consents_in_force() is
'The latest decision of each person, scope and recipient that holds now; of two that
began at the same time, both.';

-- Research is built from it.
create view access.consent_in_force with (security_invoker = true) as
select
    consent.patient_key,
    consent.scope_code,
    consent.recipient_name,
    consent.decision_code
from access.consents_in_force() as consent;
comment on view access.consent_in_force is 'What access.consents_in_force tells.';

create function access.restrictions_in_force()
returns table (patient_key bigint, label_code text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(merged.surviving_patient_key, restriction.patient_key),
        restriction.label_code
    from access.restriction as restriction
    left join raw.merged_patients as merged
        on restriction.patient_key = merged.patient_key
    where restriction.valid_from <= now()
        and (restriction.valid_to is null or restriction.valid_to > now())
    union
    select
        consent.patient_key,
        'patient_wish'
    from access.consent_in_force as consent
    where consent.scope_code = 'treating_team_only'
        and consent.decision_code = 'permit'
$$;
comment on function access.restrictions_in_force() is
'Restricted patients and why: by staff, or by the own consent.';

create function access.asking_person() returns access.person
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select person.*
    from access.person as person
    where person.user_id = current_setting('ehr.user_id', true)
        and person.is_active
        and 'ehr_' || person.role = session_user
$$;
comment on function access.asking_person() is
'The account of ehr.user_id, if it is active and this is the login of its role.';

-- What policies ask ----------------------------------------------------------------

create or replace function access.visible_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asking as (
        select
            person.user_id,
            person.role,
            person.patient_key
        from access.asking_person() as person
    ),

    visible as (
        select team.patient_key
        from asking
        cross join lateral access.team_of(asking.user_id) as team (patient_key)
        where asking.role = 'nurse'
        union
        select access.person_key_of(asking.patient_key)
        from asking
        where asking.role = 'patient'
    )

    select coalesce(array_agg(visible.patient_key), '{}'::bigint[]) from visible
$$;

create or replace function access.own_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(team.patient_key), '{}'::bigint[])
    from access.asking_person() as person
    cross join lateral access.team_of(person.user_id) as team (patient_key)
    where person.role in ('doctor', 'nurse')
$$;

create function access.entrusted_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asking as (
        select
            person.user_id,
            person.role
        from access.asking_person() as person
    ),

    entrusted as (
        select team.patient_key
        from asking
        cross join lateral access.team_of(asking.user_id) as team (patient_key)
        where asking.role in ('doctor', 'nurse')
        union
        select glass.patient_key
        from asking
        cross join lateral access.glass_of(asking.user_id) as glass (patient_key)
        where asking.role = 'doctor'
    )

    select coalesce(array_agg(entrusted.patient_key), '{}'::bigint[]) from entrusted
$$;
comment on function access.entrusted_patients() is
'Patients of whom the doctor or nurse asking sees what is restricted or labelled, too:
on the care team, assigned, or glass broken.';

create function access.closed_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(closed.patient_key), '{}'::bigint[])
    from (
        select restricted.patient_key
        from access.restrictions_in_force() as restricted
        except
        select unnest(access.entrusted_patients())
    ) as closed
$$;
comment on function access.closed_patients() is
'Restricted patients who are not entrusted to the person asking.';

create function access.withheld_labels() returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when person.user_id is null then -1
        else coalesce(
            (
                select bit_or(label.label_bit)
                from access.label_rule as rule
                inner join access.sensitivity_label as label
                    on rule.label_code = label.label_code
                where rule.role = person.role
            ),
            0
        )
    end
    from access.asking_person() as person
$$;
comment on function access.withheld_labels() is
'Bits of the labels that the role asking sees of entrusted patients only; all of them
when nobody is asking.';

create function access.may_see(patient_keys bigint[]) returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asked as (
        select distinct
            given.patient_key,
            coalesce(merged.surviving_patient_key, given.patient_key) as person_key
        from unnest(patient_keys) as given (patient_key)
        left join raw.merged_patients as merged
            on given.patient_key = merged.patient_key
    )

    select coalesce(array_agg(asked.patient_key), '{}'::bigint[])
    from access.asking_person() as person
    cross join asked
    where case
        when person.role = 'doctor'
            then asked.person_key <> all((select access.closed_patients())::bigint[])
        when person.role in ('nurse', 'patient')
            then asked.person_key = any((select access.visible_patients())::bigint[])
        when person.role in ('lab_technician', 'registrar', 'billing') then true
        else false
    end
$$;
comment on function access.may_see(bigint[]) is
'Those of the patients given whom the person asking may see, by all rules. Which kinds
of facts the role reads of them is decided by grants, and by labels row by row.';

-- Names and search -----------------------------------------------------------------

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

create or replace function access.identity_of(patient_keys bigint[])
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

create or replace function access.find_patients(
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

-- Facts that are there and not shown -----------------------------------------------

create function access.hidden_facts(patient_key bigint)
returns table (kind_code text, fact_count bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not hidden_facts.patient_key
        = any(access.may_see(array[hidden_facts.patient_key]))
        or hidden_facts.patient_key = any(access.entrusted_patients())
        or to_regclass('marts.fct_labelled_facts') is null
    then
        return;
    end if;
    return query
    select
        labelled.kind_code,
        count(*)
    from marts.fct_labelled_facts as labelled
    where labelled.patient_key = hidden_facts.patient_key
        and labelled.sensitivity & (select access.withheld_labels()) <> 0
    group by labelled.kind_code
    order by labelled.kind_code;
end
$$;
comment on function access.hidden_facts(bigint) is
'Of a patient who may be seen: how many facts of each kind a label withholds from the
person asking. What they are is not told.';

-- Breaking the glass ---------------------------------------------------------------

create function access.open_glass(
    patient_key bigint, reason_code text, reason_text text
)
returns table (break_glass_id uuid, ends_at timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
begin
    if asking.role is distinct from 'doctor' then
        raise insufficient_privilege using message = 'only a doctor breaks the glass';
    end if;
    perform pg_advisory_xact_lock(
        hashtextextended(asking.user_id || ' ' || open_glass.patient_key, 0)
    );
    if not exists (
        select 1
        from identity.patients as known
        where known.patient_key = open_glass.patient_key
    ) then
        raise no_data_found using message = 'there is no such patient';
    end if;
    if open_glass.patient_key = any(access.may_see(array[open_glass.patient_key]))
        and not exists (select 1 from access.hidden_facts(open_glass.patient_key))
    then
        raise object_not_in_prerequisite_state using
            message = 'this record is open to you already: no glass is broken';
    end if;
    return query
    insert into access.break_glass as opened (
        user_id, patient_key, reason_code, reason_text, ends_at
    )
    values (
        asking.user_id,
        open_glass.patient_key,
        open_glass.reason_code,
        open_glass.reason_text,
        now() + interval '60 minutes'
    )
    returning opened.break_glass_id, opened.ends_at;
end
$$;
comment on function access.open_glass(bigint, text, text) is
'Opens one restricted patient to the doctor asking for 60 minutes. Whoever calls it has
asked for the password again and has written the audit event first.';

create function access.close_glass(break_glass_id uuid) returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    closed as (
        update access.break_glass as opened
        set ends_at = now()
        from access.asking_person() as person
        where opened.break_glass_id = close_glass.break_glass_id
            and opened.user_id = person.user_id
            and opened.ends_at > now()
        returning 1
    )

    select exists (select 1 from closed)
$$;
comment on function access.close_glass(uuid) is
'Ends an opening of the person asking; true if it was open.';

create function access.open_glasses()
returns table (
    break_glass_id uuid,
    patient_key bigint,
    opened_at timestamptz,
    ends_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        opened.break_glass_id,
        opened.patient_key,
        opened.opened_at,
        opened.ends_at
    from access.break_glass as opened
    inner join access.asking_person() as person
        on opened.user_id = person.user_id
    where opened.opened_at <= now() and opened.ends_at > now()
    order by opened.ends_at
$$;
comment on function access.open_glasses() is
'What the person asking has open by breaking the glass.';

-- A nurse takes over ---------------------------------------------------------------

create function access.take_over(patient_key bigint, reason text)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
    ward record;
    until constant timestamptz := now() + interval '12 hours';
    assigned uuid;
begin
    if asking.role is distinct from 'nurse' then
        raise insufficient_privilege using message = 'only a nurse takes over patients';
    end if;
    perform pg_advisory_xact_lock(
        hashtextextended(asking.user_id || ' ' || take_over.patient_key, 0)
    );
    select
        lying.source_system,
        lying.ward_name,
        lying.is_mine
    into ward
    from access.ward_patients() as lying
    where lying.patient_key = take_over.patient_key
    order by lying.started_at desc
    limit 1;
    if ward is null then
        raise insufficient_privilege using
            message = 'this patient does not lie on a ward of yours';
    end if;
    if ward.is_mine then
        raise object_not_in_prerequisite_state using
            message = 'this patient is yours already';
    end if;
    insert into access.assignment as assignment (
        user_id, patient_key, valid_to, reason
    )
    values (asking.user_id, take_over.patient_key, until, take_over.reason)
    returning assignment.assignment_id into assigned;
    insert into access.take_over (
        assignment_id, user_id, patient_key, source_system, ward_name, reason, ends_at
    )
    values (
        assigned, asking.user_id, take_over.patient_key, ward.source_system,
        ward.ward_name, take_over.reason, until
    );
    return until;
end
$$;
comment on function access.take_over(bigint, text) is
'Assigns a patient of the ward to the nurse asking for 12 hours; returns until when.';

create function access.take_overs_of_ward()
returns table (
    take_over_id uuid,
    nurse_name text,
    patient_key bigint,
    ward_name text,
    reason text,
    taken_at timestamptz,
    ends_at timestamptz,
    is_open boolean
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        taken.take_over_id,
        nurse.display_name,
        taken.patient_key,
        taken.ward_name,
        taken.reason,
        taken.taken_at,
        taken.ends_at,
        assignment.valid_to > now()
    from access.asking_person() as person
    inner join access.ward_member as member
        on person.user_id = member.user_id
    inner join access.take_over as taken
        on member.source_system = taken.source_system
        and member.ward_name = taken.ward_name
    inner join access.assignment as assignment
        on taken.assignment_id = assignment.assignment_id
    inner join access.person as nurse
        on taken.user_id = nurse.user_id
    where person.role = 'nurse'
        and member.is_in_charge
        and member.valid_from <= now()
        and (member.valid_to is null or member.valid_to > now())
        and taken.taken_at > now() - interval '7 days'
    order by taken.taken_at desc
$$;
comment on function access.take_overs_of_ward() is
'Take-overs of the last seven days on the wards that the nurse asking is in charge of.';

-- Writing the rules ----------------------------------------------------------------

create function access.decide_consent(scope_code text, decision_code text)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
    decided uuid;
begin
    if asking.role is distinct from 'patient' then
        raise insufficient_privilege using
            message = 'only patients decide on their own consents';
    end if;
    update access.consent as consent
    set valid_to = now()
    where consent.patient_key = asking.patient_key
        and consent.scope_code = decide_consent.scope_code
        and consent.recipient_name is null
        and consent.source_system is null
        and consent.valid_from <= now()
        and (consent.valid_to is null or consent.valid_to > now());
    insert into access.consent as consent (
        patient_key, scope_code, decision_code, recorded_by
    )
    values (
        asking.patient_key, decide_consent.scope_code, decide_consent.decision_code,
        asking.user_id
    )
    returning consent.consent_id into decided;
    return decided;
end
$$;
comment on function access.decide_consent(text, text) is
'The patient asking permits or denies; it holds from now on, before any build.';

create function access.own_consents()
returns table (scope_code text, recipient_name text, decision_code text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        consent.scope_code,
        consent.recipient_name,
        consent.decision_code
    from access.asking_person() as person
    inner join access.consent_in_force as consent
        on person.patient_key = consent.patient_key
    where person.role = 'patient'
    order by consent.scope_code, consent.recipient_name, consent.decision_code
$$;
comment on function access.own_consents() is 'What the patient asking decided.';

create function access.restrict_patient(
    patient_key bigint, label_code text, reason text, valid_to timestamptz default null
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
    restricted uuid;
begin
    if asking.role is distinct from 'compliance' then
        raise insufficient_privilege using message = 'only compliance restricts patients';
    end if;
    insert into access.restriction as restriction (
        patient_key, label_code, reason, valid_to, set_by
    )
    values (
        restrict_patient.patient_key, restrict_patient.label_code,
        restrict_patient.reason, restrict_patient.valid_to, asking.user_id
    )
    returning restriction.restriction_id into restricted;
    return restricted;
end
$$;

create function access.lift_restriction(restriction_id uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
begin
    if asking.role is distinct from 'compliance' then
        raise insufficient_privilege using
            message = 'only compliance lifts restrictions';
    end if;
    update access.restriction as restriction
    set valid_to = greatest(now(), restriction.valid_from)
    where restriction.restriction_id = lift_restriction.restriction_id
        and (restriction.valid_to is null or restriction.valid_to > now());
    return found;
end
$$;

create function access.label_fact(
    kind_code text, fact_key text, patient_key bigint, label_code text, reason text
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
    labelled uuid;
begin
    if asking.role is distinct from 'doctor'
        or not label_fact.patient_key
            = any(access.may_see(array[label_fact.patient_key]))
    then
        raise insufficient_privilege using
            message = 'only a doctor who sees the patient labels a fact';
    end if;
    insert into access.fact_label as fact_label (
        kind_code, fact_key, patient_key, label_code, reason, set_by
    )
    values (
        label_fact.kind_code, label_fact.fact_key, label_fact.patient_key,
        label_fact.label_code, label_fact.reason, asking.user_id
    )
    returning fact_label.fact_label_id into labelled;
    insert into raw.touched_patients (patient_key, delivery_id)
    values (label_fact.patient_key, 0);
    return labelled;
end
$$;
comment on function access.label_fact(text, text, bigint, text, text) is
'Labels one fact of a patient whom the doctor asking sees; the next build carries it
through everything derived from the fact.';

create function access.assignments_of(asked_user_id text, asked_patient_key bigint)
returns table (
    assignment_id uuid,
    user_id text,
    patient_key bigint,
    valid_from timestamptz,
    valid_to timestamptz,
    reason text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        assignment.assignment_id,
        assignment.user_id,
        assignment.patient_key,
        assignment.valid_from,
        assignment.valid_to,
        assignment.reason
    from access.asking_person() as person
    cross join access.assignment as assignment
    where person.role in ('support', 'compliance')
        and (asked_user_id is not null or asked_patient_key is not null)
        and (asked_user_id is null or assignment.user_id = asked_user_id)
        and (
            asked_patient_key is null
            or access.person_key_of(assignment.patient_key)
            = access.person_key_of(asked_patient_key)
        )
    order by assignment.valid_from desc, assignment.assignment_id
$$;
comment on function access.assignments_of(text, bigint) is
'Assignments of one person, of one patient, or of both; for support and compliance.';

create function access.grant_assignment(
    user_id text, patient_key bigint, valid_to timestamptz, reason text
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
    granted uuid;
begin
    if asking.role is distinct from 'support' then
        raise insufficient_privilege using message = 'only support grants assignments';
    end if;
    if not exists (
        select 1
        from access.person as person
        where person.user_id = grant_assignment.user_id
            and person.is_active
            and person.role in ('doctor', 'nurse')
    ) then
        raise invalid_parameter_value using
            message = 'patients are assigned to active doctors and nurses only';
    end if;
    if not exists (
        select 1
        from identity.patients as known
        where known.patient_key = grant_assignment.patient_key
    ) then
        raise no_data_found using message = 'there is no such patient';
    end if;
    if not coalesce(grant_assignment.valid_to > now(), false)
        or btrim(grant_assignment.reason) = ''
    then
        raise invalid_parameter_value using
            message = 'an assignment needs a reason and an end in the future';
    end if;
    insert into access.assignment as assignment (
        user_id, patient_key, valid_to, reason
    )
    values (
        grant_assignment.user_id, grant_assignment.patient_key,
        grant_assignment.valid_to, grant_assignment.reason
    )
    returning assignment.assignment_id into granted;
    return granted;
end
$$;
comment on function access.grant_assignment(text, bigint, timestamptz, text) is
'Support assigns a patient to a doctor or nurse, with a reason and an end.';

create function access.end_assignment(assignment_id uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
begin
    if asking.role is null or asking.role not in ('support', 'compliance') then
        raise insufficient_privilege using
            message = 'only support and compliance end assignments';
    end if;
    update access.assignment as assignment
    set valid_to = greatest(now(), assignment.valid_from)
    where assignment.assignment_id = end_assignment.assignment_id
        and (assignment.valid_to is null or assignment.valid_to > now());
    return found;
end
$$;

-- Why can, or can't, somebody see a patient ----------------------------------------

create function access.explain(asked_user_id text, asked_patient_key bigint)
returns table (
    rule_order integer,
    rule_code text,
    rule_text text,
    is_met boolean,
    is_deciding boolean
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asked as (
        select
            account.user_id,
            account.role,
            coalesce(account.is_active, false) as is_active,
            access.person_key_of(account.patient_key) as own_patient_key,
            access.person_key_of(asked_patient_key) as person_key
        from (select asked_user_id as user_id) as given
        left join access.person as account
            on given.user_id = account.user_id
        cross join access.asking_person() as person
        where person.role in ('support', 'compliance')
    ),

    held as (
        select
            asked.*,
            asked.is_active as has_account,
            coalesce(
                asked.role in (
                    'doctor', 'nurse', 'patient', 'lab_technician', 'registrar',
                    'billing'
                ),
                false
            ) as is_reader,
            coalesce(asked.role in ('lab_technician', 'registrar', 'billing'), false)
                as sees_everyone,
            coalesce(
                asked.role = 'patient' and asked.own_patient_key = asked.person_key,
                false
            ) as is_oneself,
            exists (
                select 1
                from access.assignment as assignment
                where assignment.user_id = asked.user_id
                    and access.person_key_of(assignment.patient_key) = asked.person_key
                    and assignment.valid_from <= now()
                    and (assignment.valid_to is null or assignment.valid_to > now())
            ) as is_assigned,
            exists (
                select 1
                from access.person as account
                inner join access.care_team as care_team
                    on account.practitioner_source = care_team.source_system
                    and account.practitioner_id = care_team.practitioner_id
                where account.user_id = asked.user_id
                    and access.person_key_of(care_team.patient_key) = asked.person_key
                    and (care_team.started_at is null or care_team.started_at <= now())
                    and (care_team.ended_at is null or care_team.ended_at > now())
            ) as is_on_care_team,
            exists (
                select 1
                from access.restrictions_in_force() as restricted
                where restricted.patient_key = asked.person_key
            ) as is_restricted,
            asked.person_key in (select access.glass_of(asked.user_id))
                as has_broken_glass
        from asked
    ),

    decided as (
        select
            held.*,
            case
                when not held.has_account then 'account'
                when not held.is_reader then 'role'
                when held.sees_everyone then 'role'
                when held.role = 'patient' then 'oneself'
                when held.is_assigned then 'assignment'
                when held.is_on_care_team then 'care_team'
                when held.role = 'nurse' then 'care_team'
                when not held.is_restricted then 'restriction'
                when held.has_broken_glass then 'glass'
                else 'restriction'
            end as deciding_code
        from held
    ),

    rules as (
        select
            decided.deciding_code,
            rule.*
        from decided
        cross join lateral (
            values
            (
                1, 'account', decided.has_account,
                'has an account that is active',
                'has no account that is active'
            ),
            (
                2, 'role', decided.is_reader,
                case
                    when decided.sees_everyone
                        then 'the role sees every patient, within its kinds of facts'
                    else 'the role sees patients, if a rule below allows it'
                end,
                'the role sees no patient'
            ),
            (
                3, 'oneself', decided.is_oneself,
                'is this patient', 'is not this patient'
            ),
            (
                4, 'assignment', decided.is_assigned,
                'is assigned to this patient now',
                'is not assigned to this patient now'
            ),
            (
                5, 'care_team', decided.is_on_care_team,
                'is on the care team of this patient now',
                'is not on the care team of this patient now'
            ),
            (
                6, 'restriction', not decided.is_restricted,
                'no restriction of this patient is in force',
                'this patient is restricted: doctors need the care team or must break '
                || 'the glass; nurses must be assigned'
            ),
            (
                7, 'glass', decided.has_broken_glass,
                'has broken the glass, and the hour is not over',
                'has not broken the glass'
            )
        ) as rule (rule_order, rule_code, is_met, text_if_met, text_if_not)
    )

    select
        rules.rule_order,
        rules.rule_code,
        case when rules.is_met then rules.text_if_met else rules.text_if_not end,
        rules.is_met,
        rules.rule_code = rules.deciding_code
    from rules
    union all
    select
        8,
        'answer',
        case
            when rules.is_met then 'can see this patient'
            else 'cannot see this patient'
        end,
        rules.is_met,
        false
    from rules
    where rules.rule_code = rules.deciding_code
    order by 1
$$;
comment on function access.explain(text, bigint) is
'Every rule that was considered, whether it is met, which one decided, and the answer;
for support and compliance. Says nothing clinical.';

create function access.withheld_label_names(asked_user_id text) returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(label.label_name order by label.label_bit), '{}')
    from access.asking_person() as person
    inner join access.person as account
        on account.user_id = asked_user_id
    inner join access.label_rule as rule
        on account.role = rule.role
    inner join access.sensitivity_label as label
        on rule.label_code = label.label_code
    where person.role in ('support', 'compliance')
$$;
comment on function access.withheld_label_names(text) is
'Labels of facts that the role of an account sees of entrusted patients only.';

-- Risks ----------------------------------------------------------------------------
-- A risk told before labels were known is told again by the next scoring.

alter table ml.risk_score add column sensitivity integer not null default 2147483647;
alter table ml.risk_score alter column sensitivity drop default;
comment on column ml.risk_score.sensitivity is
'Sum of the bits of the labels of the facts that the model may have looked at.';
alter policy ehr_doctor on ml.risk_score using (
    is_current
    and (select access.is_known_person())
    and patient_key not in (select unnest(access.closed_patients()))
    and (
        (sensitivity & (select access.withheld_labels())) = 0
        or patient_key in (select unnest(access.entrusted_patients()))
    )
);

-- Who may use what -----------------------------------------------------------------

revoke all on
access.restriction, access.consent, access.sensitivity_label, access.label_rule,
access.fact_label, access.break_glass, access.ward_stay, access.ward_member,
access.take_over, access.consent_in_force from public;
revoke execute on all functions in schema access from public;

grant select, insert, delete on access.ward_stay to ehr_builder;
grant select, insert, delete on access.consent to ehr_builder;
grant select on access.sensitivity_label, access.fact_label to ehr_builder;
grant select on access.consent_in_force to ehr_builder, ehr_compliance;
grant execute on function access.consents_in_force() to ehr_builder, ehr_compliance;
grant usage on schema marts to ehr_owner;

grant execute on function
access.entrusted_patients(), access.closed_patients(), access.withheld_labels(),
access.may_see(bigint[])
to ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_quality, ehr_researcher,
ehr_compliance, ehr_engineer, ehr_registrar, ehr_billing, ehr_support;
grant execute on function access.identity_of(bigint[]) to
ehr_registrar, ehr_billing, ehr_compliance;
grant execute on function access.find_patients(text[], uuid[], integer[], integer) to
ehr_lab_technician, ehr_registrar, ehr_billing, ehr_compliance, ehr_support;
grant execute on function
access.find_closed_patients(text[], uuid[], integer[]),
access.open_glass(bigint, text, text), access.close_glass(uuid),
access.open_glasses(), access.label_fact(text, text, bigint, text, text) to ehr_doctor;
grant execute on function access.hidden_facts(bigint) to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_billing;
grant execute on function
access.ward_patients(), access.take_over(bigint, text), access.take_overs_of_ward()
to ehr_nurse;
grant execute on function access.decide_consent(text, text), access.own_consents()
to ehr_patient;
grant execute on function
access.restrict_patient(bigint, text, text, timestamptz), access.lift_restriction(uuid)
to ehr_compliance;
grant execute on function access.grant_assignment(text, bigint, timestamptz, text)
to ehr_support;
grant execute on function
access.end_assignment(uuid), access.assignments_of(text, bigint),
access.explain(text, bigint), access.withheld_label_names(text)
to ehr_support, ehr_compliance;
grant select on
access.break_glass, access.restriction, access.consent, access.label_rule,
access.sensitivity_label to ehr_compliance;
