-- Limits of values: what is learned, what people sign, what is judged.

-- What was learned: derived, counts and quantiles of many patients ----------------------

create table quality.limit_proposal (
    proposal_id bigint generated always as identity primary key,
    learned_at timestamptz not null,
    analyte_code text not null,
    analyte_name text not null,
    unit text not null,
    age_band text not null,
    sex_code text not null,
    rows_count bigint not null,
    patients_count bigint not null check (patients_count >= 5),
    state text not null check (state in ('proposed', 'too_few', 'no_spread')),
    quantile_05 numeric,
    quantile_25 numeric,
    median numeric,
    quantile_75 numeric,
    quantile_95 numeric,
    low numeric,
    high numeric,
    hump_factor numeric,
    breaking_count bigint,
    reference_low numeric,
    reference_high numeric,
    critical_low numeric,
    critical_high numeric,
    unique (learned_at, analyte_code, unit, age_band, sex_code),
    check ((state = 'proposed') = (low is not null and high is not null)),
    check (low < high)
);
comment on table quality.limit_proposal is
'One row per learning, analyte, unit, age band and sex (all: whatever it is), of at least
5 patients. hump_factor says how many times the others a second group of values is: there
may be two units. breaking_count rows broke the proposal when it was learned. Derived.';

create table quality.limit_histogram (
    proposal_id bigint not null
    references quality.limit_proposal on delete cascade,
    position integer not null,
    from_value numeric,
    to_value numeric,
    rows_count bigint not null,
    patients_count bigint not null check (patients_count >= 5),
    primary key (proposal_id, position)
);
comment on table quality.limit_histogram is
'One row per bar of a proposal''s picture that has values of at least 5 patients; a bar
without an end holds all beyond.';

-- What people decide --------------------------------------------------------------------

create table quality.limit_decision (
    decision_id bigint generated always as identity primary key,
    check_id text not null generated always as (
        'fct_lab_results:limit:' || analyte_code || ':' || unit || ':' || age_band
        || ':' || sex_code
    ) stored,
    analyte_code text not null,
    analyte_name text not null,
    unit text not null,
    age_band text not null,
    sex_code text not null,
    version integer not null,
    action_code text not null check (action_code in ('sign', 'retire')),
    low numeric,
    high numeric,
    -- What it rests on stays readable when proposals are learned anew.
    proposal_id bigint not null,
    proposed_low numeric,
    proposed_high numeric,
    rows_count bigint not null,
    patients_count bigint not null,
    words text not null check (length(words) between 10 and 1000),
    decided_by text not null references access.person (user_id),
    decided_at timestamptz not null default clock_timestamp(),
    unique (analyte_code, unit, age_band, sex_code, version),
    check ((action_code = 'sign') = (coalesce(low, high) is not null)),
    check (low < high)
);
comment on table quality.limit_decision is
'One row per decision about the limits of an analyte in one unit, of one age band and
sex; both ends still keep them. The highest version is in force. Rows are only added.';

create view quality.limit_last_decided with (security_invoker = true) as
select distinct on (decision.check_id) decision.*
from quality.limit_decision as decision
order by decision.check_id, decision.version desc;
comment on view quality.limit_last_decided is
'One row per limit that was ever signed: the last decision, which may have retired it.';

create function quality.decide_limit(
    proposal_id bigint,
    action_code text,
    low numeric,
    high numeric,
    words text,
    seen_version integer
)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    asking access.person := access.require_role(
        array['quality'], 'only quality staff sign limits'
    );
    proposal quality.limit_proposal;
    last_decided quality.limit_last_decided;
    decided_check text;
begin
    perform pg_advisory_xact_lock(hashtextextended('quality limits', 0));
    select learned.* into proposal
    from quality.limit_proposal as learned
    where learned.proposal_id = decide_limit.proposal_id;
    if proposal.proposal_id is null then
        raise no_data_found using
            message = 'the limits were learned anew meanwhile: look at them again';
    end if;
    select decided.* into last_decided
    from quality.limit_last_decided as decided
    where decided.analyte_code = proposal.analyte_code
        and decided.unit = proposal.unit
        and decided.age_band = proposal.age_band
        and decided.sex_code = proposal.sex_code;
    if coalesce(last_decided.version, 0) <> coalesce(decide_limit.seen_version, 0) then
        raise object_not_in_prerequisite_state using
            message = 'somebody decided about this meanwhile: look at it again';
    end if;
    if decide_limit.action_code = 'retire'
        and last_decided.action_code is distinct from 'sign'
    then
        raise object_not_in_prerequisite_state using
            message = 'no limit is signed that could be retired';
    end if;
    if decide_limit.action_code = 'sign' and (
        coalesce(decide_limit.low, decide_limit.high) is null
        or decide_limit.low >= decide_limit.high
        or 'NaN' in (decide_limit.low, decide_limit.high)
    ) then
        raise invalid_parameter_value using
            message = 'a limit has a lower end, an upper end above it, or both';
    end if;
    insert into quality.limit_decision as decision (
        analyte_code, analyte_name, unit, age_band, sex_code, version, action_code,
        low, high, proposal_id, proposed_low, proposed_high, rows_count,
        patients_count, words, decided_by
    )
    values (
        proposal.analyte_code,
        proposal.analyte_name,
        proposal.unit,
        proposal.age_band,
        proposal.sex_code,
        coalesce(last_decided.version, 0) + 1,
        decide_limit.action_code,
        decide_limit.low,
        decide_limit.high,
        proposal.proposal_id,
        proposal.low,
        proposal.high,
        proposal.rows_count,
        proposal.patients_count,
        decide_limit.words,
        asking.user_id
    )
    returning decision.check_id into decided_check;
    if decide_limit.action_code = 'retire' then
        perform quality.pass_retired_limit(decided_check);
    end if;
    return decided_check;
end
$$;
comment on function quality.decide_limit(bigint, text, numeric, numeric, text, integer) is
'Signs limits for the analyte, unit, age band and sex of a proposal, or retires them, as
the officer asking; returns the id of the check. seen_version is the version that the
page showed, 0 for none: if there is a later one, nothing is decided.';

create function quality.pass_retired_limit(check_id text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    run record;
begin
    -- Where there is no limit nothing breaks it: its incidents end.
    for run in
        with entered as (
            update quality.mart_check_result as found
            set state = 'passed', broken_count = 0, patients_count = null
            where found.check_id = pass_retired_limit.check_id
                and found.state = 'failed'
                and not exists (
                    select 1
                    from quality.mart_check_result as later
                    where later.check_id = found.check_id
                        and later.source_system = found.source_system
                        and later.build_id > found.build_id
                        and later.state <> 'not_applicable'
                )
            returning found.build_id
        )

        select distinct entered.build_id from entered
    loop
        perform quality.renew_incidents_of(
            run.build_id, array[pass_retired_limit.check_id]
        );
    end loop;
end
$$;
comment on function quality.pass_retired_limit(text) is
'Lets the last result of a retired limit pass in each source, which resolves incidents.';

create function quality.forget_limit_results(build_id bigint, check_ids text[])
returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    delete from quality.mart_check_result as found
    using quality.limit_last_decided as decided
    where found.check_id = decided.check_id
        and found.build_id = forget_limit_results.build_id
        and found.check_id = any(forget_limit_results.check_ids)
$$;
comment on function quality.forget_limit_results(bigint, text[]) is
'Forgets what a build found of some signed limits, before they are judged again.';

create function quality.show_limits() returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    update quality.check_definition as definition
    set
        signed_version = decided.version,
        signed_by = person.display_name,
        signed_at = decided.decided_at
    from quality.limit_last_decided as decided
    inner join access.person as person
        on decided.decided_by = person.user_id
    where definition.check_id = decided.check_id
$$;
comment on function quality.show_limits() is
'Writes beside the checks of limits which version is in force, by whom and when.';

create function quality.show_thresholds(check_ids text[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    update quality.check_definition as definition
    set
        threshold = case when threshold.share = 0 then 'no row breaks it'
            else 'at most '
                || trim_scale(threshold.share * 100) || '% of rows break it' end
        || case when definition.least_rows > 1
            then ', of ' || definition.least_rows || ' or more' else '' end,
        threshold_origin = 'signed off',
        -- Beside a limit stands who signed its ends.
        signed_version = case when decided.check_id is null then threshold.version
            else definition.signed_version end,
        signed_by = case when decided.check_id is null then person.display_name
            else definition.signed_by end,
        signed_at = case when decided.check_id is null then threshold.decided_at
            else definition.signed_at end
    from quality.threshold_in_force as threshold
    inner join access.person as person
        on threshold.decided_by = person.user_id
    left join quality.limit_last_decided as decided
        on threshold.check_id = decided.check_id
    where definition.check_id = threshold.check_id
        -- Nothing breaks a retired limit, whatever its threshold is.
        and decided.action_code is distinct from 'retire'
        and (
            show_thresholds.check_ids is null
            or definition.check_id = any(show_thresholds.check_ids)
        )
$$;
comment on function quality.show_thresholds(text[]) is
'Writes beside some checks, or all, which threshold was decided, and beside those of
marts by whom and when; beside a limit stands who signed it.';

create function quality.limit_story()
returns table (
    check_id text,
    analyte_code text,
    analyte_name text,
    unit text,
    age_band text,
    sex_code text,
    version integer,
    action_code text,
    low numeric,
    high numeric,
    proposed_low numeric,
    proposed_high numeric,
    rows_count bigint,
    patients_count bigint,
    words text,
    decided_by text,
    decided_at timestamptz
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform access.require_role(array['quality'], 'only quality staff see limits');
    return query
    select
        decision.check_id,
        decision.analyte_code,
        decision.analyte_name,
        decision.unit,
        decision.age_band,
        decision.sex_code,
        decision.version,
        decision.action_code,
        decision.low,
        decision.high,
        decision.proposed_low,
        decision.proposed_high,
        decision.rows_count,
        decision.patients_count,
        decision.words,
        person.display_name,
        decision.decided_at
    from quality.limit_decision as decision
    inner join access.person as person
        on decision.decided_by = person.user_id
    order by decision.check_id collate "C", decision.version desc;
end
$$;
comment on function quality.limit_story() is
'Every decision about limits, of each the latest first.';

revoke all on
quality.limit_proposal, quality.limit_histogram, quality.limit_decision,
quality.limit_last_decided
from public;
revoke execute on function
quality.decide_limit(bigint, text, numeric, numeric, text, integer),
quality.pass_retired_limit(text),
quality.forget_limit_results(bigint, text[]),
quality.show_limits(),
quality.show_thresholds(text[]),
quality.limit_story()
from public;
grant select, insert, update, delete on quality.limit_proposal to ehr_builder;
grant select, insert, delete on quality.limit_histogram to ehr_builder;
grant select on quality.limit_decision, quality.limit_last_decided to ehr_builder;
grant execute on function
quality.forget_limit_results(bigint, text[]),
quality.show_limits(),
quality.show_thresholds(text[])
to ehr_builder;
grant select on quality.limit_proposal, quality.limit_histogram to ehr_quality;
grant execute on function
quality.decide_limit(bigint, text, numeric, numeric, text, integer),
quality.limit_story()
to ehr_quality;
