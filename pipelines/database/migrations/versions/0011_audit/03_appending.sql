-- Appending, and what was announced and never ended.

create table audit.head (
    is_only boolean primary key default true check (is_only),
    event_id bigint not null,
    hash bytea not null,
    month date not null default '-infinity'
);
insert into audit.head (event_id, hash) values (0, sha256(''));
comment on table audit.head is 'Number and hash of the last event; one row.';

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
