-- Accounting of disclosures (45 CFR 164.528).

create table audit.disclosure (
    event_id bigint primary key,
    disclosed_at timestamptz not null,
    user_id text not null,
    recipient_name text not null check (recipient_name <> ''),
    recipient_address text not null,
    purpose_code text not null check (
        purpose_code in (
            'patient_request', 'treatment', 'payment', 'operations', 'research',
            'public_health', 'law', 'other'
        )
    ),
    purpose_text text not null check (purpose_text <> ''),
    what text not null check (what <> ''),
    patient_keys bigint[] not null check (cardinality(patient_keys) > 0)
);
create index disclosure_patient_keys on audit.disclosure using gin (patient_keys);
comment on table audit.disclosure is
'What left the house: who got what of whom, when and why. Its event is in the chain.';
create trigger only_grows before update or delete or truncate on audit.disclosure
for each statement execute function audit.refuse_change();

create function audit.words_of(disclosure audit.disclosure) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_array(
        disclosure.recipient_name,
        disclosure.recipient_address,
        disclosure.purpose_code,
        disclosure.purpose_text,
        disclosure.user_id,
        audit.moment_text(disclosure.disclosed_at)
    )::text
$$;

create function audit.disclose(
    user_id text,
    role text,
    what text,
    patient_keys bigint[],
    recipient_name text,
    recipient_address text,
    purpose_code text,
    purpose_text text,
    client_address text default null
)
returns table (event_id bigint, hash bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    disclosure audit.disclosure;
    event record;
begin
    disclosure.disclosed_at := clock_timestamp();
    disclosure.user_id := user_id;
    disclosure.recipient_name := recipient_name;
    disclosure.recipient_address := recipient_address;
    disclosure.purpose_code := purpose_code;
    disclosure.purpose_text := purpose_text;
    disclosure.what := what;
    disclosure.patient_keys := patient_keys;
    select appended.* into strict event
    from audit.append(
        user_id, role, 'disclose', what, patient_keys, cardinality(patient_keys),
        audit.words_of(disclosure), 'ok', client_address => disclose.client_address
    ) as appended;
    disclosure.event_id := event.event_id;
    insert into audit.disclosure (
        event_id, disclosed_at, user_id, recipient_name, recipient_address,
        purpose_code, purpose_text, what, patient_keys
    )
    values (
        disclosure.event_id, disclosure.disclosed_at, disclosure.user_id,
        disclosure.recipient_name, disclosure.recipient_address,
        disclosure.purpose_code, disclosure.purpose_text, disclosure.what,
        disclosure.patient_keys
    );
    return query select event.event_id, event.hash;
end
$$;
comment on function audit.disclose(
    text, text, text, bigint[], text, text, text, text, text
) is
'Writes down a disclosure before anything leaves the house.';
