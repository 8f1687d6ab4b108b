-- Two questions that are about no patient in particular. The tables are made later, from
-- the contracts of the feeds.
set local check_function_bodies = off;

create function access.bookings_at(
    practitioner text, begins_at timestamptz, finishes_at timestamptz, besides text
)
returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select count(*)
    from visits.appointments as booked
    where booked.practitioner_id = practitioner
        -- Who asked for another time keeps the one there is until it is answered.
        and booked.status_code in ('booked', 'requested')
        and not booked.is_entered_in_error
        and booked.record_id is distinct from besides
        and booked.starts_at < finishes_at
        and coalesce(booked.ends_at, booked.starts_at + interval '1 minute') > begins_at
        and not exists (
            select 1
            from visits.appointments as later
            where later.supersedes = booked.version_id
        )
$$;
comment on function access.bookings_at(text, timestamptz, timestamptz, text) is
'How many appointments a member of staff has at a time, beside one; with whom is not
told.';

create function access.patients_with_open_corrections() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(distinct asked.patient_key), '{}'::bigint[])
    from people.correction_requests as asked
    where session_user = 'ehr_registrar'
        and nullif(current_setting('ehr.user_id', true), '') is not null
        and asked.status_code = 'requested'
        and not asked.is_entered_in_error
        and not exists (
            select 1
            from people.correction_requests as later
            where later.supersedes = asked.version_id
        )
$$;
comment on function access.patients_with_open_corrections() is
'For registrars, who see every patient: whose wishes for correction wait. What they say
is read as every entry is, by the ticket.';

revoke execute on function
access.bookings_at(text, timestamptz, timestamptz, text),
access.patients_with_open_corrections() from public;
grant execute on function
access.bookings_at(text, timestamptz, timestamptz, text) to ehr_doctor, ehr_registrar;
grant execute on function access.patients_with_open_corrections() to ehr_registrar;
