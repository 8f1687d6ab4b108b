-- Pages tell when data last came in; a delivery that is held whole brought none.

grant select (status) on raw.delivery to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_registrar, ehr_billing;
