-- Weekly review (45 CFR 164.308(a)(1)(ii)(D)).

create table audit.review (
    week date primary key check (extract(isodow from week) = 1),
    prepared_at timestamptz not null,
    figures jsonb not null,
    signed_at timestamptz,
    signed_by text,
    comment text,
    check ((signed_at is null) = (signed_by is null))
);
comment on table audit.review is
'What happened in a week, by its Monday, and who read and signed it; figures, no values.';

create function audit.is_compliance() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select session_user = 'ehr_compliance' and access.is_known_person()
$$;
comment on function audit.is_compliance() is
'Whether a compliance officer with an active account is asking.';

create function audit.figures_of(since timestamptz, until timestamptz) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    events as (
        select event.*
        from audit.event as event
        where event.happened_at >= since and event.happened_at < until
    ),

    counted as (
        select
            count(*) as events,
            count(distinct events.user_id) filter (
                where events.role <> 'ehr_owner' and events.role <> ''
            ) as people,
            count(*) filter (where events.result = 'denied'
                and events.action <> 'sign in') as denied,
            count(*) filter (where events.result = 'error') as failed,
            count(*) filter (
                where events.action = 'sign in' and events.result = 'ok'
            ) as sign_ins,
            count(*) filter (
                where events.action = 'sign in' and events.result = 'denied'
            ) as failed_sign_ins,
            count(*) filter (
                where events.action in ('disclose', 'export', 'download', 'unmask')
                    and events.result = 'ok'
            ) as exports,
            count(*) filter (
                where events.result = 'intended'
                    and not exists (
                        select 1 from audit.event as outcome
                        where outcome.intent_id = events.event_id
                    )
            ) as unfinished,
            count(*) filter (where events.is_spooled) as by_the_spool
        from events
    )

    select
        to_jsonb(counted.*)
        || jsonb_build_object(
            'patients', (
                select count(distinct looked.patient_key)
                from events
                cross join unnest(events.patient_keys) as looked (patient_key)
            ),
            'glass_broken', (
                select count(*) from access.break_glass as glass
                where glass.opened_at >= since and glass.opened_at < until
            )
        )
    from counted
$$;
comment on function audit.figures_of(timestamptz, timestamptz) is
'Counts of what happened between two moments.';

create function audit.prepare_week(week date, zone text, breaks integer)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    since timestamptz := week::timestamp at time zone zone;
    until timestamptz := (week + 7)::timestamp at time zone zone;
begin
    if until > clock_timestamp() then
        raise exception 'the week of % is not over', week;
    end if;
    insert into audit.review as review (week, prepared_at, figures)
    values (
        prepare_week.week,
        clock_timestamp(),
        audit.figures_of(since, until) || jsonb_build_object('breaks', breaks)
    )
    on conflict on constraint review_pkey do update
    set prepared_at = excluded.prepared_at, figures = excluded.figures
    where review.signed_at is null;
    return found;
end
$$;
comment on function audit.prepare_week(date, text, integer) is
'Counts a week that is over, until somebody signs it; then its figures stay.';

create function audit.sign_week(week date, comment text) returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['compliance'], 'only a compliance officer signs a week'
    );
    moment timestamptz;
begin
    update audit.review as review
    set
        signed_at = clock_timestamp(),
        signed_by = asking.user_id,
        comment = sign_week.comment
    where review.week = sign_week.week and review.signed_at is null
    returning review.signed_at into moment;
    if moment is null then
        raise object_not_in_prerequisite_state using
            message = 'the week was signed already, or was never prepared';
    end if;
    return moment;
end
$$;
comment on function audit.sign_week(date, text) is
'Signs a week in the name of the officer asking, once.';
