-- How the checks of a source stood at the end of each day: counts that stay small, as
-- the results that they are counted from are forgotten.

create table quality.scorecard_day (
    day date not null,
    source_system text not null,
    measured_in text not null check (measured_in in ('load', 'build', 'series')),
    subject text not null,
    kahn_category text not null,
    run_number bigint not null,
    passed_count integer not null,
    failed_count integer not null,
    not_applicable_count integer not null,
    applicable_count bigint not null,
    broken_count bigint not null,
    primary key (day, source_system, measured_in, subject, kahn_category)
);
create index on quality.scorecard_day
(source_system, measured_in, subject, kahn_category, day desc);
comment on table quality.scorecard_day is
'One row per day of the installation''s time zone, source, feed or mart, and cell of
Kahn''s framework: how many checks passed, failed or had nothing to judge in the last
load or build of that day, how many rows (of a series: measurements) they judged and how
many broke one; a row that several checks judge counts for each. A cell is Kahn''s
category, behind a slash its sub-category.';

create function quality.count_scorecard(
    measured_in text, run_number bigint, day date, time_zone text default 'UTC'
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    kept integer;
begin
    insert into quality.scorecard_day as kept_day (
        day, source_system, measured_in, subject, kahn_category, run_number,
        passed_count, failed_count, not_applicable_count, applicable_count, broken_count
    )
    with

    -- Read once: every delivery pays for it.
    found as materialized (
        select finding.*
        from quality.check_finding as finding
        where finding.measured_in = count_scorecard.measured_in
            and finding.run_number = count_scorecard.run_number
    ),

    judged as (
        select
            coalesce(
                count_scorecard.day,
                cast(
                    max(coalesce(found.measured_at, clock_timestamp()))
                    at time zone count_scorecard.time_zone as date
                )
            ) as day
        from found
    ),

    -- Before the first build the rules alone tell their cells.
    cells_of_rules as (
        select
            judgement.feed,
            judgement.result #>> '{expectation_config,meta,rule}' as check_id,
            min(judgement.kahn_category) as kahn_category
        from quality.expectation_result as judgement
        where count_scorecard.measured_in = 'load'
            and judgement.delivery_id = count_scorecard.run_number
        group by judgement.feed, check_id
    )

    select
        judged.day,
        found.source_system,
        found.measured_in,
        found.subject,
        coalesce(rule.kahn_category, definition.kahn_category),
        found.run_number,
        count(*) filter (where found.state = 'passed'),
        count(*) filter (where found.state = 'failed'),
        count(*) filter (where found.state = 'not_applicable'),
        coalesce(sum(found.applicable_count), 0),
        coalesce(sum(found.broken_count), 0)
    from found
    cross join judged
    left join cells_of_rules as rule
        on found.subject = rule.feed and found.check_id = rule.check_id
    left join quality.check_definition as definition
        on found.check_id = definition.check_id
    -- Before the first build nobody has said which cell a series belongs to.
    where coalesce(rule.kahn_category, definition.kahn_category) is not null
    group by 1, 2, 3, 4, 5, 6
    on conflict (day, source_system, measured_in, subject, kahn_category)
    do update set
        run_number = excluded.run_number,
        passed_count = excluded.passed_count,
        failed_count = excluded.failed_count,
        not_applicable_count = excluded.not_applicable_count,
        applicable_count = excluded.applicable_count,
        broken_count = excluded.broken_count
    where excluded.run_number >= kept_day.run_number;
    get diagnostics kept = row_count;
    return kept;
end
$$;
comment on function quality.count_scorecard(text, bigint, date, text) is
'Counts what a load or build found into a day; without one, into the day of the time
zone on which it was found. Called again it counts anew, and an older
run never replaces a newer one.';

create function quality.keep_scorecard(
    measured_in text, run_number bigint, time_zone text
)
returns integer
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    select quality.count_scorecard(
        keep_scorecard.measured_in,
        keep_scorecard.run_number,
        null,
        keep_scorecard.time_zone
    )
$$;
comment on function quality.keep_scorecard(text, bigint, text) is
'Counts what a load or build found into its day; called when its results are entered.';

-- What people decide changes what the last build found, and so its day.
create or replace function quality.renew_incidents_of(
    run_number bigint, check_ids text[]
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    delete from quality.incident_measure as measure
    where measure.measured_in = 'build'
        and measure.run_number = renew_incidents_of.run_number
        and measure.check_id = any(renew_incidents_of.check_ids);
    perform quality.count_scorecard('build', renew_incidents_of.run_number, kept.day)
    from (
        select max(kept_day.day) as day
        from quality.scorecard_day as kept_day
        where kept_day.measured_in = 'build'
            and kept_day.run_number = renew_incidents_of.run_number
    ) as kept
    where kept.day is not null;
    return quality.keep_incident_measures_of(
        'build', renew_incidents_of.run_number, renew_incidents_of.check_ids
    );
end
$$;

create view quality.scorecard with (security_invoker = true) as
with

latest_build as (
    select max(checked.build_id) as build_id from quality.checked_build as checked
),

latest as (
    select distinct on (
        kept_day.source_system,
        kept_day.measured_in,
        kept_day.subject,
        kept_day.kahn_category
    )
        kept_day.*
    from quality.scorecard_day as kept_day
    order by
        kept_day.source_system,
        kept_day.measured_in,
        kept_day.subject,
        kept_day.kahn_category,
        kept_day.day desc
)

-- What the latest build did not find any more is no state of now.
select latest.*
from latest
cross join latest_build
where latest.measured_in <> 'build' or latest.run_number = latest_build.build_id;
comment on view quality.scorecard is
'One row per source, feed or mart, and cell: how it stands since its last load or the
last checked build.';

revoke all on quality.scorecard_day, quality.scorecard from public;
revoke execute on function
quality.count_scorecard(text, bigint, date, text),
quality.keep_scorecard(text, bigint, text)
from public;
grant execute on function quality.keep_scorecard(text, bigint, text)
to ehr_loader, ehr_builder;
grant select on quality.scorecard_day, quality.scorecard, quality.checked_build
to ehr_loader, ehr_quality, ehr_engineer;

-- What was found before scorecards were kept; its days are those of UTC.
select quality.keep_scorecard(run.measured_in, run.run_number, 'UTC')
from (
    select distinct finding.measured_in, finding.run_number
    from quality.check_finding as finding
) as run
order by run.measured_in, run.run_number;
