-- Who is on a patient's team.

create function access.assignments_of(asked_user_id text, asked_patient_key bigint)
returns table (
    assignment_id uuid,
    user_id text,
    patient_key bigint,
    valid_from timestamptz,
    valid_to timestamptz,
    reason text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        assignment.assignment_id,
        assignment.user_id,
        assignment.patient_key,
        assignment.valid_from,
        assignment.valid_to,
        assignment.reason
    from access.asking_person() as person
    cross join access.assignment as assignment
    where person.role in ('support', 'compliance')
        and (asked_user_id is not null or asked_patient_key is not null)
        and (asked_user_id is null or assignment.user_id = asked_user_id)
        and (
            asked_patient_key is null
            or access.person_key_of(assignment.patient_key)
            = access.person_key_of(asked_patient_key)
        )
    order by assignment.valid_from desc, assignment.assignment_id
$$;
comment on function access.assignments_of(text, bigint) is
'Assignments of one person, of one patient, or of both; for support and compliance.';

create function access.grant_assignment(
    user_id text, patient_key bigint, valid_to timestamptz, reason text
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    granted uuid;
begin
    perform access.require_role(array['support'], 'only support grants assignments');
    if not exists (
        select 1
        from access.person as person
        where person.user_id = grant_assignment.user_id
            and person.is_active
            and person.role in ('doctor', 'nurse')
    ) then
        raise invalid_parameter_value using
            message = 'patients are assigned to active doctors and nurses only';
    end if;
    if not exists (
        select 1
        from identity.patients as known
        where known.patient_key = grant_assignment.patient_key
    ) then
        raise no_data_found using message = 'there is no such patient';
    end if;
    if not coalesce(grant_assignment.valid_to > now(), false)
        or btrim(grant_assignment.reason) = ''
    then
        raise invalid_parameter_value using
            message = 'an assignment needs a reason and an end in the future';
    end if;
    insert into access.assignment as assignment (
        user_id, patient_key, valid_to, reason
    )
    values (
        grant_assignment.user_id, grant_assignment.patient_key,
        grant_assignment.valid_to, grant_assignment.reason
    )
    returning assignment.assignment_id into granted;
    return granted;
end
$$;
comment on function access.grant_assignment(text, bigint, timestamptz, text) is
'Support assigns a patient to a doctor or nurse, with a reason and an end.';

create function access.end_assignment(assignment_id uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform access.require_role(
        array['support', 'compliance'], 'only support and compliance end assignments'
    );
    update access.assignment as assignment
    set valid_to = greatest(now(), assignment.valid_from)
    where assignment.assignment_id = end_assignment.assignment_id
        and (assignment.valid_to is null or assignment.valid_to > now());
    return found;
end
$$;
