-- Months that were taken away.

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
