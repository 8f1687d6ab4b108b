-- Restricting a patient to the treating team, and labelling a fact.

create function access.restrict_patient(
    patient_key bigint, label_code text, reason text, valid_to timestamptz default null
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['compliance'], 'only compliance restricts patients'
    );
    restricted uuid;
begin
    insert into access.restriction as restriction (
        patient_key, label_code, reason, valid_to, set_by
    )
    values (
        restrict_patient.patient_key, restrict_patient.label_code,
        restrict_patient.reason, restrict_patient.valid_to, asking.user_id
    )
    returning restriction.restriction_id into restricted;
    return restricted;
end
$$;

create function access.lift_restriction(restriction_id uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform access.require_role(
        array['compliance'], 'only compliance lifts restrictions'
    );
    update access.restriction as restriction
    set valid_to = greatest(now(), restriction.valid_from)
    where restriction.restriction_id = lift_restriction.restriction_id
        and (restriction.valid_to is null or restriction.valid_to > now());
    return found;
end
$$;

create function access.label_fact(
    kind_code text, fact_key text, patient_key bigint, label_code text, reason text
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
    labelled uuid;
begin
    if asking.role is distinct from 'doctor'
        or not label_fact.patient_key
            = any(access.may_see(array[label_fact.patient_key]))
    then
        raise insufficient_privilege using
            message = 'only a doctor who sees the patient labels a fact';
    end if;
    insert into access.fact_label as fact_label (
        kind_code, fact_key, patient_key, label_code, reason, set_by
    )
    values (
        label_fact.kind_code, label_fact.fact_key, label_fact.patient_key,
        label_fact.label_code, label_fact.reason, asking.user_id
    )
    returning fact_label.fact_label_id into labelled;
    insert into raw.touched_patients (patient_key, delivery_id)
    values (label_fact.patient_key, 0);
    return labelled;
end
$$;
comment on function access.label_fact(text, text, bigint, text, text) is
'Labels one fact of a patient whom the doctor asking sees; the next build carries it
through everything derived from the fact.';
