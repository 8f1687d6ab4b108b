-- Which alerts about medicines a person was shown, and what came of them.

-- On the chart ---------------------------------------------------------------------

create table access.alert_look (
    user_id text not null references access.person (user_id),
    patient_key bigint not null,
    alert bigint not null,
    seen_at timestamptz not null default now(),
    primary key (user_id, patient_key, alert)
);
create index on access.alert_look (patient_key);
comment on table access.alert_look is
'Which alerts stood on a patient''s chart before a person, and when last; numbers of
digests.';

create function access.alert_looks(patient_key bigint)
returns table (alert bigint, seen_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select look.alert, max(look.seen_at)
    from access.alert_look as look
    where (select access.is_known_person())
        and look.user_id = current_setting('ehr.user_id')
        -- What was seen before a merge has been seen.
        and look.patient_key
        = any(access.keys_of_persons(array[alert_looks.patient_key]))
    group by look.alert
$$;
comment on function access.alert_looks(bigint) is
'Which alerts of a patient the person asking has seen on the chart, and when last.';

create function access.keep_alert_look(patient_key bigint, alerts bigint[])
returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into access.alert_look as look (user_id, patient_key, alert)
    select distinct current_setting('ehr.user_id'), seen.patient_key, told.alert
    from unnest(access.may_see(array[keep_alert_look.patient_key]))
        as seen (patient_key)
    cross join unnest(keep_alert_look.alerts) as told (alert)
    where (select access.is_known_person())
        and cardinality(keep_alert_look.alerts) <= 10000
    on conflict (user_id, patient_key, alert) do update
    set seen_at = now()
    returning true
$$;
comment on function access.keep_alert_look(bigint, bigint[]) is
'Keeps which alerts the person asking was shown; nothing of a patient who may not be
seen.';

-- Before signing -------------------------------------------------------------------

-- The code of an alert is its kind and what it is about, as a prescription keeps it.
create table access.shown_alert (
    user_id text not null references access.person (user_id),
    patient_key bigint not null,
    alert_code text not null check (
        alert_code ~ '^[a-z_]{1,40}:[^,]+$' and length(alert_code) <= 500
    ),
    severity_code text not null check (
        severity_code in ('contraindicated', 'major', 'moderate', 'minor')
    ),
    shown_at timestamptz not null default clock_timestamp(),
    overridden_at timestamptz check (overridden_at >= shown_at),
    override_reason_code text check (override_reason_code ~ '^[a-z_]{1,40}$'),
    primary key (user_id, patient_key, alert_code, shown_at),
    check ((overridden_at is null) = (override_reason_code is null))
);
create index on access.shown_alert (patient_key);
comment on table access.shown_alert is
'Interrupting alerts that a form showed before a medicine was signed, and with which
reason each was overridden; one that was not was heeded, or the form was left.';

create function access.keep_shown_alerts(
    patient_key bigint, alert_codes text[], severity_codes text[]
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    kept integer;
begin
    insert into access.shown_alert (user_id, patient_key, alert_code, severity_code)
    select distinct current_setting('ehr.user_id'), seen.patient_key, told.alert_code,
        told.severity_code
    from unnest(access.may_see(array[keep_shown_alerts.patient_key]))
        as seen (patient_key)
    cross join unnest(
        keep_shown_alerts.alert_codes, keep_shown_alerts.severity_codes
    ) as told (alert_code, severity_code)
    where (select access.is_known_person())
        and cardinality(keep_shown_alerts.alert_codes) <= 100
        -- A form that is left and opened again in one shift is one showing.
        and not exists (
            select 1
            from access.shown_alert as before
            where before.user_id = current_setting('ehr.user_id')
                and before.patient_key = seen.patient_key
                and before.alert_code = told.alert_code
                and before.overridden_at is null
                and before.shown_at > clock_timestamp() - interval '12 hours'
        );
    get diagnostics kept = row_count;
    return kept;
end
$$;
comment on function access.keep_shown_alerts(bigint, text[], text[]) is
'Keeps which interrupting alerts the person asking was shown; nothing of a patient who may
not be seen.';

create function access.keep_overridden_alerts(
    patient_key bigint, alert_codes text[], severity_codes text[], reason_code text
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    kept integer;
begin
    -- A showing that could not be written when it stood there is made up for.
    perform access.keep_shown_alerts(
        keep_overridden_alerts.patient_key,
        keep_overridden_alerts.alert_codes,
        keep_overridden_alerts.severity_codes
    );
    update access.shown_alert as shown
    set
        overridden_at = clock_timestamp(),
        override_reason_code = keep_overridden_alerts.reason_code
    where (select access.is_known_person())
        and shown.user_id = current_setting('ehr.user_id')
        and shown.patient_key
        = any(access.may_see(array[keep_overridden_alerts.patient_key]))
        and shown.alert_code = any(keep_overridden_alerts.alert_codes)
        and shown.overridden_at is null
        and shown.shown_at = (
            select max(latest.shown_at)
            from access.shown_alert as latest
            where latest.user_id = shown.user_id
                and latest.patient_key = shown.patient_key
                and latest.alert_code = shown.alert_code
        );
    get diagnostics kept = row_count;
    return kept;
end
$$;
comment on function access.keep_overridden_alerts(bigint, text[], text[], text) is
'Keeps that the person asking signed in spite of alerts, and why, by a code.';

-- For quality staff ----------------------------------------------------------------

create function access.shown_alert_counts()
returns table (
    alert_kind_code text,
    severity_code text,
    alert_code text,
    shown_count bigint,
    overridden_count bigint,
    prescribers_count bigint,
    patients_count bigint,
    override_reason_code text,
    reason_count bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    shown as (
        select
            shown.user_id,
            coalesce(merged.surviving_patient_key, shown.patient_key) as person_key,
            split_part(shown.alert_code, ':', 1) as alert_kind_code,
            shown.severity_code,
            shown.alert_code,
            shown.overridden_at,
            shown.override_reason_code
        from access.shown_alert as shown
        left join raw.merged_patients as merged
            on shown.patient_key = merged.patient_key
        where (select access.is_known_person())
            and shown.shown_at > now() - interval '1 year'
    ),

    -- What fewer patients share is counted without its name.
    of_many as (
        select shown.alert_code, shown.severity_code
        from shown
        group by shown.alert_code, shown.severity_code
        having count(distinct shown.person_key) >= 11
    ),

    named as (
        select
            shown.user_id,
            shown.person_key,
            shown.alert_kind_code,
            shown.severity_code,
            of_many.alert_code,
            shown.overridden_at,
            shown.override_reason_code
        from shown
        left join of_many
            on shown.alert_code = of_many.alert_code
            and shown.severity_code = of_many.severity_code
    ),

    rules as (
        select
            named.alert_kind_code,
            named.severity_code,
            named.alert_code,
            count(*) as shown_count,
            count(named.overridden_at) as overridden_count,
            count(distinct named.user_id) as prescribers_count,
            count(distinct named.person_key) as patients_count
        from named
        group by named.alert_kind_code, named.severity_code, named.alert_code
    ),

    reasons as (
        select
            named.alert_kind_code,
            named.severity_code,
            named.alert_code,
            named.override_reason_code,
            count(*) as reason_count
        from named
        where named.override_reason_code is not null
        group by
            named.alert_kind_code,
            named.severity_code,
            named.alert_code,
            named.override_reason_code
    )

    select
        rules.alert_kind_code,
        rules.severity_code,
        rules.alert_code,
        rules.shown_count,
        rules.overridden_count,
        rules.prescribers_count,
        rules.patients_count,
        reasons.override_reason_code,
        reasons.reason_count
    from rules
    left join reasons
        on rules.alert_kind_code = reasons.alert_kind_code
        and rules.severity_code = reasons.severity_code
        and rules.alert_code is not distinct from reasons.alert_code
$$;
comment on function access.shown_alert_counts() is
'How often each interrupting alert was shown and overridden in the last year, one row per
reason; counts alone, of no patient and no prescriber.';

-- Who may use what -----------------------------------------------------------------

revoke all on access.alert_look, access.shown_alert from public;
revoke execute on function
access.alert_looks(bigint), access.keep_alert_look(bigint, bigint[]),
access.keep_shown_alerts(bigint, text[], text[]),
access.keep_overridden_alerts(bigint, text[], text[], text),
access.shown_alert_counts()
from public;
grant execute on function
access.alert_looks(bigint), access.keep_alert_look(bigint, bigint[])
to ehr_doctor, ehr_nurse;
grant execute on function
access.keep_shown_alerts(bigint, text[], text[]),
access.keep_overridden_alerts(bigint, text[], text[], text)
to ehr_doctor;
grant execute on function access.shown_alert_counts() to ehr_quality;
