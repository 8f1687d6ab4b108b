-- Who may use what.

revoke all on
access.restriction, access.consent, access.sensitivity_label, access.label_rule,
access.fact_label, access.break_glass, access.ward_stay, access.ward_member,
access.take_over, access.consent_in_force from public;
revoke execute on all functions in schema access from public;

grant select, insert, delete on access.ward_stay to ehr_builder;
grant select, insert, delete on access.consent to ehr_builder;
grant select on access.sensitivity_label, access.fact_label to ehr_builder;
grant select on access.consent_in_force to ehr_builder, ehr_compliance;
grant execute on function access.consents_in_force() to ehr_builder, ehr_compliance;
grant usage on schema marts to ehr_owner;

grant execute on function
access.visible_patients(), access.entrusted_patients(), access.closed_patients(),
access.withheld_labels(), access.may_see(bigint[])
to ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_quality, ehr_researcher,
ehr_compliance, ehr_engineer, ehr_registrar, ehr_billing, ehr_support;
-- A technician compares the name on the tube with the name of the number in the file,
-- so the laboratory sees the identity of everyone whose results it may see.
grant execute on function access.identity_of(bigint[]) to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_registrar, ehr_billing,
ehr_compliance;
grant execute on function access.find_patients(text[], uuid[], integer[], integer) to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_registrar, ehr_billing, ehr_compliance,
ehr_support;
grant execute on function
access.find_closed_patients(text[], uuid[], integer[]),
access.open_glass(bigint, text, text), access.close_glass(uuid),
access.open_glasses(), access.label_fact(text, text, bigint, text, text) to ehr_doctor;
grant execute on function access.hidden_facts(bigint) to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_billing;
grant execute on function
access.ward_patients(), access.take_over(bigint, text), access.take_overs_of_ward()
to ehr_nurse;
grant execute on function access.decide_consent(text, text), access.own_consents()
to ehr_patient;
grant execute on function
access.restrict_patient(bigint, text, text, timestamptz), access.lift_restriction(uuid)
to ehr_compliance;
grant execute on function access.grant_assignment(text, bigint, timestamptz, text)
to ehr_support;
grant execute on function
access.end_assignment(uuid), access.assignments_of(text, bigint),
access.explain(text, bigint), access.withheld_label_names(text)
to ehr_support, ehr_compliance;
grant select on
access.break_glass, access.restriction, access.consent, access.label_rule,
access.sensitivity_label to ehr_compliance;
