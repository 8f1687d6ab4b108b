-- Random keys of research, and who may read it.
set local check_function_bodies = off;

-- A key that research shows must say nothing of the person (45 CFR 164.514(c)), and be
-- the same in the next release. So it is drawn once and kept here; researchers and
-- clinicians cannot enter this schema, and the builder cannot choose a key.
create table identity.research_patient (
    patient_key bigint primary key,
    research_patient_id uuid not null unique default gen_random_uuid()
);
comment on table identity.research_patient is
'The random key under which research shows a patient; not derived, so back it up.';

create table identity.research_encounter (
    encounter_key text primary key,
    research_encounter_id uuid not null unique default gen_random_uuid()
);
comment on table identity.research_encounter is
'The random key under which research shows an encounter; not derived, so back it up.';

revoke all on identity.research_patient, identity.research_encounter from public;
grant select, insert (patient_key) on identity.research_patient to ehr_builder;
grant select, insert (encounter_key) on identity.research_encounter to ehr_builder;

grant usage on schema research to ehr_researcher, ehr_research_sql;
grant connect on database warehouse to ehr_research_sql;
