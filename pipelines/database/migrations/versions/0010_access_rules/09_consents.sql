-- What a patient decides, and reads of it.

create function access.decide_consent(scope_code text, decision_code text)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['patient'], 'only patients decide on their own consents'
    );
    decided uuid;
begin
    update access.consent as consent
    set valid_to = now()
    where consent.patient_key = asking.patient_key
        and consent.scope_code = decide_consent.scope_code
        and consent.recipient_name is null
        and consent.source_system is null
        and consent.valid_from <= now()
        and (consent.valid_to is null or consent.valid_to > now());
    insert into access.consent as consent (
        patient_key, scope_code, decision_code, recorded_by
    )
    values (
        asking.patient_key, decide_consent.scope_code, decide_consent.decision_code,
        asking.user_id
    )
    returning consent.consent_id into decided;
    return decided;
end
$$;
comment on function access.decide_consent(text, text) is
'The patient asking permits or denies; it holds from now on, before any build.';

create function access.own_consents()
returns table (scope_code text, recipient_name text, decision_code text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        consent.scope_code,
        consent.recipient_name,
        consent.decision_code
    from access.asking_person() as person
    inner join access.consent_in_force as consent
        on person.patient_key = consent.patient_key
    where person.role = 'patient'
    order by consent.scope_code, consent.recipient_name, consent.decision_code
$$;
comment on function access.own_consents() is 'What the patient asking decided.';
