-- What each check found over time, as far as it ever failed: the life of an incident.

-- What a scan of the marts keeps besides its counts ----------------------------------

alter table quality.mart_check_result
add column patients_count bigint check (patients_count >= 0);
comment on column quality.mart_check_result.patients_count is
'Of how many patients rows break the check; null where the relation names none, and
where the check did not fail.';
create index on quality.mart_check_result (check_id, source_system)
where state = 'failed';

create table quality.checked_build (
    build_id bigint primary key,
    checked_at timestamptz not null default clock_timestamp(),
    run_id text
);
comment on table quality.checked_build is
'One row per build whose marts were judged; run_id is that of Dagster, null without.';

create table quality.mart_check_row (
    build_id bigint not null,
    check_id text not null,
    source_system text not null,
    position integer not null,
    delivery_id bigint not null,
    file_id bigint,
    line_number bigint,
    primary key (build_id, check_id, source_system, position)
);
comment on table quality.mart_check_row is
'Where some rows that break a failed check were delivered, of the last checked build:
places, never values.';

-- One list of what was found, whatever looked -----------------------------------------

create view quality.check_finding with (security_invoker = true) as
select
    'load' as measured_in,
    judgement.delivery_id as run_number,
    delivery.landed_at as measured_at,
    delivery.source_system,
    judgement.result #>> '{expectation_config,meta,rule}' as check_id,
    judgement.feed as subject,
    judgement.state,
    judgement.element_count
    - coalesce(cast(judgement.result #>> '{result,missing_count}' as bigint), 0)
        as applicable_count,
    judgement.unexpected_count as broken_count,
    cast(null as bigint) as patients_count
from quality.expectation_result as judgement
inner join raw.delivery as delivery
    on judgement.delivery_id = delivery.delivery_id
union all
select
    'build',
    found.build_id,
    coalesce(checked.checked_at, build.ended_at, build.started_at),
    found.source_system,
    found.check_id,
    split_part(found.check_id, ':', 1),
    found.state,
    found.applicable_count,
    found.broken_count,
    found.patients_count
from quality.mart_check_result as found
left join quality.checked_build as checked
    on found.build_id = checked.build_id
left join raw.build as build
    on found.build_id = build.build_id
union all
select
    'series',
    series.delivery_id,
    series.judged_at,
    series.source_system,
    series.check_id,
    split_part(series.check_id, ':', 1),
    series.state,
    series.applicable_count,
    series.broken_count,
    null
from quality.series_check_result as series;
comment on view quality.check_finding is
'One row per check, source and load or build: all that incidents are derived from.
Another kind of check is one more part of this union.';

-- The rule of worse and better --------------------------------------------------------

create function quality.change_of(
    broken_before bigint, applicable_before bigint, broken bigint, applicable bigint
)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when shares.before is null or shares.now is null then 'persisting'
        when abs(shares.now - shares.before) <= 0.2 * shares.before then 'persisting'
        when abs(shares.now - shares.before) <= 2 * sqrt(
            shares.pooled * (1 - shares.pooled)
            * (1.0 / applicable_before + 1.0 / applicable)
        ) then 'persisting'
        when shares.now > shares.before then 'worse'
        else 'better'
    end
    from (
        select
            cast(broken_before as float8) / nullif(applicable_before, 0) as before,
            cast(broken as float8) / nullif(applicable, 0) as now,
            cast(broken_before + broken as float8)
            / nullif(applicable_before + applicable, 0) as pooled
    ) as shares
$$;
comment on function quality.change_of(bigint, bigint, bigint, bigint) is
'worse or better if the share that breaks a check differs by more than a fifth of itself
and by more than two standard errors of a difference of shares; else persisting.';

create function quality.life_of(code_before text, state text, change text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when state = 'passed' then 'resolved'
        when code_before is null then 'new'
        when code_before = 'resolved' then 'reopened'
        else change
    end
$$;
comment on function quality.life_of(text, text, text) is
'What a finding is after a load or build, by what it was before.';

-- The life of each finding ------------------------------------------------------------

create table quality.incident_measure (
    source_system text not null,
    check_id text not null,
    measured_in text not null check (measured_in in ('load', 'build', 'series')),
    run_number bigint not null,
    measured_at timestamptz not null,
    subject text not null,
    life_code text not null check (
        life_code in ('new', 'persisting', 'worse', 'better', 'resolved', 'reopened')
    ),
    applicable_count bigint,
    broken_count bigint,
    patients_count bigint,
    turned_applicable_count bigint,
    turned_broken_count bigint,
    primary key (source_system, check_id, measured_in, run_number)
);
comment on table quality.incident_measure is
'One row per incident (a check of a source that ever failed) and load or build since:
what was found and what that made of the incident. Derived: quality.rebuild_incidents()
makes it anew. turned_ are the counts at its last turn, which the next are compared
with, so that a slow worsening is one.';

create function quality.keep_incident_measures(measured_in text, run_number bigint)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    kept integer;
begin
    insert into quality.incident_measure (
        source_system, check_id, measured_in, run_number, measured_at, subject,
        life_code, applicable_count, broken_count, patients_count,
        turned_applicable_count, turned_broken_count
    )
    select
        told.source_system,
        told.check_id,
        told.measured_in,
        told.run_number,
        coalesce(told.measured_at, clock_timestamp()),
        told.subject,
        told.life_code,
        told.applicable_count,
        told.broken_count,
        told.patients_count,
        case when told.life_code = 'persisting'
            then coalesce(told.turned_applicable_count, told.applicable_count)
            else told.applicable_count end,
        case when told.life_code = 'persisting'
            then coalesce(told.turned_broken_count, told.broken_count)
            else told.broken_count end
    from (
        select
            finding.*,
            earlier.life_code as code_before,
            earlier.turned_applicable_count,
            earlier.turned_broken_count,
            quality.life_of(
                earlier.life_code,
                finding.state,
                quality.change_of(
                    earlier.turned_broken_count,
                    earlier.turned_applicable_count,
                    finding.broken_count,
                    finding.applicable_count
                )
            ) as life_code
        from quality.check_finding as finding
        left join lateral (
            select
                measure.life_code,
                measure.turned_applicable_count,
                measure.turned_broken_count
            from quality.incident_measure as measure
            where measure.source_system = finding.source_system
                and measure.check_id = finding.check_id
                and measure.measured_in = finding.measured_in
                and measure.run_number < finding.run_number
            order by measure.run_number desc
            limit 1
        ) as earlier on true
        where finding.measured_in = keep_incident_measures.measured_in
            and finding.run_number = keep_incident_measures.run_number
            -- Without rows to judge a check says nothing of whether it is kept.
            and finding.state <> 'not_applicable'
    ) as told
    where told.life_code <> 'resolved'
        or coalesce(told.code_before, 'resolved') <> 'resolved'
    -- Whether the next load is late is judged again and again with the last one.
    on conflict (source_system, check_id, measured_in, run_number) do update set
        life_code = 'reopened',
        measured_at = excluded.measured_at,
        applicable_count = excluded.applicable_count,
        broken_count = excluded.broken_count,
        turned_applicable_count = excluded.turned_applicable_count,
        turned_broken_count = excluded.turned_broken_count
    where incident_measure.life_code = 'resolved' and excluded.life_code <> 'resolved';
    get diagnostics kept = row_count;
    return kept;
end
$$;
comment on function quality.keep_incident_measures(text, bigint) is
'What a load or a build made of incidents; called when its results are entered. What
never failed, and what passes again after it was resolved, is not kept.';

create function quality.rebuild_incidents() returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    run record;
    kept integer := 0;
begin
    delete from quality.incident_measure;
    for run in
        select distinct finding.measured_in, finding.run_number
        from quality.check_finding as finding
        order by finding.measured_in, finding.run_number
    loop
        kept := kept
            + quality.keep_incident_measures(run.measured_in, run.run_number);
    end loop;
    return kept;
end
$$;
comment on function quality.rebuild_incidents() is
'Makes quality.incident_measure anew from the results that are kept. What people decided
stands in tables of its own and stays.';

create function quality.forget_old_results(kept_builds integer) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten bigint;
begin
    delete from quality.mart_check_result as old
    where old.build_id < (
        select min(recent.build_id)
        from (
            select distinct found.build_id
            from quality.mart_check_result as found
            order by found.build_id desc
            limit greatest(forget_old_results.kept_builds, 1)
        ) as recent
    )
        and not exists (
            select 1
            from quality.mart_check_result as failed
            where failed.check_id = old.check_id
                and failed.source_system = old.source_system
                and failed.state = 'failed'
        );
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;
comment on function quality.forget_old_results(integer) is
'Forgets what older builds found of checks that never failed; the life of an incident
stays whole.';

revoke all on
quality.checked_build, quality.mart_check_row, quality.check_finding,
quality.incident_measure
from public;
revoke execute on function
quality.change_of(bigint, bigint, bigint, bigint),
quality.life_of(text, text, text),
quality.keep_incident_measures(text, bigint),
quality.rebuild_incidents(),
quality.forget_old_results(integer)
from public;
grant select, insert on quality.checked_build to ehr_builder;
grant select, insert, delete on quality.mart_check_row to ehr_builder;
grant select on quality.mart_check_row to ehr_quality;
grant execute on function quality.keep_incident_measures(text, bigint)
to ehr_loader, ehr_builder;
grant execute on function quality.forget_old_results(integer) to ehr_builder;
-- What was found before incidents were kept.
select quality.rebuild_incidents();
