-- The trail, one partition a month.
-- The month is that of recording and never goes back, whatever the clock does: so each
-- partition holds a whole stretch of the chain, and can be closed and taken away whole.

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
-- A patient asks for the events that name one key, among all that were ever written.
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

create function audit.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'audit.event only grows';
end
$$;
create trigger only_grows before update or delete or truncate on audit.event
for each statement execute function audit.refuse_change();

do $$
begin
    for ahead in 0..2 loop
        perform audit.ensure_month(
            audit.month_of(clock_timestamp() + make_interval(months => ahead))
        );
    end loop;
end
$$;
