-- What people decide about incidents: kept for ever, never changed.

create table quality.incident_decision (
    decision_id bigint generated always as identity primary key,
    source_system text not null,
    check_id text not null,
    action_code text not null check (
        action_code in ('assign', 'comment', 'waive', 'end_waiver')
    ),
    owner_user_id text references access.person (user_id),
    waived_until date,
    words text check (length(words) between 3 and 1000),
    -- What was found when it was decided: a waiver ends when it gets worse than that.
    applicable_count bigint,
    broken_count bigint,
    decided_by text not null references access.person (user_id),
    decided_at timestamptz not null default clock_timestamp(),
    check ((action_code = 'assign') = (owner_user_id is not null)),
    check ((action_code = 'waive') = (waived_until is not null)),
    check (action_code = 'assign' or words is not null)
);
create index on quality.incident_decision (source_system, check_id, decision_id);
comment on table quality.incident_decision is
'One row per decision about an incident: who owns it, a comment, a waiver until a day
and its end. Rows are only added.';

create view quality.judged_incident with (security_invoker = true) as
with

numbered as (
    select
        measure.*,
        row_number() over (
            partition by measure.source_system, measure.check_id
            order by measure.run_number desc
        ) as runs_ago
    from quality.incident_measure as measure
),

lives as (
    select
        numbered.source_system,
        numbered.check_id,
        max(numbered.measured_at) filter (
            where numbered.life_code in ('new', 'reopened')
        ) as opened_at,
        array_agg(numbered.broken_count order by numbered.run_number) filter (
            where numbered.runs_ago <= 12
        ) as broken_counts,
        array_agg(numbered.applicable_count order by numbered.run_number) filter (
            where numbered.runs_ago <= 12
        ) as applicable_counts
    from numbered
    group by numbered.source_system, numbered.check_id
),

-- A rule of a load may refuse rows; until somebody has dealt with them they wait.
refused as (
    select
        held.source_system,
        rule.name as check_id,
        count(*) filter (where held.status = 'waiting') as waiting_count,
        max(held.delivery_id) as last_delivery_id
    from quarantine.row as held
    cross join lateral unnest(string_to_array(held.rules, ', ')) as rule (name)
    group by held.source_system, rule.name
),

decided as (
    select
        decision.*,
        person.display_name as decided_by_name,
        row_number() over (
            partition by
                decision.source_system,
                decision.check_id,
                case when decision.action_code = 'end_waiver' then 'waive'
                    else decision.action_code end
            order by decision.decision_id desc
        ) as decisions_ago
    from quality.incident_decision as decision
    inner join access.person as person
        on decision.decided_by = person.user_id
),

last_decided as (
    select
        decision.source_system,
        decision.check_id,
        max(decision.decision_id) as decision_id
    from quality.incident_decision as decision
    where decision.action_code <> 'comment'
    group by decision.source_system, decision.check_id
),

judged as (
    select
        latest.*,
        lives.opened_at,
        lives.broken_counts,
        lives.applicable_counts,
        coalesce(refused.waiting_count, 0) as waiting_count,
        case
            when latest.life_code = 'resolved' and refused.waiting_count > 0
                then 'better'
            when latest.measured_in = 'load'
                and refused.waiting_count = 0
                and refused.last_delivery_id = latest.run_number
                then 'resolved'
            else latest.life_code
        end as state_code,
        -- The end of a waiver has no day.
        coalesce(
            waiver.waived_until >= current_date
            and quality.change_of(
                waiver.broken_count,
                waiver.applicable_count,
                latest.broken_count,
                latest.applicable_count
            ) <> 'worse',
            false
        ) as is_waived,
        waiver.waived_until,
        waiver.words as waiver_words,
        waiver.decided_by_name as waived_by
    from numbered as latest
    inner join lives
        on latest.source_system = lives.source_system
        and latest.check_id = lives.check_id
    left join refused
        on latest.source_system = refused.source_system
        and latest.check_id = refused.check_id
    left join decided as waiver
        on latest.source_system = waiver.source_system
        and latest.check_id = waiver.check_id
        and waiver.action_code in ('waive', 'end_waiver')
        and waiver.decisions_ago = 1
    where latest.runs_ago = 1
)

select
    judged.source_system,
    judged.check_id,
    judged.measured_in,
    judged.run_number,
    checked.run_id,
    judged.measured_at,
    judged.opened_at,
    judged.subject,
    coalesce(definition.severity, rule.severity, 'warning') as severity,
    definition.sentence,
    coalesce(definition.reason, rule.reason) as reason,
    definition.owner as asked_owner,
    definition.threshold,
    case when judged.state_code <> 'resolved' and judged.is_waived then 'waived'
        else judged.state_code end as state_code,
    judged.life_code,
    judged.applicable_count,
    judged.broken_count,
    judged.patients_count,
    judged.waiting_count,
    judged.broken_counts,
    judged.applicable_counts,
    owned.owner_user_id,
    owner.display_name as owner_name,
    case when judged.is_waived then judged.waived_until end as waived_until,
    case when judged.is_waived then judged.waiver_words end as waiver_words,
    case when judged.is_waived then judged.waived_by end as waived_by,
    commented.words as last_comment,
    commented.decided_by_name as last_comment_by,
    commented.decided_at as last_comment_at,
    last_decided.decision_id as last_decision_id
from judged
left join quality.check_definition as definition
    on judged.check_id = definition.check_id
-- Before the first build the rule itself says how grave it is.
left join lateral (
    select
        judgement.severity,
        judgement.result #>> '{expectation_config,notes}' as reason
    from quality.expectation_result as judgement
    where judged.measured_in = 'load'
        and definition.check_id is null
        and judgement.delivery_id = judged.run_number
        and judgement.feed = judged.subject
        and judgement.result #>> '{expectation_config,meta,rule}'
        = judged.check_id
    limit 1
) as rule on true
left join quality.checked_build as checked
    on judged.measured_in = 'build' and judged.run_number = checked.build_id
left join decided as owned
    on judged.source_system = owned.source_system
    and judged.check_id = owned.check_id
    and owned.action_code = 'assign'
    and owned.decisions_ago = 1
left join access.person as owner
    on owned.owner_user_id = owner.user_id
left join decided as commented
    on judged.source_system = commented.source_system
    and judged.check_id = commented.check_id
    and commented.action_code = 'comment'
    and commented.decisions_ago = 1
left join last_decided
    on judged.source_system = last_decided.source_system
    and judged.check_id = last_decided.check_id;
comment on view quality.judged_incident is
'One row per incident, resolved and waived ones too, with its last counts, up to twelve
before, and what people decided. Waiting rows keep it open; once somebody has dealt with
every refused row of it, it is resolved. Counts, never values.';

create function quality.incidents() returns setof quality.judged_incident
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform access.require_role(array['quality'], 'only quality staff see incidents');
    return query
    select incident.* from quality.judged_incident as incident;
end
$$;
comment on function quality.incidents() is 'All incidents, for quality staff.';

create function quality.incidents_of_data(subjects text[], sources text[])
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
    select incident.subject, incident.source_system, count(*)
    from quality.judged_incident as incident
    where incident.subject = any(incidents_of_data.subjects)
        and incident.source_system = any(incidents_of_data.sources)
        and incident.state_code not in ('resolved', 'waived')
    group by incident.subject, incident.source_system;
end
$$;
comment on function quality.incidents_of_data(text[], text[]) is
'How many incidents are open about the data that a page shows; no values.';

create function quality.incident_owners()
returns table (user_id text, display_name text, role text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform access.require_role(
        array['quality'], 'only quality staff assign incidents'
    );
    return query
    select person.user_id, person.display_name, person.role
    from access.person as person
    where person.is_active and person.role in ('quality', 'engineer')
    order by person.display_name collate "C", person.user_id;
end
$$;
comment on function quality.incident_owners() is 'Who may own an incident.';

create function quality.decide_incident(
    source_system text,
    check_id text,
    action_code text,
    owner_user_id text,
    waived_until date,
    words text,
    seen_decision_id bigint
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['quality'], 'only quality staff decide about incidents'
    );
    last_id bigint;
    last_code text;
    latest quality.incident_measure;
    decided bigint;
begin
    -- Of two who decide at once the second is told of the first.
    perform pg_advisory_xact_lock(hashtextextended(
        'incident ' || decide_incident.source_system || ' ' || decide_incident.check_id,
        0
    ));
    select measure.* into latest
    from quality.incident_measure as measure
    where measure.source_system = decide_incident.source_system
        and measure.check_id = decide_incident.check_id
    order by measure.run_number desc
    limit 1;
    if latest.check_id is null then
        raise no_data_found using message = 'there is no such incident';
    end if;
    select max(decision.decision_id) into last_id
    from quality.incident_decision as decision
    where decision.source_system = decide_incident.source_system
        and decision.check_id = decide_incident.check_id
        and decision.action_code <> 'comment';
    if decide_incident.action_code <> 'comment'
        and last_id is distinct from decide_incident.seen_decision_id
    then
        raise object_not_in_prerequisite_state using
            message = 'somebody decided about this meanwhile: look at it again';
    end if;
    if decide_incident.action_code = 'assign' and not exists (
        select 1
        from access.person as person
        where person.user_id = decide_incident.owner_user_id
            and person.is_active
            and person.role in ('quality', 'engineer')
    ) then
        raise invalid_parameter_value using
            message = 'only quality staff and data engineers own incidents';
    end if;
    if decide_incident.action_code = 'waive' and not (
        decide_incident.waived_until > current_date
        and decide_incident.waived_until <= current_date + 366
    ) then
        raise invalid_parameter_value using
            message = 'a waiver ends on a day to come, within a year';
    end if;
    if decide_incident.action_code = 'end_waiver' then
        select decision.action_code into last_code
        from quality.incident_decision as decision
        where decision.source_system = decide_incident.source_system
            and decision.check_id = decide_incident.check_id
            and decision.action_code in ('waive', 'end_waiver')
        order by decision.decision_id desc
        limit 1;
        if last_code is distinct from 'waive' then
            raise object_not_in_prerequisite_state using
                message = 'this incident is not waived';
        end if;
    end if;
    insert into quality.incident_decision as decision (
        source_system, check_id, action_code, owner_user_id, waived_until, words,
        applicable_count, broken_count, decided_by
    )
    values (
        decide_incident.source_system,
        decide_incident.check_id,
        decide_incident.action_code,
        decide_incident.owner_user_id,
        decide_incident.waived_until,
        decide_incident.words,
        latest.applicable_count,
        latest.broken_count,
        asking.user_id
    )
    returning decision.decision_id into decided;
    return decided;
end
$$;
comment on function
quality.decide_incident(text, text, text, text, date, text, bigint) is
'Adds a decision of the officer asking. seen_decision_id is the last one that the page
showed, comments apart: if there is a later one, nothing is decided.';

create function quality.incident_story(source_system text, check_id text)
returns table (
    told_at timestamptz,
    kind_code text,
    applicable_count bigint,
    broken_count bigint,
    patients_count bigint,
    run_number bigint,
    decided_by text,
    owner_name text,
    waived_until date,
    words text
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform access.require_role(array['quality'], 'only quality staff see incidents');
    return query
    select
        measure.measured_at,
        measure.life_code,
        measure.applicable_count,
        measure.broken_count,
        measure.patients_count,
        measure.run_number,
        cast(null as text),
        cast(null as text),
        cast(null as date),
        cast(null as text)
    from quality.incident_measure as measure
    where measure.source_system = incident_story.source_system
        and measure.check_id = incident_story.check_id
    union all
    select
        decision.decided_at,
        decision.action_code,
        decision.applicable_count,
        decision.broken_count,
        cast(null as bigint),
        cast(null as bigint),
        person.display_name,
        owner.display_name,
        decision.waived_until,
        decision.words
    from quality.incident_decision as decision
    inner join access.person as person
        on decision.decided_by = person.user_id
    left join access.person as owner
        on decision.owner_user_id = owner.user_id
    where decision.source_system = incident_story.source_system
        and decision.check_id = incident_story.check_id
    order by 1 desc
    limit 200;
end
$$;
comment on function quality.incident_story(text, text) is
'What was found and decided about one incident, the latest first.';

revoke all on quality.incident_decision, quality.judged_incident from public;
revoke execute on function
quality.incidents(),
quality.incidents_of_data(text[], text[]),
quality.incident_owners(),
quality.decide_incident(text, text, text, text, date, text, bigint),
quality.incident_story(text, text)
from public;
grant execute on function
quality.incidents(),
quality.incident_owners(),
quality.decide_incident(text, text, text, text, date, text, bigint),
quality.incident_story(text, text)
to ehr_quality;
grant execute on function quality.incidents_of_data(text[], text[])
to ehr_doctor, ehr_nurse;
