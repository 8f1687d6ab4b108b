-- Grants, and their re-certification.

create table access.certification (
    certification_id uuid primary key default gen_random_uuid(),
    user_id text not null references access.person (user_id),
    quarter date not null check (
        extract(day from quarter) = 1 and extract(month from quarter) in (1, 4, 7, 10)
    ),
    decision_code text not null check (decision_code in ('kept', 'ended')),
    decided_by text not null references access.person (user_id),
    decided_at timestamptz not null default clock_timestamp(),
    comment text not null,
    unique (user_id, quarter),
    check (user_id <> decided_by)
);
create index on access.certification (decided_by);
comment on table access.certification is
'Whether a person still needs the access they have, decided once a quarter.';

create function audit.access_grants()
returns table (
    user_id text,
    display_name text,
    role text,
    is_active boolean,
    created_at timestamptz,
    last_sign_in_at timestamptz,
    assigned_patients bigint,
    team_patients bigint,
    glass_count bigint,
    decision_code text,
    decided_by text,
    decided_at timestamptz,
    comment text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        person.user_id,
        person.display_name,
        person.role,
        person.is_active,
        person.created_at,
        (
            select max(event.happened_at) from audit.event as event
            where event.user_id = person.user_id
                and event.action = 'sign in'
                and event.result = 'ok'
        ),
        (
            select count(distinct assignment.patient_key)
            from access.assignment as assignment
            where assignment.user_id = person.user_id
                and assignment.valid_from <= now()
                and (assignment.valid_to is null or assignment.valid_to > now())
        ),
        (
            select count(distinct member.patient_key)
            from access.care_team as member
            where member.source_system = person.practitioner_source
                and member.practitioner_id = person.practitioner_id
                and (member.started_at is null or member.started_at <= now())
                and (member.ended_at is null or member.ended_at > now())
        ),
        (
            select count(*) from access.break_glass as glass
            where glass.user_id = person.user_id
                and glass.opened_at > now() - interval '90 days'
        ),
        decided.decision_code,
        decided.decided_by,
        decided.decided_at,
        decided.comment
    from access.person as person
    left join access.certification as decided
        on person.user_id = decided.user_id
        and decided.quarter = date_trunc('quarter', now())::date
    where (select audit.is_compliance()) and person.role <> 'patient'
    order by person.is_active desc, person.user_id collate "C"
$$;
comment on function audit.access_grants() is
'Who of the staff may do what, when they last came, and what this quarter decided.';

create function access.certify(user_id text, decision_code text, comment text)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['compliance'], 'only a compliance officer certifies access'
    );
    moment timestamptz;
begin
    if certify.user_id = asking.user_id then
        raise insufficient_privilege using
            message = 'nobody certifies their own access: another officer does';
    end if;
    if exists (
        select 1 from access.certification as decided
        where decided.user_id = certify.user_id
            and decided.quarter = date_trunc('quarter', now())::date
    ) then
        raise object_not_in_prerequisite_state using
            message = 'this quarter''s decision about this person was made already';
    end if;
    insert into access.certification as certification (
        user_id, quarter, decision_code, decided_by, comment
    )
    values (
        certify.user_id,
        date_trunc('quarter', now())::date,
        certify.decision_code,
        asking.user_id,
        certify.comment
    )
    returning certification.decided_at into moment;
    if certify.decision_code = 'ended' then
        update access.person as person
        set is_active = false
        where person.user_id = certify.user_id;
        update access.session as session
        set revoked_at = now()
        where session.user_id = certify.user_id and session.revoked_at is null;
        update access.assignment as assignment
        set valid_to = now()
        where assignment.user_id = certify.user_id
            and (assignment.valid_to is null or assignment.valid_to > now());
    end if;
    return moment;
end
$$;
comment on function access.certify(text, text, text) is
'Keeps or ends somebody''s access in the name of the officer asking, once a quarter.';
