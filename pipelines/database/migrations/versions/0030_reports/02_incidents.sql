-- Incidents as reports tell them, and those of a page, asked at each opening.

create function quality.incident_states()
returns table (
    source_system text,
    check_id text,
    measured_in text,
    run_number bigint,
    subject text,
    severity text,
    sentence text,
    state_code text,
    opened_at timestamptz,
    measured_at timestamptz,
    applicable_count bigint,
    broken_count bigint,
    patients_count bigint,
    waiting_count bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        incident.source_system,
        incident.check_id,
        incident.measured_in,
        incident.run_number,
        incident.subject,
        incident.severity,
        incident.sentence,
        incident.state_code,
        incident.opened_at,
        incident.measured_at,
        incident.applicable_count,
        incident.broken_count,
        incident.patients_count,
        incident.waiting_count
    from quality.judged_incident as incident
$$;
comment on function quality.incident_states() is
'Every incident as it stands, for reports: counts, no names and no words of staff.';

create function quality.answered_reports(since timestamptz, until timestamptz)
returns table (
    source_system text,
    reported_count bigint,
    answered_count bigint,
    open_count bigint,
    median_hours double precision
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    reports as (
        select
            report.source_system,
            report.reported_at,
            (
                select min(answer.answered_at)
                from quality.report_answer as answer
                where answer.feed = report.feed
                    and answer.fact_key = report.fact_key
                    and answer.answered_at >= report.reported_at
                    and answer.answered_at < answered_reports.until
            ) as answered_at
        from quality.value_report as report
        where report.reported_at < answered_reports.until
    )

    select
        reports.source_system,
        count(*) filter (where reports.reported_at >= answered_reports.since),
        count(*) filter (where reports.answered_at >= answered_reports.since),
        count(*) filter (where reports.answered_at is null),
        percentile_cont(0.5) within group (
            order by
                extract(epoch from reports.answered_at - reports.reported_at) / 3600
        ) filter (where reports.answered_at >= answered_reports.since)
    from reports
    group by reports.source_system
$$;
comment on function quality.answered_reports(timestamptz, timestamptz) is
'Per source: how many values were reported from since until before until, how many
reports had their first answer then, how many were still without one at its end, and the
median hours to that answer. Counts alone.';

-- The incidents of a page ------------------------------------------------------------

create index on quality.incident_measure
(source_system, subject, check_id, run_number desc);
-- By a hash, as a list of many rules can be longer than an entry of an index.
create index row_sets_of_rules on quarantine.row
(source_system, hashtextextended(rules, 0), delivery_id);
create index row_waiting_sets_of_rules on quarantine.row
(source_system, hashtextextended(rules, 0), delivery_id)
where status = 'waiting';

create or replace function quality.incidents_of_data(subjects text[], sources text[])
returns table (subject text, source_system text, incidents_count bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform access.require_role(
        array['doctor', 'nurse'], 'only doctors and nurses ask this'
    );
    return query
    with recursive

    asked as (
        select distinct source.name as source_system, subject.name as subject
        from unnest(incidents_of_data.sources) as source (name)
        cross join unnest(incidents_of_data.subjects) as subject (name)
    ),

    -- From one incident to the next by the index: measures are many, incidents few.
    found as (
        select asked.source_system, asked.subject, first.check_id
        from asked
        cross join lateral (
            select measure.check_id
            from quality.incident_measure as measure
            where measure.source_system = asked.source_system
                and measure.subject = asked.subject
            order by measure.check_id
            limit 1
        ) as first
        union all
        select found.source_system, found.subject, next.check_id
        from found
        cross join lateral (
            select measure.check_id
            from quality.incident_measure as measure
            where measure.source_system = found.source_system
                and measure.subject = found.subject
                and measure.check_id > found.check_id
            order by measure.check_id
            limit 1
        ) as next
    ),

    latest as (
        select found.source_system, found.subject, found.check_id, last.*
        from found
        cross join lateral (
            select
                measure.measured_in,
                measure.run_number,
                measure.life_code,
                measure.applicable_count,
                measure.broken_count
            from quality.incident_measure as measure
            where measure.source_system = found.source_system
                and measure.subject = found.subject
                and measure.check_id = found.check_id
            order by measure.run_number desc
            limit 1
        ) as last
    ),

    -- From one set of rules to the next: refused rows are many, sets few.
    sets as (
        select asked.source_system, first.rules_hash
        from (select distinct asked.source_system from asked) as asked
        cross join lateral (
            select hashtextextended(held.rules, 0) as rules_hash
            from quarantine.row as held
            where held.source_system = asked.source_system
            order by hashtextextended(held.rules, 0)
            limit 1
        ) as first
        union all
        select sets.source_system, next.rules_hash
        from sets
        cross join lateral (
            select hashtextextended(held.rules, 0) as rules_hash
            from quarantine.row as held
            where held.source_system = sets.source_system
                and hashtextextended(held.rules, 0) > sets.rules_hash
            order by hashtextextended(held.rules, 0)
            limit 1
        ) as next
    ),

    sets_of_rules as (
        select
            sets.source_system,
            last.rules,
            last.delivery_id,
            -- In an order, as the index has it: asked whether any exists, PostgreSQL
            -- hopes to meet one soon and reads all rows where none waits.
            (
                select true
                from quarantine.row as held
                where held.source_system = sets.source_system
                    and hashtextextended(held.rules, 0) = sets.rules_hash
                    and held.status = 'waiting'
                order by held.delivery_id desc
                limit 1
            ) as is_waiting
        from sets
        cross join lateral (
            select held.rules, held.delivery_id
            from quarantine.row as held
            where held.source_system = sets.source_system
                and hashtextextended(held.rules, 0) = sets.rules_hash
            order by held.delivery_id desc
            limit 1
        ) as last
    ),

    refused as (
        select
            sets_of_rules.source_system,
            rule.name as check_id,
            coalesce(bool_or(sets_of_rules.is_waiting), false) as is_waiting,
            max(sets_of_rules.delivery_id) as last_delivery_id
        from sets_of_rules
        cross join lateral
            unnest(string_to_array(sets_of_rules.rules, ', ')) as rule (name)
        group by sets_of_rules.source_system, rule.name
    )

    select latest.subject, latest.source_system, count(*)
    from latest
    left join refused
        on latest.source_system = refused.source_system
        and latest.check_id = refused.check_id
    left join lateral (
        select
            decision.waived_until,
            decision.applicable_count,
            decision.broken_count
        from quality.incident_decision as decision
        where decision.source_system = latest.source_system
            and decision.check_id = latest.check_id
            and decision.action_code in ('waive', 'end_waiver')
        order by decision.decision_id desc
        limit 1
    ) as waiver on true
    where (latest.life_code <> 'resolved' or coalesce(refused.is_waiting, false))
        and (
            latest.measured_in <> 'load'
            or coalesce(refused.is_waiting, true)
            or refused.last_delivery_id <> latest.run_number
        )
        and not coalesce(
            waiver.waived_until >= current_date
            and quality.change_of(
                waiver.broken_count,
                waiver.applicable_count,
                latest.broken_count,
                latest.applicable_count
            ) <> 'worse',
            false
        )
    group by latest.subject, latest.source_system;
end
$$;

revoke execute on function
quality.incident_states(), quality.answered_reports(timestamptz, timestamptz)
from public;
grant execute on function
quality.incident_states(), quality.answered_reports(timestamptz, timestamptz)
to ehr_loader, ehr_quality;
grant select on quality.incident_measure to ehr_loader, ehr_quality;
