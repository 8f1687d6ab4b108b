-- The audit trail by months, what came by the spool, and what compliance does with it:
-- weekly reviews, disclosures, reviews of broken glass, re-certification.
-- Tables of the feeds and of access rules may be made after this revision.
set local check_function_bodies = off;

-- The trail, one partition a month ---------------------------------------------------
-- The month is that of recording and never goes back, whatever the clock does: so each
-- partition holds a whole stretch of the chain, and can be closed and taken away whole.

alter table audit.event rename to event_without_months;
alter table audit.event_without_months rename constraint event_pkey
to event_without_months_pkey;
drop trigger only_grows on audit.event_without_months;
drop function audit.hash_of(audit.event_without_months);
drop index audit.event_event_id_idx;
drop index audit.event_intent_id_idx;
drop index audit.event_patient_keys;

create table audit.event (
    event_id bigint not null,
    month date not null check (extract(day from month) = 1),
    happened_at timestamptz not null,
    recorded_at timestamptz not null,
    user_id text not null,
    role text not null,
    action text not null,
    subject text not null,
    patient_keys bigint[] not null,
    row_count bigint not null check (row_count >= 0),
    purpose text,
    result text not null check (result in ('intended', 'ok', 'denied', 'error')),
    intent_id bigint,
    entry_id uuid,
    is_spooled boolean not null,
    client_address text,
    hash_format smallint not null check (hash_format in (1, 2)),
    previous_hash bytea not null,
    hash bytea not null,
    primary key (event_id, month)
) partition by range (month);
comment on table audit.event is
'Who looked at whom, and other acts; each row carries the hash of the one before.';
comment on column audit.event.happened_at is
'When it was done; for what came by the spool by the clock of the machine that kept it.';
comment on column audit.event.recorded_at is
'When the trail took it up; later than happened_at where it came by the spool.';
comment on column audit.event.intent_id is
'The event that announced the action of which this is the outcome.';
comment on column audit.event.entry_id is
'Given before the first try to write it, so that a second try writes it no second time.';
comment on column audit.event.hash_format is
'What the hash covers: 1 is what it covered before there were months.';

create index event_intended on audit.event (event_id) where result = 'intended';
create index event_outcome on audit.event (intent_id) where intent_id is not null;
create index event_patient_keys on audit.event using gin (patient_keys);
create index event_happened_at on audit.event (happened_at);
create index event_entry_id on audit.event (entry_id);

create function audit.month_of(moment timestamptz) returns date
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select date_trunc('month', moment at time zone 'UTC')::date
$$;
comment on function audit.month_of(timestamptz) is
'First day of the month, by UTC, whatever zone is asked from.';

create function audit.partition_of(month date) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select 'event_' || to_char(month, 'YYYY_MM')
$$;

create function audit.ensure_month(month date) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    partition_name text := audit.partition_of(month);
begin
    if to_regclass('audit.' || quote_ident(partition_name)) is not null then
        return;
    end if;
    -- Made apart and attached: so readers of the other months need not wait.
    execute format(
        'create table audit.%I (like audit.event including defaults '
        'including constraints)',
        partition_name
    );
    execute format('revoke all on audit.%I from public', partition_name);
    execute format(
        'create trigger only_grows before update or delete or truncate '
        'on audit.%I for each statement execute function audit.refuse_change()',
        partition_name
    );
    execute format(
        'alter table audit.event attach partition audit.%I '
        'for values from (%L) to (%L)',
        partition_name, month, (month + interval '1 month')::date
    );
end
$$;
comment on function audit.ensure_month(date) is
'Makes the partition of a month, closed to change, where there is none.';

create trigger only_grows before update or delete or truncate on audit.event
for each statement execute function audit.refuse_change();

-- What the chain hashes --------------------------------------------------------------

create function audit.moment_text(moment timestamptz) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
$$;

create function audit.hash_of(event audit.event) returns bytea
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select sha256(
        event.previous_hash || convert_to(
            case event.hash_format
                when 1 then (
                    jsonb_build_array(
                        event.event_id,
                        audit.moment_text(event.happened_at),
                        event.user_id,
                        event.role,
                        event.action,
                        event.subject,
                        event.patient_keys,
                        event.row_count,
                        event.purpose,
                        event.result
                    )
                    || case
                        when event.intent_id is null then '[]'::jsonb
                        else jsonb_build_array(event.intent_id)
                    end
                )
                else jsonb_build_array(
                    event.hash_format,
                    event.event_id,
                    to_char(event.month, 'YYYY-MM-DD'),
                    audit.moment_text(event.happened_at),
                    audit.moment_text(event.recorded_at),
                    event.user_id,
                    event.role,
                    event.action,
                    event.subject,
                    event.patient_keys,
                    event.row_count,
                    event.purpose,
                    event.result,
                    event.intent_id,
                    event.entry_id,
                    event.is_spooled,
                    event.client_address
                )
            end::text,
            'UTF8'
        )
    )
$$;
comment on function audit.hash_of(audit.event) is
'The hash that an event must carry, by the format that it was written in.';

-- Events of before move into their months, hashes and all.
alter table audit.head add column month date not null default '-infinity';

do $$
declare
    of_events date;
begin
    for of_events in
        select distinct audit.month_of(event.happened_at)
        from audit.event_without_months as event
    loop
        perform audit.ensure_month(of_events);
    end loop;
    for ahead in 0..2 loop
        perform audit.ensure_month(
            audit.month_of(clock_timestamp() + make_interval(months => ahead))
        );
    end loop;
end
$$;

insert into audit.event
select
    event.event_id,
    -- A clock that once went back must not tear a month apart.
    max(audit.month_of(event.happened_at)) over (order by event.event_id),
    event.happened_at,
    event.happened_at,
    event.user_id,
    event.role,
    event.action,
    event.subject,
    event.patient_keys,
    event.row_count,
    event.purpose,
    event.result,
    event.intent_id,
    null,
    false,
    null,
    1,
    event.previous_hash,
    event.hash
from audit.event_without_months as event;

update audit.head
set month = coalesce((select max(event.month) from audit.event as event), month);
drop table audit.event_without_months;

-- Appending --------------------------------------------------------------------------

create function audit.enter(event audit.event) returns audit.event
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    head audit.head;
begin
    select last.* into strict head from audit.head as last for update;
    event.event_id := head.event_id + 1;
    event.month := greatest(audit.month_of(event.recorded_at), head.month);
    event.hash_format := 2;
    event.previous_hash := head.hash;
    event.hash := audit.hash_of(event);
    perform audit.ensure_month(event.month);
    insert into audit.event values (event.*);
    update audit.head
    set event_id = event.event_id, hash = event.hash, month = event.month;
    return event;
end
$$;
comment on function audit.enter(audit.event) is
'Puts an event at the end of the chain; only other functions of the owner call it.';

drop function audit.append(
    text, text, text, text, bigint[], bigint, text, text, bigint
);
create function audit.append(
    user_id text,
    role text,
    action text,
    subject text,
    patient_keys bigint[],
    row_count bigint,
    purpose text,
    result text,
    intent_id bigint default null,
    entry_id uuid default null,
    intent_entry_id uuid default null,
    client_address text default null,
    kept_at timestamptz default null
)
returns table (event_id bigint, hash bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    event audit.event;
begin
    perform 1 from audit.head as last for update;
    if kept_at is not null then
        select known.* into event
        from audit.event as known
        where known.entry_id = append.entry_id;
        if found then
            return query select event.event_id, event.hash;
            return;
        end if;
    end if;
    if intent_entry_id is not null then
        select announced.event_id into intent_id
        from audit.event as announced
        where announced.entry_id = append.intent_entry_id;
    end if;
    if kept_at is null and intent_entry_id is not null and intent_id is null then
        raise no_data_found using message = 'the announcement is not in the trail yet';
    end if;
    if kept_at is null and exists (
        select 1 from audit.event as outcome
        where outcome.intent_id = append.intent_id
    ) then
        raise unique_violation using message = 'the action has its outcome already';
    end if;
    event.recorded_at := clock_timestamp();
    event.happened_at := coalesce(kept_at, event.recorded_at);
    event.user_id := user_id;
    event.role := role;
    event.action := action;
    event.subject := subject;
    event.patient_keys := patient_keys;
    event.row_count := row_count;
    event.purpose := purpose;
    event.result := result;
    event.intent_id := intent_id;
    event.entry_id := entry_id;
    event.is_spooled := kept_at is not null;
    event.client_address := client_address;
    event := audit.enter(event);
    return query select event.event_id, event.hash;
end
$$;
comment on function audit.append(
    text, text, text, text, bigint[], bigint, text, text, bigint, uuid, uuid, text,
    timestamptz
) is
'Writes an event. kept_at says that the spool kept it since then: it is marked so, and
an entry that is in the trail already is not written again.';

-- Months that were taken away --------------------------------------------------------

create table audit.closed_month (
    month date primary key,
    first_event_id bigint not null,
    last_event_id bigint not null,
    opening_hash bytea not null,
    closing_hash bytea not null,
    export_sha256 bytea not null,
    closed_at timestamptz not null default clock_timestamp(),
    previous_seal bytea not null,
    seal bytea not null,
    check (first_event_id <= last_event_id)
);
comment on table audit.closed_month is
'Months whose events were exported and taken away; the chain goes on from the closing
hash of the last. Each seal covers the one before, and is in the trail itself.';
create trigger only_grows before update or delete or truncate on audit.closed_month
for each statement execute function audit.refuse_change();

create function audit.seal_of(closed audit.closed_month) returns bytea
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select sha256(
        closed.previous_seal || convert_to(
            jsonb_build_array(
                to_char(closed.month, 'YYYY-MM-DD'),
                closed.first_event_id,
                closed.last_event_id,
                encode(closed.opening_hash, 'hex'),
                encode(closed.closing_hash, 'hex'),
                encode(closed.export_sha256, 'hex'),
                audit.moment_text(closed.closed_at)
            )::text,
            'UTF8'
        )
    )
$$;

create function audit.close_month(month date, export_sha256 bytea, operator text)
returns table (event_id bigint, hash bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    years_kept constant interval := '6 years';
    closed audit.closed_month;
begin
    perform 1 from audit.head as last for update;
    if month + interval '1 month' > (now() at time zone 'UTC') - years_kept then
        raise exception 'month % is younger than 6 years and is kept',
            to_char(month, 'YYYY-MM');
    end if;
    if exists (
        select 1 from audit.event as earlier where earlier.month < close_month.month
    ) then
        raise exception 'an earlier month is still there: close it first';
    end if;
    if exists (select 1 from audit.find_breaks()) then
        raise exception 'the trail is broken: nothing is taken away until it is judged';
    end if;
    select
        close_month.month,
        min(event.event_id),
        max(event.event_id)
    into closed.month, closed.first_event_id, closed.last_event_id
    from audit.event as event
    where event.month = close_month.month;
    if closed.first_event_id is null then
        raise exception 'month % has no events', to_char(month, 'YYYY-MM');
    end if;
    select event.previous_hash into strict closed.opening_hash
    from audit.event as event where event.event_id = closed.first_event_id;
    select event.hash into strict closed.closing_hash
    from audit.event as event where event.event_id = closed.last_event_id;
    closed.export_sha256 := export_sha256;
    closed.closed_at := clock_timestamp();
    select coalesce(
        (
            select earlier.seal from audit.closed_month as earlier
            order by earlier.month desc limit 1
        ),
        sha256('')
    ) into closed.previous_seal;
    closed.seal := audit.seal_of(closed);
    insert into audit.closed_month values (closed.*);
    execute format('drop table audit.%I', audit.partition_of(month));
    return query
    select appended.event_id, appended.hash
    from audit.append(
        operator, 'ehr_owner', 'close month', to_char(month, 'YYYY-MM'),
        '{}'::bigint[], closed.last_event_id - closed.first_event_id + 1,
        'seal ' || encode(closed.seal, 'hex'), 'ok'
    ) as appended;
end
$$;
comment on function audit.close_month(date, bytea, text) is
'Takes away the oldest month once it is older than six years and exported; what remains
still verifies. The owner calls it.';

-- Breaks -----------------------------------------------------------------------------

create or replace function audit.find_breaks()
returns table (event_id bigint, problem text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    start as (
        select
            coalesce(max(closed.last_event_id), 0) as event_id,
            coalesce(
                (array_agg(closed.closing_hash order by closed.last_event_id desc))[1],
                sha256('')
            ) as hash,
            coalesce(max(closed.month), '-infinity'::date) as month
        from audit.closed_month as closed
    ),

    chained as (
        select
            event.event_id,
            event.hash,
            event.hash = audit.hash_of(event) as is_untouched,
            event.previous_hash = lag(event.hash, 1, start.hash)
                over (order by event.event_id) as is_linked,
            event.event_id - lag(event.event_id, 1, start.event_id)
                over (order by event.event_id) as step,
            event.month >= lag(event.month, 1, start.month)
                over (order by event.event_id) as is_in_its_month
        from audit.event as event
        cross join start
    ),

    sealed as (
        select
            closed.last_event_id,
            closed.seal,
            closed.seal = audit.seal_of(closed)
            and closed.previous_seal = lag(closed.seal, 1, sha256(''))
                over (order by closed.month)
            and closed.opening_hash = lag(closed.closing_hash, 1, sha256(''))
                over (order by closed.month)
            and closed.first_event_id
                = lag(closed.last_event_id, 1, 0::bigint) over (order by closed.month)
                + 1 as is_whole,
            row_number() over (order by closed.month desc) as months_ago
        from audit.closed_month as closed
    )

    select
        chained.event_id,
        case
            when not chained.is_untouched then 'changed after it was written'
            when chained.step <> 1 then 'an event before it is missing'
            when not chained.is_linked then 'does not follow from the event before it'
            else 'is in a month that was over'
        end
    from chained
    where not (
        chained.is_untouched
        and chained.is_linked
        and chained.step = 1
        and chained.is_in_its_month
    )
    union all
    select
        head.event_id,
        'the last event is not the one that was written last'
    from audit.head as head
    where head.event_id > 0
        and not exists (
            select 1 from chained
            where chained.event_id = head.event_id
                and chained.hash = head.hash
                and chained.event_id = (select max(tail.event_id) from chained as tail)
        )
    union all
    select
        sealed.last_event_id,
        'the seal of the month that ended here was changed'
    from sealed
    where not sealed.is_whole
    union all
    -- The newest seal covers all before it, and stands in the trail.
    select
        sealed.last_event_id,
        'the month that ended here was taken away without a word in the trail'
    from sealed
    where sealed.months_ago = 1
        and not exists (
            select 1 from audit.event as event
            where event.action = 'close month'
                and event.purpose = 'seal ' || encode(sealed.seal, 'hex')
        )
    union all
    select
        disclosure.event_id,
        'the disclosure is not the one that was written'
    from audit.disclosure as disclosure
    left join audit.event as event
        on disclosure.event_id = event.event_id
    where disclosure.event_id > (select start.event_id from start)
        and (
            event.action is distinct from 'disclose'
            or event.patient_keys is distinct from disclosure.patient_keys
            or event.subject is distinct from disclosure.what
            or event.purpose is distinct from audit.words_of(disclosure)
        )
    union all
    select
        event.event_id,
        'the disclosure that it tells of is missing'
    from audit.event as event
    where event.action = 'disclose'
        and event.result = 'ok'
        and not exists (
            select 1 from audit.disclosure as disclosure
            where disclosure.event_id = event.event_id
        )
    order by 1
$$;
comment on function audit.find_breaks() is
'Events, seals and disclosures that were changed, removed or put in; none when the trail
is whole.';

-- Accounting of disclosures (45 CFR 164.528) -----------------------------------------

create table audit.disclosure (
    event_id bigint primary key,
    disclosed_at timestamptz not null,
    user_id text not null,
    recipient_name text not null check (recipient_name <> ''),
    recipient_address text not null,
    purpose_code text not null check (
        purpose_code in (
            'patient_request', 'treatment', 'payment', 'operations', 'research',
            'public_health', 'law', 'other'
        )
    ),
    purpose_text text not null check (purpose_text <> ''),
    what text not null check (what <> ''),
    patient_keys bigint[] not null check (cardinality(patient_keys) > 0)
);
create index disclosure_patient_keys on audit.disclosure using gin (patient_keys);
comment on table audit.disclosure is
'What left the house: who got what of whom, when and why. Its event is in the chain.';
create trigger only_grows before update or delete or truncate on audit.disclosure
for each statement execute function audit.refuse_change();

create function audit.words_of(disclosure audit.disclosure) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_array(
        disclosure.recipient_name,
        disclosure.recipient_address,
        disclosure.purpose_code,
        disclosure.purpose_text,
        disclosure.user_id,
        audit.moment_text(disclosure.disclosed_at)
    )::text
$$;

create function audit.disclose(
    user_id text,
    role text,
    what text,
    patient_keys bigint[],
    recipient_name text,
    recipient_address text,
    purpose_code text,
    purpose_text text,
    client_address text default null
)
returns table (event_id bigint, hash bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    disclosure audit.disclosure;
    event record;
begin
    disclosure.disclosed_at := clock_timestamp();
    disclosure.user_id := user_id;
    disclosure.recipient_name := recipient_name;
    disclosure.recipient_address := recipient_address;
    disclosure.purpose_code := purpose_code;
    disclosure.purpose_text := purpose_text;
    disclosure.what := what;
    disclosure.patient_keys := patient_keys;
    select appended.* into strict event
    from audit.append(
        user_id, role, 'disclose', what, patient_keys, cardinality(patient_keys),
        audit.words_of(disclosure), 'ok', client_address => disclose.client_address
    ) as appended;
    disclosure.event_id := event.event_id;
    insert into audit.disclosure (
        event_id, disclosed_at, user_id, recipient_name, recipient_address,
        purpose_code, purpose_text, what, patient_keys
    )
    values (
        disclosure.event_id, disclosure.disclosed_at, disclosure.user_id,
        disclosure.recipient_name, disclosure.recipient_address,
        disclosure.purpose_code, disclosure.purpose_text, disclosure.what,
        disclosure.patient_keys
    );
    return query select event.event_id, event.hash;
end
$$;
comment on function audit.disclose(
    text, text, text, bigint[], text, text, text, text, text
) is
'Writes down a disclosure before anything leaves the house.';

-- Weekly review (45 CFR 164.308(a)(1)(ii)(D)) ----------------------------------------

create table audit.review (
    week date primary key check (extract(isodow from week) = 1),
    prepared_at timestamptz not null,
    figures jsonb not null,
    signed_at timestamptz,
    signed_by text,
    comment text,
    check ((signed_at is null) = (signed_by is null))
);
comment on table audit.review is
'What happened in a week, by its Monday, and who read and signed it; figures, no values.';

create function audit.is_compliance() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select session_user = 'ehr_compliance' and access.is_known_person()
$$;
comment on function audit.is_compliance() is
'Whether a compliance officer with an active account is asking.';

create function audit.figures_of(since timestamptz, until timestamptz) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    events as (
        select event.*
        from audit.event as event
        where event.happened_at >= since and event.happened_at < until
    ),

    counted as (
        select
            count(*) as events,
            count(distinct events.user_id) filter (
                where events.role <> 'ehr_owner' and events.role <> ''
            ) as people,
            count(*) filter (where events.result = 'denied'
                and events.action <> 'sign in') as denied,
            count(*) filter (where events.result = 'error') as failed,
            count(*) filter (
                where events.action = 'sign in' and events.result = 'ok'
            ) as sign_ins,
            count(*) filter (
                where events.action = 'sign in' and events.result = 'denied'
            ) as failed_sign_ins,
            count(*) filter (
                where events.action in ('disclose', 'export', 'download', 'unmask')
                    and events.result = 'ok'
            ) as exports,
            count(*) filter (
                where events.result = 'intended'
                    and not exists (
                        select 1 from audit.event as outcome
                        where outcome.intent_id = events.event_id
                    )
            ) as unfinished,
            count(*) filter (where events.is_spooled) as by_the_spool
        from events
    )

    select
        to_jsonb(counted.*)
        || jsonb_build_object(
            'patients', (
                select count(distinct looked.patient_key)
                from events
                cross join unnest(events.patient_keys) as looked (patient_key)
            ),
            'glass_broken', (
                select count(*) from access.break_glass as glass
                where glass.opened_at >= since and glass.opened_at < until
            )
        )
    from counted
$$;
comment on function audit.figures_of(timestamptz, timestamptz) is
'Counts of what happened between two moments.';

create function audit.prepare_week(week date, zone text, breaks integer)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    since timestamptz := week::timestamp at time zone zone;
    until timestamptz := (week + 7)::timestamp at time zone zone;
begin
    if until > clock_timestamp() then
        raise exception 'the week of % is not over', week;
    end if;
    insert into audit.review as review (week, prepared_at, figures)
    values (
        prepare_week.week,
        clock_timestamp(),
        audit.figures_of(since, until) || jsonb_build_object('breaks', breaks)
    )
    on conflict on constraint review_pkey do update
    set prepared_at = excluded.prepared_at, figures = excluded.figures
    where review.signed_at is null;
    return found;
end
$$;
comment on function audit.prepare_week(date, text, integer) is
'Counts a week that is over, until somebody signs it; then its figures stay.';

create function audit.sign_week(week date, comment text) returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz;
begin
    if not audit.is_compliance() then
        raise insufficient_privilege using
            message = 'only a compliance officer signs a week';
    end if;
    update audit.review as review
    set
        signed_at = clock_timestamp(),
        signed_by = current_setting('ehr.user_id', true),
        comment = sign_week.comment
    where review.week = sign_week.week and review.signed_at is null
    returning review.signed_at into moment;
    if moment is null then
        raise object_not_in_prerequisite_state using
            message = 'the week was signed already, or was never prepared';
    end if;
    return moment;
end
$$;
comment on function audit.sign_week(date, text) is
'Signs a week in the name of the officer asking, once.';

-- Break-the-glass, reviewed ----------------------------------------------------------

create function audit.glass_to_review()
returns table (
    break_glass_id uuid,
    user_id text,
    display_name text,
    role text,
    patient_key bigint,
    reason_code text,
    reason_text text,
    opened_at timestamptz,
    ends_at timestamptz,
    looks bigint,
    reviewed_at timestamptz,
    reviewed_by text,
    review_result_code text,
    review_text text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        glass.break_glass_id,
        glass.user_id,
        person.display_name,
        person.role,
        glass.patient_key,
        glass.reason_code,
        glass.reason_text,
        glass.opened_at,
        glass.ends_at,
        (
            select count(*) from audit.event as event
            where event.user_id = glass.user_id
                and event.patient_keys @> array[glass.patient_key]
                and event.happened_at >= glass.opened_at
                and event.happened_at <= glass.ends_at
        ),
        glass.reviewed_at,
        glass.reviewed_by,
        glass.review_result_code,
        glass.review_text
    from access.break_glass as glass
    left join access.person as person on glass.user_id = person.user_id
    where (select audit.is_compliance())
    order by glass.reviewed_at is null desc, glass.opened_at
$$;
comment on function audit.glass_to_review() is
'Every time the glass was broken, those that wait for a review first, oldest first.';

create function access.review_glass(
    break_glass_id uuid, result_code text, comment text
)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz;
begin
    if not audit.is_compliance() then
        raise insufficient_privilege using
            message = 'only a compliance officer reviews broken glass';
    end if;
    if result_code not in ('justified', 'not_justified', 'followed_up') then
        raise invalid_parameter_value using message = 'no such result of a review';
    end if;
    -- A follow-up stays open until it is decided.
    update access.break_glass as glass
    set
        reviewed_at = clock_timestamp(),
        reviewed_by = current_setting('ehr.user_id', true),
        review_result_code = review_glass.result_code,
        review_text = review_glass.comment
    where glass.break_glass_id = review_glass.break_glass_id
        and (
            glass.reviewed_at is null or glass.review_result_code = 'followed_up'
        )
        and glass.user_id <> current_setting('ehr.user_id', true)
    returning glass.reviewed_at into moment;
    if moment is null then
        raise object_not_in_prerequisite_state using
            message = 'it was decided already, is your own, or is not there';
    end if;
    return moment;
end
$$;
comment on function access.review_glass(uuid, text, text) is
'Decides, in the name of the officer asking, whether breaking the glass was justified.';

-- Grants, and their re-certification -------------------------------------------------

create table access.certification (
    certification_id uuid primary key default gen_random_uuid(),
    user_id text not null references access.person (user_id),
    quarter date not null check (
        extract(day from quarter) = 1 and extract(month from quarter) in (1, 4, 7, 10)
    ),
    decision_code text not null check (decision_code in ('kept', 'ended')),
    decided_by text not null references access.person (user_id),
    decided_at timestamptz not null default clock_timestamp(),
    comment text not null,
    unique (user_id, quarter),
    check (user_id <> decided_by)
);
create index on access.certification (decided_by);
comment on table access.certification is
'Whether a person still needs the access they have, decided once a quarter.';

create function audit.access_grants()
returns table (
    user_id text,
    display_name text,
    role text,
    is_active boolean,
    created_at timestamptz,
    last_sign_in_at timestamptz,
    assigned_patients bigint,
    team_patients bigint,
    glass_count bigint,
    decision_code text,
    decided_by text,
    decided_at timestamptz,
    comment text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        person.user_id,
        person.display_name,
        person.role,
        person.is_active,
        person.created_at,
        (
            select max(event.happened_at) from audit.event as event
            where event.user_id = person.user_id
                and event.action = 'sign in'
                and event.result = 'ok'
        ),
        (
            select count(distinct assignment.patient_key)
            from access.assignment as assignment
            where assignment.user_id = person.user_id
                and assignment.valid_from <= now()
                and (assignment.valid_to is null or assignment.valid_to > now())
        ),
        (
            select count(distinct member.patient_key)
            from access.care_team as member
            where member.source_system = person.practitioner_source
                and member.practitioner_id = person.practitioner_id
                and (member.started_at is null or member.started_at <= now())
                and (member.ended_at is null or member.ended_at > now())
        ),
        (
            select count(*) from access.break_glass as glass
            where glass.user_id = person.user_id
                and glass.opened_at > now() - interval '90 days'
        ),
        decided.decision_code,
        decided.decided_by,
        decided.decided_at,
        decided.comment
    from access.person as person
    left join access.certification as decided
        on person.user_id = decided.user_id
        and decided.quarter = date_trunc('quarter', now())::date
    where (select audit.is_compliance()) and person.role <> 'patient'
    order by person.is_active desc, person.user_id collate "C"
$$;
comment on function audit.access_grants() is
'Who of the staff may do what, when they last came, and what this quarter decided.';

create function access.certify(user_id text, decision_code text, comment text)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz;
begin
    if not audit.is_compliance() then
        raise insufficient_privilege using
            message = 'only a compliance officer certifies access';
    end if;
    if certify.user_id = current_setting('ehr.user_id', true) then
        raise insufficient_privilege using
            message = 'nobody certifies their own access: another officer does';
    end if;
    if exists (
        select 1 from access.certification as decided
        where decided.user_id = certify.user_id
            and decided.quarter = date_trunc('quarter', now())::date
    ) then
        raise object_not_in_prerequisite_state using
            message = 'this quarter''s decision about this person was made already';
    end if;
    insert into access.certification as certification (
        user_id, quarter, decision_code, decided_by, comment
    )
    values (
        certify.user_id,
        date_trunc('quarter', now())::date,
        certify.decision_code,
        current_setting('ehr.user_id', true),
        certify.comment
    )
    returning certification.decided_at into moment;
    if certify.decision_code = 'ended' then
        update access.person as person
        set is_active = false
        where person.user_id = certify.user_id;
        update access.session as session
        set revoked_at = now()
        where session.user_id = certify.user_id and session.revoked_at is null;
        update access.assignment as assignment
        set valid_to = now()
        where assignment.user_id = certify.user_id
            and (assignment.valid_to is null or assignment.valid_to > now());
    end if;
    return moment;
end
$$;
comment on function access.certify(text, text, text) is
'Keeps or ends somebody''s access in the name of the officer asking, once a quarter.';

-- Looks that deserve a question ------------------------------------------------------

create table access.person_address (
    user_id text primary key references access.person (user_id),
    token uuid not null
);
comment on table access.person_address is
'Keyed hash of the home address of one of the staff; compared, never read.';

create function audit.staff_names()
returns table (user_id text, display_name text, role text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select person.user_id, person.display_name, person.role
    from access.person as person
    where (select audit.is_compliance()) and person.role <> 'patient'
$$;

create function audit.find_snooping(
    since timestamptz,
    until timestamptz,
    staff_ids text[],
    surname_tokens uuid[],
    full_name_tokens uuid[]
)
returns table (
    user_id text,
    role text,
    patient_key bigint,
    looks bigint,
    first_at timestamptz,
    last_at timestamptz,
    has_care_relation boolean,
    is_same_surname boolean,
    surname_patients bigint,
    is_same_address boolean,
    is_own_name boolean,
    staff_id text,
    labels text[]
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    -- Who names one patient meant that patient; a list shows whom it shows.
    looks as (
        select
            event.user_id,
            event.role,
            event.patient_keys[1] as patient_key,
            count(*) as looks,
            min(event.happened_at) as first_at,
            max(event.happened_at) as last_at
        from audit.event as event
        where event.happened_at >= since
            and event.happened_at < until
            and event.result = 'ok'
            and event.role not in ('patient', 'ehr_owner', 'compliance', '')
            and cardinality(event.patient_keys) = 1
            and (select audit.is_compliance())
        group by event.user_id, event.role, event.patient_keys[1]
    ),

    staff as (
        select
            named.user_id,
            named.surname_token,
            named.full_name_token
        from unnest(staff_ids, surname_tokens, full_name_tokens)
            as named (user_id, surname_token, full_name_token)
    )

    select
        looks.user_id,
        looks.role,
        looks.patient_key,
        looks.looks,
        looks.first_at,
        looks.last_at,
        exists (
            select 1 from access.assignment as assignment
            where assignment.user_id = looks.user_id
                and assignment.patient_key = looks.patient_key
                and assignment.valid_from <= looks.last_at + interval '30 days'
                and (
                    assignment.valid_to is null
                    or assignment.valid_to >= looks.first_at - interval '30 days'
                )
        )
        or exists (
            select 1 from access.care_team as member
            where member.source_system = person.practitioner_source
                and member.practitioner_id = person.practitioner_id
                and member.patient_key = looks.patient_key
                and (
                    member.started_at is null
                    or member.started_at <= looks.last_at + interval '30 days'
                )
                and (
                    member.ended_at is null
                    or member.ended_at >= looks.first_at - interval '30 days'
                )
        )
        or exists (
            select 1 from raw.encounters as visit
            where visit.source_system = person.practitioner_source
                and visit.practitioner_id = person.practitioner_id
                and visit.patient_key = looks.patient_key
                and visit.started_at <= looks.last_at + interval '30 days'
                and coalesce(visit.ended_at, visit.started_at)
                >= looks.first_at - interval '30 days'
        ),
        exists (
            select 1 from identity.search_token as stored
            where stored.kind = 'surname'
                and stored.token = own.surname_token
                and stored.patient_key = looks.patient_key
        ),
        (
            select count(*) from identity.search_token as stored
            where stored.kind = 'surname' and stored.token = own.surname_token
        ),
        exists (
            select 1 from identity.search_token as stored
            inner join access.person_address as home on stored.token = home.token
            where stored.kind = 'address'
                and home.user_id = looks.user_id
                and stored.patient_key = looks.patient_key
        ),
        exists (
            select 1 from identity.search_token as stored
            where stored.kind = 'full_name'
                and stored.token = own.full_name_token
                and stored.patient_key = looks.patient_key
        ),
        (
            select min(colleague.user_id)
            from staff as colleague
            inner join identity.search_token as stored
                on stored.kind = 'full_name'
                and colleague.full_name_token = stored.token
            where stored.patient_key = looks.patient_key
                and colleague.user_id <> looks.user_id
        ),
        (
            select coalesce(
                array_agg(distinct label.label_code order by label.label_code),
                '{}'
            )
            from access.restriction as label
            where label.patient_key = looks.patient_key
                and label.valid_from <= looks.last_at
                and (label.valid_to is null or label.valid_to > looks.first_at)
        )
    from looks
    left join access.person as person on looks.user_id = person.user_id
    left join staff as own on looks.user_id = own.user_id
$$;
comment on function audit.find_snooping(
    timestamptz, timestamptz, text[], uuid[], uuid[]
) is
'Per person and patient opened by name: what ties them together besides care. Names and
addresses are compared as keyed hashes; nothing is opened.';

create function audit.count_patients() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select count(*)
    from identity.patient_key as known
    where (select audit.is_compliance())
$$;
comment on function audit.count_patients() is
'How many patients there are: what a name of some of them is compared with.';

-- Whose accounting is asked for ------------------------------------------------------

create function audit.find_patients(tokens uuid[])
returns table (patient_key bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct stored.patient_key
    from identity.search_token as stored
    where stored.kind = 'number'
        and stored.token = any(tokens)
        and (select audit.is_compliance())
    order by stored.patient_key
    limit 20
$$;
comment on function audit.find_patients(uuid[]) is
'Patients by their whole record number; compliance does not browse names.';

-- Who may use what -------------------------------------------------------------------

revoke all on audit.event, audit.closed_month, audit.disclosure, audit.review,
access.certification, access.person_address from public;
revoke execute on all functions in schema audit from public;
revoke execute on function access.review_glass(uuid, text, text),
access.certify(text, text, text) from public;

grant execute on function
audit.append(
    text, text, text, text, bigint[], bigint, text, text, bigint, uuid, uuid, text,
    timestamptz
),
audit.disclose(text, text, text, bigint[], text, text, text, text, text)
to ehr_auditor;
grant select on audit.event, audit.closed_month, audit.disclosure, audit.review,
access.certification to ehr_compliance;
grant execute on function
audit.prepare_week(date, text, integer),
audit.sign_week(date, text),
audit.glass_to_review(),
audit.access_grants(),
audit.staff_names(),
audit.find_snooping(timestamptz, timestamptz, text[], uuid[], uuid[]),
audit.find_patients(uuid[]),
audit.count_patients(),
access.review_glass(uuid, text, text),
access.certify(text, text, text)
to ehr_compliance;
