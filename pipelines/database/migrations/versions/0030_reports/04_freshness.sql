-- Pages tell when data last came in; a delivery that is held whole brought none.

create index on raw.delivery (source_system, landed_at) where status = 'landed';
create index on raw.delivery (landed_at);
grant select (status) on raw.delivery to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_registrar, ehr_billing;
