-- Wishes taken down at the desk: not every patient has an account. They hold at once,
-- as what a patient decides by the own hand.

create function access.take_consent(
    patient_key bigint, scope_code text, recipient_name text, decision_code text
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['registrar'], 'only registrars take decisions of patients down'
    );
    decided uuid;
begin
    perform access.end_consents(
        take_consent.patient_key, take_consent.scope_code, take_consent.recipient_name,
        is_delivered => false
    );
    insert into access.consent as consent (
        patient_key, scope_code, recipient_name, decision_code, recorded_by
    )
    values (
        take_consent.patient_key, take_consent.scope_code, take_consent.recipient_name,
        take_consent.decision_code, asking.user_id
    )
    returning consent.consent_id into decided;
    return decided;
end
$$;
comment on function access.take_consent(bigint, text, text, text) is
'A registrar takes a decision of a patient down; it holds from now on.';

create function access.withdraw_consent(
    patient_key bigint, scope_code text, recipient_name text
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.asking_person();
begin
    if not coalesce(
        asking.role = 'registrar'
        or (
            asking.role = 'patient'
            and access.person_key_of(asking.patient_key)
            = access.person_key_of(withdraw_consent.patient_key)
        ),
        false
    ) then
        raise insufficient_privilege using
            message = 'only registrars and the patient withdraw what was decided';
    end if;
    return access.end_consents(
        withdraw_consent.patient_key, withdraw_consent.scope_code,
        withdraw_consent.recipient_name, is_delivered => true
    );
end
$$;
comment on function access.withdraw_consent(bigint, text, text) is
'A registrar, or the patient, ends what was decided; what the record delivered ends with it, and
the next build learns the same from the record.';

create function access.end_consents(
    patient_key bigint, scope_code text, recipient_name text, is_delivered boolean
)
returns boolean
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    with

    ended as (
        update access.consent as consent
        set valid_to = greatest(now(), consent.valid_from)
        where access.person_key_of(consent.patient_key)
            = access.person_key_of(end_consents.patient_key)
            and consent.scope_code = end_consents.scope_code
            and consent.recipient_name is not distinct from end_consents.recipient_name
            and (consent.source_system is null or end_consents.is_delivered)
            and (consent.valid_to is null or consent.valid_to > now())
        returning 1
    )

    select exists (select 1 from ended)
$$;
comment on function access.end_consents(bigint, text, text, boolean) is
'Ends the decisions of a person about a scope and recipient; only functions call it.';
