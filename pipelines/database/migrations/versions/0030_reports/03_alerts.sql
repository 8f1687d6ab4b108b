-- What quality staff are told by e-mail or webhook, and what of it has been sent.

create table quality.alert (
    alert_id bigint generated always as identity primary key,
    -- One turn of one matter: what makes it be told once.
    turn_key text not null unique,
    kind_code text not null check (kind_code in ('incident', 'held', 'late', 'proof')),
    source_system text not null,
    check_id text,
    subject text,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    sentence text,
    life_code text,
    applicable_count bigint,
    broken_count bigint,
    patients_count bigint,
    run_number bigint not null,
    happened_at timestamptz not null,
    entered_at timestamptz not null default clock_timestamp()
);
comment on table quality.alert is
'One row per turn that is told: an incident that is new, came back or got worse, a
delivery held whole, a late delivery, a proof of the night that failed. Counts and names
of checks; no value, no identifier, no file''s name.';

create table quality.alert_sent (
    alert_id bigint not null references quality.alert,
    channel text not null check (channel in ('e-mail', 'webhook')),
    sent_at timestamptz not null default clock_timestamp(),
    primary key (alert_id, channel)
);
comment on table quality.alert_sent is
'One row per alert and channel that took it.';

create table quality.alert_channel (
    channel text primary key check (channel in ('e-mail', 'webhook')),
    begun_at timestamptz not null default clock_timestamp(),
    failed_tries integer not null default 0,
    problem text,
    failed_at timestamptz,
    next_try_at timestamptz
);
comment on table quality.alert_channel is
'One row per channel that was ever set up: since when, how often it failed since it last
went well, why, and when it is tried again.';

create view quality.unsent_alert with (security_invoker = true) as
select channel.channel, alert.*
from quality.alert_channel as channel
inner join quality.alert as alert
    on channel.begun_at <= alert.entered_at
where not exists (
    select 1
    from quality.alert_sent as sent
    where sent.alert_id = alert.alert_id and sent.channel = channel.channel
);
comment on view quality.unsent_alert is
'One row per channel and alert that it has not taken; what was entered before a channel
was set up is no news for it.';

create index on quality.incident_measure (measured_at);

-- What is older when alerts are first switched on is not news.
create function quality.enter_alerts(least_severity text) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    ranks constant text[] := array['critical', 'warning', 'info'];
    since constant timestamptz := clock_timestamp() - interval '7 days';
    entered integer;
begin
    insert into quality.alert (
        turn_key, kind_code, source_system, check_id, subject, severity, sentence,
        life_code, applicable_count, broken_count, patients_count, run_number,
        happened_at
    )
    with

    turns as (
        select
            measure.*,
            coalesce(definition.severity, rule.severity, 'warning') as severity,
            definition.sentence,
            measure.check_id like '%:series:rhythm' as is_late
        from quality.incident_measure as measure
        left join quality.check_definition as definition
            on measure.check_id = definition.check_id
        -- Before the first build the rule itself says how grave it is.
        left join lateral (
            select judgement.severity
            from quality.expectation_result as judgement
            where measure.measured_in = 'load'
                and definition.check_id is null
                and judgement.delivery_id = measure.run_number
                and judgement.feed = measure.subject
                and judgement.result #>> '{expectation_config,meta,rule}'
                = measure.check_id
            limit 1
        ) as rule on true
        left join lateral (
            select
                decision.waived_until,
                decision.applicable_count,
                decision.broken_count
            from quality.incident_decision as decision
            where decision.source_system = measure.source_system
                and decision.check_id = measure.check_id
                and decision.action_code in ('waive', 'end_waiver')
            order by decision.decision_id desc
            limit 1
        ) as waiver on true
        where measure.life_code in ('new', 'reopened', 'worse')
            and measure.measured_at > since
            -- What an officer accepts is no news until it is worse than then.
            and not coalesce(
                waiver.waived_until >= current_date
                and quality.change_of(
                    waiver.broken_count,
                    waiver.applicable_count,
                    measure.broken_count,
                    measure.applicable_count
                ) <> 'worse',
                false
            )
    )

    select
        concat_ws(
            '|', 'incident', turns.source_system, turns.check_id, turns.measured_in,
            turns.run_number, turns.life_code
        ) as turn_key,
        case when turns.is_late then 'late' else 'incident' end as kind_code,
        turns.source_system,
        turns.check_id,
        turns.subject,
        turns.severity,
        turns.sentence,
        turns.life_code,
        turns.applicable_count,
        turns.broken_count,
        turns.patients_count,
        turns.run_number,
        turns.measured_at as happened_at
    from turns
    where turns.is_late
        or array_position(ranks, turns.severity)
        <= array_position(ranks, enter_alerts.least_severity)
    union all
    select
        'held|' || delivery.delivery_id,
        'held',
        delivery.source_system,
        null,
        null,
        'critical',
        null,
        null,
        null,
        null,
        null,
        delivery.delivery_id,
        delivery.landed_at
    from raw.delivery as delivery
    where delivery.status = 'held' and delivery.landed_at > since
    union all
    select
        'proof|' || proof.build_id,
        'proof',
        '',
        null,
        null,
        'critical',
        null,
        null,
        count(*),
        count(*) filter (where proof.state = 'different'),
        max(proof.different_count),
        proof.build_id,
        max(proof.proved_at)
    from quality.rebuild_proof as proof
    where proof.proved_at > since and proof.state <> 'not_applicable'
    group by proof.build_id
    having count(*) filter (where proof.state = 'different') > 0
    order by happened_at, turn_key
    on conflict (turn_key) do nothing;
    get diagnostics entered = row_count;
    return entered;
end
$$;
comment on function quality.enter_alerts(text) is
'Enters what turned in the last week and is not entered yet; incidents from
least_severity up that nobody waived, the others all.';

revoke all on
quality.alert, quality.alert_sent, quality.alert_channel, quality.unsent_alert
from public;
revoke execute on function quality.enter_alerts(text) from public;
grant execute on function quality.enter_alerts(text) to ehr_loader;
grant select on quality.alert, quality.unsent_alert to ehr_loader, ehr_quality;
grant select, insert on quality.alert_sent to ehr_loader;
grant select, insert, update on quality.alert_channel to ehr_loader;
grant select on quality.alert_sent, quality.alert_channel to ehr_quality;
