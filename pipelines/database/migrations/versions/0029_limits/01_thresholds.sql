-- Which share of the rows may break a check of a mart: people decide, stored counts are
-- judged anew.

-- What is judged by, beside what each check says --------------------------------------

alter table quality.check_definition
drop constraint check_definition_level_check,
add check (level in ('row', 'load', 'mart', 'series', 'limit')),
add column share numeric check (share >= 0 and share <= 1),
add column least_rows bigint check (least_rows >= 1),
add column signed_version integer,
add column signed_by text,
add column signed_at timestamptz,
add check ((share is null) = (least_rows is null));
comment on column quality.check_definition.share is
'The share of rows that may break it before people decide otherwise; of checks of marts
and of signed limits, null for others.';
comment on column quality.check_definition.signed_version is
'Version of the decision in force about a signed limit, of other checks about the
threshold, with signed_by and signed_at; null where nobody has decided.';

create table quality.threshold_decision (
    decision_id bigint generated always as identity primary key,
    check_id text not null,
    version integer not null,
    share numeric not null check (share >= 0 and share <= 0.5),
    words text not null check (length(words) between 10 and 1000),
    decided_by text not null references access.person (user_id),
    decided_at timestamptz not null default clock_timestamp(),
    unique (check_id, version)
);
comment on table quality.threshold_decision is
'One row per decision about the share of rows that may break a check; the highest version
is in force. Rows are only added.';

create view quality.threshold_in_force with (security_invoker = true) as
select distinct on (decision.check_id)
    decision.check_id,
    decision.version,
    decision.share,
    decision.decided_by,
    decision.decided_at
from quality.threshold_decision as decision
order by decision.check_id, decision.version desc;
comment on view quality.threshold_in_force is
'One row per check whose threshold somebody decided: the last decision.';

create function quality.state_by_threshold(
    broken_count bigint, applicable_count bigint, share numeric, least_rows bigint
)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when applicable_count < least_rows then 'not_applicable'
        when broken_count > share * applicable_count then 'failed'
        else 'passed'
    end
$$;
comment on function quality.state_by_threshold(bigint, bigint, numeric, bigint) is
'What counts say of a check: as many broken rows as the share allows still pass.';

-- The life of the incidents of some checks alone --------------------------------------

create function quality.keep_incident_measures_of(
    measured_in text, run_number bigint, check_ids text[]
)
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
        where finding.measured_in = keep_incident_measures_of.measured_in
            and finding.run_number = keep_incident_measures_of.run_number
            and (
                keep_incident_measures_of.check_ids is null
                or finding.check_id = any(keep_incident_measures_of.check_ids)
            )
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
comment on function quality.keep_incident_measures_of(text, bigint, text[]) is
'What a load or a build made of the incidents of some checks, of all where none are
named. What never failed, and what passes again after it was resolved, is not kept.';

create or replace function quality.keep_incident_measures(
    measured_in text, run_number bigint
)
returns integer
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    select quality.keep_incident_measures_of(measured_in, run_number, null)
$$;

create function quality.renew_incidents_of(run_number bigint, check_ids text[])
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
    return quality.keep_incident_measures_of(
        'build', renew_incidents_of.run_number, renew_incidents_of.check_ids
    );
end
$$;
comment on function quality.renew_incidents_of(bigint, text[]) is
'Derives anew what a build made of the incidents of some checks, whose results of that
build have changed. No later build may have judged them.';

-- Judging stored counts ---------------------------------------------------------------

create function quality.apply_thresholds(check_ids text[]) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    changed record;
    changed_count integer := 0;
begin
    -- Who decides waits for a build that judges, and it for them.
    perform pg_advisory_xact_lock(hashtextextended('quality limits', 0));
    for changed in
        with

        last_runs as (
            select found.check_id, found.source_system, max(found.build_id) as build_id
            from quality.mart_check_result as found
            where found.check_id = any(apply_thresholds.check_ids)
                and found.applicable_count > 0
            group by found.check_id, found.source_system
        ),

        judged as (
            select
                found.build_id,
                found.check_id,
                found.source_system,
                quality.state_by_threshold(
                    found.broken_count,
                    found.applicable_count,
                    threshold.share,
                    definition.least_rows
                ) as state
            from last_runs
            inner join quality.mart_check_result as found
                on last_runs.build_id = found.build_id
                and last_runs.check_id = found.check_id
                and last_runs.source_system = found.source_system
            inner join quality.threshold_in_force as threshold
                on found.check_id = threshold.check_id
            inner join quality.check_definition as definition
                on found.check_id = definition.check_id
        ),

        entered as (
            update quality.mart_check_result as found
            set
                state = judged.state,
                patients_count = case when judged.state = 'failed'
                    then found.patients_count end
            from judged
            where found.build_id = judged.build_id
                and found.check_id = judged.check_id
                and found.source_system = judged.source_system
                and found.state <> judged.state
            returning found.build_id, found.check_id
        )

        select entered.build_id, array_agg(distinct entered.check_id) as check_ids
        from entered
        group by entered.build_id
    loop
        perform quality.renew_incidents_of(changed.build_id, changed.check_ids);
        changed_count := changed_count + cardinality(changed.check_ids);
    end loop;
    return changed_count;
end
$$;
comment on function quality.apply_thresholds(text[]) is
'Judges the last stored counts of each source by the thresholds in force, and renews the
incidents of what changes. Reads no mart. What earlier builds found stays as it was
judged.';

-- What people decide ------------------------------------------------------------------

create function quality.decide_threshold(
    check_id text, share numeric, words text, seen_version integer
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['quality'], 'only quality staff decide thresholds'
    );
    last_version integer;
begin
    perform pg_advisory_xact_lock(hashtextextended('quality limits', 0));
    if not exists (
        select 1
        from quality.check_definition as definition
        where definition.check_id = decide_threshold.check_id
            and definition.level in ('mart', 'limit')
    ) then
        raise no_data_found using message = 'there is no such check of a mart';
    end if;
    if decide_threshold.share is null or decide_threshold.share < 0
        or decide_threshold.share > 0.5
    then
        raise invalid_parameter_value using
            message = 'a threshold is a share of the rows from 0 to 50 %';
    end if;
    select coalesce(max(decision.version), 0) into last_version
    from quality.threshold_decision as decision
    where decision.check_id = decide_threshold.check_id;
    if last_version <> coalesce(decide_threshold.seen_version, 0) then
        raise object_not_in_prerequisite_state using
            message = 'somebody decided about this meanwhile: look at it again';
    end if;
    insert into quality.threshold_decision (
        check_id, version, share, words, decided_by
    )
    values (
        decide_threshold.check_id,
        last_version + 1,
        decide_threshold.share,
        decide_threshold.words,
        asking.user_id
    );
    perform quality.show_thresholds(array[decide_threshold.check_id]);
    perform quality.apply_thresholds(array[decide_threshold.check_id]);
    return last_version + 1;
end
$$;
comment on function quality.decide_threshold(text, numeric, text, integer) is
'Decides which share of rows may break a check, as the officer asking, and judges the
stored counts by it. seen_version is the version that the page showed, 0 for none: if
there is a later one, nothing is decided.';

create function quality.threshold_story(check_id text)
returns table (
    version integer, share numeric, words text, decided_by text, decided_at timestamptz
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform access.require_role(array['quality'], 'only quality staff see thresholds');
    return query
    select
        decision.version,
        decision.share,
        decision.words,
        person.display_name,
        decision.decided_at
    from quality.threshold_decision as decision
    inner join access.person as person
        on decision.decided_by = person.user_id
    where decision.check_id = threshold_story.check_id
    order by decision.version desc;
end
$$;
comment on function quality.threshold_story(text) is
'Every decision about the threshold of one check, the latest first.';

revoke all on quality.threshold_decision, quality.threshold_in_force from public;
revoke execute on function
quality.state_by_threshold(bigint, bigint, numeric, bigint),
quality.keep_incident_measures_of(text, bigint, text[]),
quality.renew_incidents_of(bigint, text[]),
quality.apply_thresholds(text[]),
quality.decide_threshold(text, numeric, text, integer),
quality.threshold_story(text)
from public;
grant select on quality.threshold_decision, quality.threshold_in_force to ehr_builder;
grant execute on function
quality.state_by_threshold(bigint, bigint, numeric, bigint),
quality.renew_incidents_of(bigint, text[]),
quality.apply_thresholds(text[])
to ehr_builder;
grant execute on function
quality.decide_threshold(text, numeric, text, integer),
quality.threshold_story(text)
to ehr_quality;
