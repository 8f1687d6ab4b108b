-- What registrars and billing staff read: marts, and how fresh they are.
set local check_function_bodies = off;

grant usage on schema marts, raw to ehr_registrar, ehr_billing;
grant select (delivery_id, source_system, landed_at) on raw.delivery to
ehr_registrar, ehr_billing;
