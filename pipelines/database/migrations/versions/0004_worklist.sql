-- Whose patients are one's own, for worklists.
set local check_function_bodies = off;

create function access.own_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asking as (
        select
            person.user_id,
            person.practitioner_source,
            person.practitioner_id
        from access.person as person
        where person.user_id = current_setting('ehr.user_id', true)
            and person.is_active
            and person.role in ('doctor', 'nurse')
            and 'ehr_' || person.role = session_user
    ),

    own as (
        select assignment.patient_key
        from asking
        inner join access.assignment as assignment
            on asking.user_id = assignment.user_id
        where assignment.valid_from <= now()
            and (assignment.valid_to is null or assignment.valid_to > now())
        union
        select care_team.patient_key
        from asking
        inner join access.care_team as care_team
            on asking.practitioner_source = care_team.source_system
            and asking.practitioner_id = care_team.practitioner_id
        where (care_team.started_at is null or care_team.started_at <= now())
            and (care_team.ended_at is null or care_team.ended_at > now())
    )

    select coalesce(array_agg(own.patient_key), '{}'::bigint[]) from own
$$;
comment on function access.own_patients() is
'Patients whom the doctor or nurse asking is responsible for now: assigned, or on the
care team. Empty for everybody else. It orders a worklist and opens nothing.';

-- Everybody may call a new function unless it is taken from them.
revoke execute on function access.own_patients() from public;
grant execute on function access.own_patients() to ehr_doctor, ehr_nurse;
