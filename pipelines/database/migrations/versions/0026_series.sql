-- Loads are measured, and judged by the loads of their source before them.

-- What is measured of a load ---------------------------------------------------------

create table quality.series_measurement (
    delivery_id bigint not null references raw.delivery,
    feed text not null,
    kind text not null
    check (kind in ('rows', 'filled', 'codes', 'units', 'values', 'delays')),
    measured jsonb not null,
    primary key (delivery_id, feed, kind)
);
comment on table quality.series_measurement is
'One row per load, feed and kind of measurement: by name a number, the interquartile
range behind it and the number of rows behind it. Shares and quantiles of at least 20
rows of 5 patients, never a value of one patient.';

-- What control charts say of it ------------------------------------------------------

create table quality.series_check_result (
    delivery_id bigint not null references raw.delivery,
    check_id text not null,
    source_system text not null,
    state text not null check (state in ('passed', 'failed', 'not_applicable')),
    rows_count bigint not null,
    applicable_count bigint not null,
    broken_count bigint not null,
    worst_name text not null,
    worst double precision not null,
    judged_at timestamptz not null default now(),
    primary key (delivery_id, check_id),
    check (applicable_count > 0 or state = 'not_applicable'),
    check (broken_count <= applicable_count)
);
comment on table quality.series_check_result is
'One row per load and check of a series. applicable_count numbers were judged by those
of earlier loads, broken_count of them are out of their limits; worst_name is the
farthest out, worst how far, where 1 is the limit.';
create index on quality.series_check_result (source_system, check_id, delivery_id);

alter table quality.check_definition
drop constraint check_definition_level_check,
add check (level in ('row', 'load', 'mart', 'series'));

create or replace view quality.latest_check with (security_invoker = true) as
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
    on found.build_id = latest_checked_build.build_id
union all
-- Of each source the latest load that a check of a series was asked of.
select
    found.check_id,
    found.source_system,
    found.state,
    found.rows_count,
    found.applicable_count,
    found.broken_count
from (
    select distinct on (source_system, check_id) *
    from quality.series_check_result
    order by source_system asc, check_id asc, delivery_id desc
) as found;

comment on view quality.latest_check is
'One row per check and source: what the latest load of the feed or the latest checked
build found.';

-- Who may use what -------------------------------------------------------------------

revoke all on quality.series_measurement, quality.series_check_result from public;
grant select, insert on quality.series_measurement to ehr_loader;
grant select, insert on quality.series_check_result to ehr_loader;
grant select on quality.series_measurement to ehr_builder;
grant select, insert, update on quality.series_check_result to ehr_builder;
grant select on quality.series_measurement to ehr_quality, ehr_engineer;
grant select on quality.series_check_result to ehr_quality, ehr_engineer;
