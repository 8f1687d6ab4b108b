-- Nothing is lost from the bytes to the marts: each step accounts for all of the one
-- before. Counts alone; what differs is told by how many, never by a value.

create table quality.conservation_run (
    run_id bigint generated always as identity primary key,
    looked_at text not null check (looked_at in ('warehouse', 'record')),
    run_at timestamptz not null default clock_timestamp()
);
comment on table quality.conservation_run is
'One row per time that everything was counted: in the warehouse, from the archive to
the marts, or against the operational record.';

create table quality.conservation (
    run_id bigint not null references quality.conservation_run on delete cascade,
    source_system text not null,
    subject text not null,
    step_code text not null check (
        step_code in (
            'archived', 'counted', 'judged', 'mapped', 'landed', 'decided', 'stored',
            'current', 'shown', 'record'
        )
    ),
    state text not null check (state in ('kept', 'broken', 'not_applicable')),
    before_count bigint not null check (before_count >= 0),
    after_count bigint not null check (after_count >= 0),
    missing_count bigint not null check (missing_count >= 0),
    extra_count bigint not null check (extra_count >= 0),
    primary key (run_id, source_system, subject, step_code),
    check ((state = 'broken') = (missing_count + extra_count > 0))
);
comment on table quality.conservation is
'One row per run, source, feed (an empty text: files) and step: what came in, what of it
is accounted for, how much is missing without a reason, and how much came from nowhere.';

create table quality.conservation_part (
    run_id bigint not null,
    source_system text not null,
    subject text not null,
    step_code text not null,
    part_code text not null,
    part_count bigint not null,
    primary key (run_id, source_system, subject, step_code, part_code),
    foreign key (run_id, source_system, subject, step_code)
    references quality.conservation on delete cascade
);
comment on table quality.conservation_part is
'One row per named part of what a step accounts for.';

create table quality.uncounted_file (
    file_id bigint primary key,
    run_id bigint not null references quality.conservation_run on delete cascade
);
comment on table quality.uncounted_file is
'One row per file whose records were not as many as its bytes hold when it was last
read: it is read every night until they are.';

create table quality.record_reconciliation (
    feed text not null,
    changed_on date not null,
    run_id bigint not null references quality.conservation_run,
    state text not null check (state in ('equal', 'different', 'not_applicable')),
    record_count bigint not null,
    warehouse_count bigint not null,
    missing_count bigint not null,
    extra_count bigint not null,
    different_count bigint not null,
    refused_count bigint not null,
    waiting_count bigint not null,
    primary key (feed, changed_on),
    check (
        (state = 'different') = (missing_count + extra_count + different_count > 0)
    )
);
comment on table quality.record_reconciliation is
'One row per table of the operational record and day (UTC) of change, as last compared:
entries that hold now, in the record and here, and how many are missing, extra or
different here. Of refused_count entries a version is in quarantine; waiting_count
versions are saved and not extracted yet. No value, no hash and no key is kept.';

-- A break is a finding, and has an incident -------------------------------------------

alter table quality.check_definition
drop constraint check_definition_level_check,
add check (level in ('row', 'load', 'mart', 'series', 'limit', 'conservation'));
alter table quality.incident_measure
drop constraint incident_measure_measured_in_check,
add check (measured_in in ('load', 'build', 'series', 'conservation'));

create view quality.conservation_finding with (security_invoker = true) as
select
    'conservation' as measured_in,
    step.run_id as run_number,
    run.run_at as measured_at,
    step.source_system,
    'conservation:' || step.step_code as check_id,
    case when count(*) filter (where step.state = 'broken') = 1
        then coalesce(
            nullif(max(step.subject) filter (where step.state = 'broken'), ''),
            'files'
        )
        else 'several feeds' end as subject,
    case
        when bool_or(step.state = 'broken') then 'failed'
        when bool_or(step.state = 'kept') then 'passed'
        else 'not_applicable'
    end as state,
    cast(sum(greatest(
        step.before_count, step.missing_count + step.extra_count
    )) as bigint) as applicable_count,
    cast(sum(step.missing_count + step.extra_count) as bigint) as broken_count,
    cast(null as bigint) as patients_count
from quality.conservation as step
inner join quality.conservation_run as run
    on step.run_id = run.run_id
group by step.run_id, run.run_at, step.source_system, step.step_code;
comment on view quality.conservation_finding is
'One row per run, source and step: the part of quality.check_finding that is about
conservation.';

create or replace view quality.check_finding with (security_invoker = true) as
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
from quality.series_check_result as series
union all
select * from quality.conservation_finding;

-- What charts need of earlier loads, and a year; the rest is forgotten ----------------

create function quality.forget_old_measurements(source_system text, kept_loads integer)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten bigint;
begin
    -- Nearly always there is nothing so old: then no load is numbered.
    if not exists (
        select 1
        from raw.delivery as delivery
        inner join quality.series_measurement as measurement
            on delivery.delivery_id = measurement.delivery_id
        where delivery.source_system = forget_old_measurements.source_system
            and delivery.received_at < now() - interval '1 year'
    ) then
        return 0;
    end if;
    delete from quality.series_measurement as old
    using (
        select
            measured.feed,
            measured.delivery_id,
            measured.received_at,
            row_number() over (
                partition by measured.feed order by measured.delivery_id desc
            ) as loads_ago
        from (
            select distinct
                measurement.feed,
                delivery.delivery_id,
                delivery.received_at
            from quality.series_measurement as measurement
            inner join raw.delivery as delivery
                on measurement.delivery_id = delivery.delivery_id
            where delivery.source_system = forget_old_measurements.source_system
        ) as measured
    ) as load
    where old.feed = load.feed
        and old.delivery_id = load.delivery_id
        and load.loads_ago > forget_old_measurements.kept_loads
        and load.received_at < now() - interval '1 year';
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;
comment on function quality.forget_old_measurements(text, integer) is
'Forgets what was measured of loads of a source older than a year, but for the newest of
each feed, which charts compare with. Returns how many rows went.';

-- Who may use what --------------------------------------------------------------------

revoke all on
quality.conservation_run, quality.conservation, quality.conservation_part,
quality.record_reconciliation, quality.uncounted_file, quality.conservation_finding
from public;
revoke execute on function quality.forget_old_measurements(text, integer)
from public;
grant select, insert, delete on
quality.conservation_run, quality.conservation, quality.conservation_part,
quality.record_reconciliation, quality.uncounted_file
to ehr_builder;
grant select on
quality.conservation_run, quality.conservation, quality.conservation_part,
quality.record_reconciliation, quality.uncounted_file
to ehr_loader, ehr_quality, ehr_engineer;
grant execute on function quality.forget_old_measurements(text, integer)
to ehr_loader;
