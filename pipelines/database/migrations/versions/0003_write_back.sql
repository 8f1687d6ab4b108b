-- What comes back from the operational record: watermarks of its extracts, which feeds
-- have news for the next build, and actions whose outcome nobody knows.
set local check_function_bodies = off;

-- How far the record has been read -------------------------------------------------

create table raw.extract_position (
    source_system text primary key references raw.source,
    snapshot text not null,
    extracted_at timestamptz not null
);
comment on table raw.extract_position is
'What of a database has landed; committed with the rows that it stands for.';
comment on column raw.extract_position.snapshot is
'Every change that this snapshot (pg_snapshot) sees has landed.';
grant select, insert, update on raw.extract_position to ehr_loader;

-- What the next build has to look at -----------------------------------------------

create table raw.touched_feeds (
    touch_id bigint generated always as identity primary key,
    feed text not null,
    delivery_id bigint not null
);
comment on table raw.touched_feeds is
'Feeds of which rows landed since the last build that read them.';
grant select, insert on raw.touched_feeds to ehr_loader;
grant usage on all sequences in schema raw to ehr_loader;
grant select, delete on raw.touched_feeds to ehr_builder;
grant select on raw.touched_feeds to ehr_quality, ehr_engineer;

alter table raw.build
add column last_feed_touch_id bigint not null default 0,
add column historical_todays text not null default '';
comment on column raw.build.historical_todays is
'Digest of what "today" was for the historical sources.';

-- Intents and their outcomes -------------------------------------------------------

alter table audit.event add column intent_id bigint;
comment on column audit.event.intent_id is
'The event that announced the action of which this is the outcome.';
alter table audit.event drop constraint event_result_check;
alter table audit.event add constraint event_result_check
check (result in ('intended', 'ok', 'denied', 'error'));
create index on audit.event (event_id) where result = 'intended';
create unique index on audit.event (intent_id) where intent_id is not null;

-- Events from before there were intents keep their hashes.
create or replace function audit.hash_of(event audit.event) returns bytea
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select sha256(
        event.previous_hash || convert_to(
            (
                jsonb_build_array(
                    event.event_id,
                    to_char(
                        event.happened_at at time zone 'UTC',
                        'YYYY-MM-DD"T"HH24:MI:SS.US'
                    ),
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
            )::text,
            'UTF8'
        )
    )
$$;

drop function audit.append(text, text, text, text, bigint[], bigint, text, text);
create function audit.append(
    user_id text,
    role text,
    action text,
    subject text,
    patient_keys bigint[],
    row_count bigint,
    purpose text,
    result text,
    intent_id bigint default null
)
returns table (event_id bigint, hash bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    head audit.head;
    event audit.event;
begin
    select audit.head.* into strict head from audit.head for update;
    event := row(
        head.event_id + 1, clock_timestamp(), user_id, role, action, subject,
        patient_keys, row_count, purpose, result, head.hash, ''::bytea, intent_id
    );
    event.hash := audit.hash_of(event);
    insert into audit.event values (event.*);
    update audit.head set event_id = event.event_id, hash = event.hash;
    return query select event.event_id, event.hash;
end
$$;
revoke execute on function
audit.append(text, text, text, text, bigint[], bigint, text, text, bigint) from public;
grant execute on function
audit.append(text, text, text, text, bigint[], bigint, text, text, bigint)
to ehr_auditor;

create function audit.find_unfinished(older_than interval)
returns table (event_id bigint, happened_at timestamptz, user_id text, action text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        intent.event_id,
        intent.happened_at,
        intent.user_id,
        intent.action
    from audit.event as intent
    where intent.result = 'intended'
        and intent.happened_at <= clock_timestamp() - older_than
        and not exists (
            select 1
            from audit.event as outcome
            where outcome.intent_id = intent.event_id
        )
    order by intent.event_id
$$;
comment on function audit.find_unfinished(interval) is
'Actions that were announced and of which nobody knows how they ended.';
revoke execute on function audit.find_unfinished(interval) from public;
grant execute on function audit.find_unfinished(interval)
to ehr_auditor, ehr_compliance;
