-- Breaking the glass.

create function access.open_glass(
    patient_key bigint, reason_code text, reason_text text
)
returns table (break_glass_id uuid, ends_at timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['doctor'], 'only a doctor breaks the glass'
    );
begin
    perform pg_advisory_xact_lock(
        hashtextextended(asking.user_id || ' ' || open_glass.patient_key, 0)
    );
    if not exists (
        select 1
        from identity.patients as known
        where known.patient_key = open_glass.patient_key
    ) then
        raise no_data_found using message = 'there is no such patient';
    end if;
    if open_glass.patient_key = any(access.may_see(array[open_glass.patient_key]))
        and not exists (select 1 from access.hidden_facts(open_glass.patient_key))
    then
        raise object_not_in_prerequisite_state using
            message = 'this record is open to you already: no glass is broken';
    end if;
    return query
    insert into access.break_glass as opened (
        user_id, patient_key, reason_code, reason_text, ends_at
    )
    values (
        asking.user_id,
        open_glass.patient_key,
        open_glass.reason_code,
        open_glass.reason_text,
        now() + interval '60 minutes'
    )
    returning opened.break_glass_id, opened.ends_at;
end
$$;
comment on function access.open_glass(bigint, text, text) is
'Opens one restricted patient to the doctor asking for 60 minutes. Whoever calls it has
asked for the password again and has written the audit event first.';

create function access.close_glass(break_glass_id uuid) returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    closed as (
        update access.break_glass as opened
        set ends_at = now()
        from access.asking_person() as person
        where opened.break_glass_id = close_glass.break_glass_id
            and opened.user_id = person.user_id
            and opened.ends_at > now()
        returning 1
    )

    select exists (select 1 from closed)
$$;
comment on function access.close_glass(uuid) is
'Ends an opening of the person asking; true if it was open.';

create function access.open_glasses()
returns table (
    break_glass_id uuid,
    patient_key bigint,
    opened_at timestamptz,
    ends_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        opened.break_glass_id,
        opened.patient_key,
        opened.opened_at,
        opened.ends_at
    from access.break_glass as opened
    inner join access.asking_person() as person
        on opened.user_id = person.user_id
    where opened.opened_at <= now() and opened.ends_at > now()
    order by opened.ends_at
$$;
comment on function access.open_glasses() is
'What the person asking has open by breaking the glass.';
