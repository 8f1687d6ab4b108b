"""What the actions ask of the warehouse and write into the record."""

# Results that their source withdrew are no longer among the results, but whoever
# acknowledged one reads of it among the findings.
CURRENT_READINGS = """
    with

    results as (
        select patient_key, lab_result_key, reading_hash
        from marts.fct_lab_results
        where lab_result_key = any(%(lab_result_keys)s)
    )

    select patient_key, lab_result_key, reading_hash from results
    union all
    select findings.patient_key, findings.lab_result_key, findings.reading_hash
    from marts.fct_abnormal_findings as findings
    left join results
        on
            findings.patient_key = results.patient_key
            and findings.lab_result_key = results.lab_result_key
    where
        findings.lab_result_key = any(%(lab_result_keys)s)
        and results.lab_result_key is null
"""
BE_THE_PERSON = "select set_config('ehr.user_id', %s, true)"
# The same click twice is one acknowledgement: the record's own key says so.
INSERT_ACKNOWLEDGEMENT = """
    insert into laboratory.acknowledgements (
        patient_key, lab_result_key, reading_hash, user_id, person_name, comment_text
    )
    values (
        %(patient_key)s, %(lab_result_key)s, %(reading_hash)s, %(user_id)s,
        %(person_name)s, %(comment_text)s
    )
    on conflict do nothing
"""
ACKNOWLEDGEMENTS_OF = """
    select
        patient_key, lab_result_key, reading_hash, user_id, person_name,
        acknowledged_at
    from laboratory.acknowledgements_of(%s::text[])
"""
