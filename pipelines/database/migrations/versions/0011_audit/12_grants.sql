-- Who may use what.

revoke all on audit.event, audit.head, audit.closed_month, audit.disclosure,
audit.review, access.certification, access.person_address from public;
revoke execute on all functions in schema audit from public;
revoke execute on function access.review_glass(uuid, text, text),
access.certify(text, text, text) from public;

grant usage on schema audit to ehr_auditor, ehr_compliance;
grant execute on function
audit.append(
    text, text, text, text, bigint[], bigint, text, text, bigint, uuid, uuid, text,
    timestamptz
),
audit.disclose(text, text, text, bigint[], text, text, text, text, text)
to ehr_auditor;
grant execute on function audit.find_breaks(), audit.find_unfinished(interval)
to ehr_auditor, ehr_compliance;
grant select on audit.event, audit.closed_month, audit.disclosure, audit.review,
access.certification to ehr_compliance;
grant execute on function
audit.prepare_week(date, text, integer),
audit.sign_week(date, text),
audit.glass_to_review(),
audit.access_grants(),
audit.staff_names(),
audit.find_snooping(timestamptz, timestamptz, text[], uuid[], uuid[]),
audit.find_patients(uuid[]),
audit.count_patients(),
access.review_glass(uuid, text, text),
access.certify(text, text, text)
to ehr_compliance;
