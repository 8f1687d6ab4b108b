-- Pieces of the rules; only the functions below call them.

create function access.team_of(asked_user_id text) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with

    members as (
        select assignment.patient_key
        from access.assignment as assignment
        where assignment.user_id = asked_user_id
            and assignment.valid_from <= now()
            and (assignment.valid_to is null or assignment.valid_to > now())
        union
        select care_team.patient_key
        from access.person as person
        inner join access.care_team as care_team
            on person.practitioner_source = care_team.source_system
            and person.practitioner_id = care_team.practitioner_id
        where person.user_id = asked_user_id
            and (care_team.started_at is null or care_team.started_at <= now())
            and (care_team.ended_at is null or care_team.ended_at > now())
    )

    select coalesce(merged.surviving_patient_key, members.patient_key)
    from members
    left join raw.merged_patients as merged
        on members.patient_key = merged.patient_key
$$;
comment on function access.team_of(text) is
'Patients that a person is responsible for now: assigned, or on the care team.';

create function access.glass_of(asked_user_id text) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(merged.surviving_patient_key, break_glass.patient_key)
    from access.break_glass as break_glass
    left join raw.merged_patients as merged
        on break_glass.patient_key = merged.patient_key
    where break_glass.user_id = asked_user_id
        and break_glass.opened_at <= now()
        and break_glass.ends_at > now()
$$;
comment on function access.glass_of(text) is
'Patients whose record a person has opened by breaking the glass.';

create function access.consents_in_force()
returns table (
    patient_key bigint, scope_code text, recipient_name text, decision_code text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    consents as (
        select
            coalesce(merged.surviving_patient_key, consent.patient_key) as patient_key,
            consent.scope_code,
            consent.recipient_name,
            consent.decision_code,
            consent.valid_from
        from access.consent as consent
        left join raw.merged_patients as merged
            on consent.patient_key = merged.patient_key
        where consent.valid_from <= now()
            and (consent.valid_to is null or consent.valid_to > now())
    )

    select
        consents.patient_key,
        consents.scope_code,
        consents.recipient_name,
        consents.decision_code
    from consents
    where not exists (
        select 1
        from consents as later
        where later.patient_key = consents.patient_key
            and later.scope_code = consents.scope_code
            and later.recipient_name is not distinct from consents.recipient_name
            and later.valid_from > consents.valid_from
    )
$$;
comment on function access.consents_in_force() is
'The latest decision of each person, scope and recipient that holds now; of two that
began at the same time, both.';

-- Research is built from it.
create view access.consent_in_force with (security_invoker = true) as
select
    consent.patient_key,
    consent.scope_code,
    consent.recipient_name,
    consent.decision_code
from access.consents_in_force() as consent;
comment on view access.consent_in_force is 'What access.consents_in_force tells.';

create function access.restrictions_in_force()
returns table (patient_key bigint, label_code text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(merged.surviving_patient_key, restriction.patient_key),
        restriction.label_code
    from access.restriction as restriction
    left join raw.merged_patients as merged
        on restriction.patient_key = merged.patient_key
    where restriction.valid_from <= now()
        and (restriction.valid_to is null or restriction.valid_to > now())
    union
    select
        consent.patient_key,
        'patient_wish'
    from access.consent_in_force as consent
    where consent.scope_code = 'treating_team_only'
        and consent.decision_code = 'permit'
$$;
comment on function access.restrictions_in_force() is
'Restricted patients and why: by staff, or by the own consent.';

create function access.asking_person() returns access.person
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select person.*
    from access.person as person
    where person.user_id = current_setting('ehr.user_id', true)
        and person.is_active
        and 'ehr_' || person.role = session_user
$$;
comment on function access.asking_person() is
'The account of ehr.user_id, if it is active and this is the login of its role.';

create function access.require_role(roles text[], message text) returns access.person
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
begin
    if not coalesce(asking.role = any(roles), false) then
        raise insufficient_privilege using message = require_role.message;
    end if;
    return asking;
end
$$;
comment on function access.require_role(text[], text) is
'The account of the person asking, whose role must be one of these; else the message.';
