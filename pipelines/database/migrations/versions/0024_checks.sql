-- Checks have three results, those of marts are kept, and all have a definition.

-- Three results of a rule of a suite ------------------------------------------------

alter table quality.expectation_result add column state text;
-- A rule about values met nothing where every row of its domain lacks the value; a rule
-- about the shape of a load has no rows to count, and always applies.
update quality.expectation_result
set state = case
    when not success then 'failed'
    when element_count
    - coalesce(cast(result #>> '{result,missing_count}' as bigint), 0) = 0
        then 'not_applicable'
    else 'passed'
end;
alter table quality.expectation_result
alter column state set not null,
add check (state in ('passed', 'failed', 'not_applicable'));

alter table quality.suite_result
add column not_applicable_expectations integer not null default 0;
update quality.suite_result as suite
set not_applicable_expectations = (
    select count(*)
    from quality.expectation_result as judgement
    where judgement.delivery_id = suite.delivery_id
        and judgement.feed = suite.feed
        and judgement.state = 'not_applicable'
);

drop view quality.judged_rule;
create view quality.judged_rule with (security_invoker = true) as
with

judged as (
    select
        judgement.delivery_id,
        delivery.source_system,
        delivery.status as delivery_status,
        delivery.landed_at,
        judgement.feed,
        judgement.result #>> '{expectation_config,meta,rule}' as rule_name,
        judgement.expectation_type,
        judgement.severity,
        judgement.kahn_category,
        judgement.result #>> '{expectation_config,notes}' as reason,
        judgement.result #> '{expectation_config,kwargs}' as arguments,
        judgement.element_count,
        judgement.unexpected_count,
        judgement.state,
        case when judgement.state <> 'not_applicable' then judgement.success end
            as is_met
    from quality.expectation_result as judgement
    inner join raw.delivery as delivery
        on judgement.delivery_id = delivery.delivery_id
),

-- Compared with the load before to which the rule applied: one without rows for it says
-- nothing of whether it is kept.
compared as (
    select
        judged.*,
        lag(judged.is_met) over rule_over_time as was_met,
        lag(judged.unexpected_count) over rule_over_time as previous_unexpected_count,
        dense_rank() over (
            partition by judged.source_system, judged.feed
            order by judged.delivery_id desc
        ) as loads_ago
    from judged
    window rule_over_time as (
        partition by
            judged.source_system,
            judged.feed,
            judged.rule_name,
            judged.state = 'not_applicable'
        order by judged.delivery_id
    )
)

select
    compared.*,
    case
        when compared.state = 'not_applicable' then 'not_applicable'
        when compared.is_met and not compared.was_met then 'resolved'
        when compared.is_met then 'met'
        when compared.was_met then 'new'
        when compared.was_met is null then 'first'
        else 'persisting'
    end as change_code
from compared;
comment on view quality.judged_rule is
'One row per rule, feed and delivery: what was found, and how that differs from the
load of the same source and feed before to which the rule applied. loads_ago is 1 for
the latest; is_met is null where the rule had no rows.';
grant select on quality.judged_rule to ehr_quality;

-- Of how many checks a clinician is told: of those that had something to judge.
create or replace function access.origin_of_results(
    delivery_id bigint, file_id bigint
)
returns table (
    source_system text,
    adapter text,
    table_name text,
    received_at timestamptz,
    landed_at timestamptz,
    evaluated_count integer,
    unmet_count integer
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        delivery.source_system,
        delivery.adapter,
        file.table_name,
        file.received_at,
        delivery.landed_at,
        suite.evaluated_expectations - suite.not_applicable_expectations,
        suite.unsuccessful_expectations
    from raw.delivery as delivery
    left join raw.delivery_file as file
        on delivery.delivery_id = file.delivery_id
        and file.file_id = origin_of_results.file_id
    left join quality.suite_result as suite
        on delivery.delivery_id = suite.delivery_id and suite.feed = 'lab_results'
    where (select access.is_known_person())
        and delivery.delivery_id = origin_of_results.delivery_id
$$;

-- What each check says --------------------------------------------------------------

create table quality.check_definition (
    check_id text primary key,
    subject text not null,
    level text not null check (level in ('row', 'load', 'mart')),
    sentence text not null,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    threshold text not null,
    threshold_origin text not null
    check (threshold_origin in ('standard', 'observed', 'signed off')),
    owner text not null,
    reason text not null,
    kahn_category text not null,
    dashboard_types text not null
);
comment on table quality.check_definition is
'One row per check of the catalogue, renewed by every build that checks the marts.';

-- What a scan of the marts found ----------------------------------------------------

create table quality.mart_check_result (
    build_id bigint not null,
    check_id text not null,
    source_system text not null,
    state text not null check (state in ('passed', 'failed', 'not_applicable')),
    rows_count bigint not null,
    applicable_count bigint not null,
    broken_count bigint not null,
    primary key (build_id, check_id, source_system),
    check (applicable_count > 0 or state = 'not_applicable'),
    check (broken_count <= applicable_count and applicable_count <= rows_count)
);
comment on table quality.mart_check_result is
'One row per build, check and source: counts, never values. The source is empty where a
relation has none. broken_count are those of applicable_count that break the check.';

create view quality.latest_check with (security_invoker = true) as
with

latest_checked_build as (
    select max(build_id) as build_id from quality.mart_check_result
),

-- Of each source and feed the latest load that was judged.
latest_loads as (
    select
        delivery.source_system,
        suite.feed,
        max(suite.delivery_id) as delivery_id
    from quality.suite_result as suite
    inner join raw.delivery as delivery
        on suite.delivery_id = delivery.delivery_id
    group by delivery.source_system, suite.feed
)

select
    judgement.result #>> '{expectation_config,meta,rule}' as check_id,
    latest_loads.source_system,
    judgement.state,
    judgement.element_count as rows_count,
    judgement.element_count
    - coalesce(cast(judgement.result #>> '{result,missing_count}' as bigint), 0)
        as applicable_count,
    judgement.unexpected_count as broken_count
from latest_loads
inner join quality.expectation_result as judgement
    on latest_loads.delivery_id = judgement.delivery_id
    and latest_loads.feed = judgement.feed
union all
select
    found.check_id,
    found.source_system,
    found.state,
    found.rows_count,
    found.applicable_count,
    found.broken_count
from quality.mart_check_result as found
inner join latest_checked_build
    on found.build_id = latest_checked_build.build_id;
comment on view quality.latest_check is
'One row per check and source: what the latest load of the feed or the latest checked
build found.';

-- Who may use what ------------------------------------------------------------------

revoke all on
quality.check_definition, quality.mart_check_result, quality.latest_check
from public;
grant select, insert, update, delete on quality.check_definition to ehr_builder;
grant select, insert on quality.mart_check_result to ehr_builder;
grant select on
quality.check_definition, quality.mart_check_result, quality.latest_check
to ehr_loader, ehr_quality, ehr_engineer;
