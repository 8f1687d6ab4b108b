-- A nurse takes over.

create function access.take_over(patient_key bigint, reason text)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['nurse'], 'only a nurse takes over patients'
    );
    ward record;
    until constant timestamptz := now() + interval '12 hours';
    assigned uuid;
begin
    perform pg_advisory_xact_lock(
        hashtextextended(asking.user_id || ' ' || take_over.patient_key, 0)
    );
    select
        lying.source_system,
        lying.ward_name,
        lying.is_mine
    into ward
    from access.ward_patients() as lying
    where lying.patient_key = take_over.patient_key
    order by lying.started_at desc
    limit 1;
    if ward is null then
        raise insufficient_privilege using
            message = 'this patient does not lie on a ward of yours';
    end if;
    if ward.is_mine then
        raise object_not_in_prerequisite_state using
            message = 'this patient is yours already';
    end if;
    insert into access.assignment as assignment (
        user_id, patient_key, valid_to, reason
    )
    values (asking.user_id, take_over.patient_key, until, take_over.reason)
    returning assignment.assignment_id into assigned;
    insert into access.take_over (
        assignment_id, user_id, patient_key, source_system, ward_name, reason, ends_at
    )
    values (
        assigned, asking.user_id, take_over.patient_key, ward.source_system,
        ward.ward_name, take_over.reason, until
    );
    return until;
end
$$;
comment on function access.take_over(bigint, text) is
'Assigns a patient of the ward to the nurse asking for 12 hours; returns until when.';

create function access.take_overs_of_ward()
returns table (
    take_over_id uuid,
    nurse_name text,
    patient_key bigint,
    ward_name text,
    reason text,
    taken_at timestamptz,
    ends_at timestamptz,
    is_open boolean
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        taken.take_over_id,
        nurse.display_name,
        taken.patient_key,
        taken.ward_name,
        taken.reason,
        taken.taken_at,
        taken.ends_at,
        assignment.valid_to > now()
    from access.asking_person() as person
    inner join access.ward_member as member
        on person.user_id = member.user_id
    inner join access.take_over as taken
        on member.source_system = taken.source_system
        and member.ward_name = taken.ward_name
    inner join access.assignment as assignment
        on taken.assignment_id = assignment.assignment_id
    inner join access.person as nurse
        on taken.user_id = nurse.user_id
    where person.role = 'nurse'
        and member.is_in_charge
        and member.valid_from <= now()
        and (member.valid_to is null or member.valid_to > now())
        and taken.taken_at > now() - interval '7 days'
    order by taken.taken_at desc
$$;
comment on function access.take_overs_of_ward() is
'Take-overs of the last seven days on the wards that the nurse asking is in charge of.';
