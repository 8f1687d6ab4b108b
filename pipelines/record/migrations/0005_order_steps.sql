-- What was stopped does not run again, and what was answered is not answered anew: the
-- table itself holds this, whoever writes and by whatever way. The owner, who takes over
-- what a former system knew, brings histories that have ended.

create table access.order_steps (
    feed text not null,
    from_code text,
    to_code text not null,
    unique nulls not distinct (feed, from_code, to_code)
);
comment on table access.order_steps is
'From which status to which an entry of a feed may go; without one before: how it may
begin.';
revoke all on access.order_steps from public;

create function access.refuse_step() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    before record;
begin
    if session_user = 'ehr_owner' then
        return new;
    end if;
    execute 'select status_code, is_entered_in_error from ' || tg_relid::regclass::text
        || ' where version_id = $1'
    into before
    using new.supersedes;
    if before.is_entered_in_error or not (
        new.is_entered_in_error
        or exists (
            select from access.order_steps as steps
            where
                steps.feed = tg_table_name
                and steps.from_code is not distinct from before.status_code
                and (new.supersedes is null) = (steps.from_code is null)
                and steps.to_code = new.status_code
        )
    ) then
        raise exception using
            errcode = 'EH001',
            message = 'this step is not possible from where the order is';
    end if;
    return new;
end
$$;
comment on function access.refuse_step() is
'Refuses a version whose status does not follow from the status before.';
revoke execute on function access.refuse_step() from public;
