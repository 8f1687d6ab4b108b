-- Who may use what.

revoke all on access.release_rule from public;
grant select on access.release_rule to ehr_compliance;
revoke execute on function
access.holds_results(),
access.is_released(
    text, text, text[], integer, timestamptz, timestamptz, timestamptz
),
access.set_release_rule(text, text, text, integer, text, timestamptz),
access.end_release_rule(uuid),
access.are_texts_released(text, bigint, text),
access.take_consent(bigint, text, text, text),
access.withdraw_consent(bigint, text, text),
access.end_consents(bigint, text, text, boolean),
access.set_label_rule(text, text, boolean),
access.ward_members(),
access.wards(),
access.join_ward(text, text, text, boolean),
access.leave_ward(text, text, text) from public;
grant execute on function access.set_label_rule(text, text, boolean) to ehr_compliance;
grant execute on function access.ward_members(), access.wards()
to ehr_support, ehr_compliance;
grant execute on function
access.join_ward(text, text, text, boolean), access.leave_ward(text, text, text)
to ehr_support;
grant execute on function
access.take_consent(bigint, text, text, text) to ehr_registrar;
grant execute on function access.withdraw_consent(bigint, text, text)
to ehr_registrar, ehr_patient;
grant execute on function
access.holds_results(),
access.is_released(
    text, text, text[], integer, timestamptz, timestamptz, timestamptz
) to ehr_patient;
grant execute on function
access.set_release_rule(text, text, text, integer, text, timestamptz),
access.end_release_rule(uuid) to ehr_compliance;
