-- Whose patients are one's own, for worklists. Who is asking, and for whom a person is
-- responsible, is said with the rules of access (0010).
set local check_function_bodies = off;

create function access.own_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(team.patient_key), '{}'::bigint[])
    from access.asking_person() as person
    cross join lateral access.team_of(person.user_id) as team (patient_key)
    where person.role in ('doctor', 'nurse')
$$;
comment on function access.own_patients() is
'Patients whom the doctor or nurse asking is responsible for now: assigned, or on the
care team. Empty for everybody else. It orders a worklist and opens nothing.';

-- Everybody may call a new function unless it is taken from them.
revoke execute on function access.own_patients() from public;
grant execute on function access.own_patients() to ehr_doctor, ehr_nurse;
