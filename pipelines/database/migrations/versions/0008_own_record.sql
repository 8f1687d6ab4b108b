-- What patients read about themselves, and who looked at it.
set local check_function_bodies = off;

create function access.looks_at_own_record()
returns table (
    happened_at timestamptz,
    person_name text,
    role_code text,
    action text,
    subject text,
    result text,
    is_own boolean
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        event.happened_at,
        looking.display_name,
        event.role,
        event.action,
        event.subject,
        event.result,
        event.user_id = asking.user_id
    from access.person as asking
    inner join audit.event as event
        on event.patient_keys @> array[asking.patient_key]
    left join access.person as looking
        on event.user_id = looking.user_id
    where session_user = 'ehr_patient'
        and asking.role = 'patient'
        and asking.is_active
        and asking.user_id = current_setting('ehr.user_id', true)
        -- An announcement says no more than the outcome that followed it.
        and not exists (
            select 1
            from audit.event as outcome
            where outcome.intent_id = event.event_id
        )
$$;
comment on function access.looks_at_own_record() is
'Events of the audit trail that name the patient asking, never whom else they name.
Nothing for everybody else.';

revoke execute on function access.looks_at_own_record() from public;
grant execute on function access.looks_at_own_record() to ehr_patient;
