-- Breaks.

create function audit.find_breaks() returns table (event_id bigint, problem text)
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
