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
# The same click twice is one acknowledgement. But a result that went back to what it
# read before somebody acknowledged it otherwise must be acknowledged anew.
INSERT_ACKNOWLEDGEMENT = """
    insert into laboratory.acknowledgements (
        patient_key, lab_result_key, reading_hash, user_id, person_name, comment_text
    )
    select
        %(patient_key)s::bigint, %(lab_result_key)s::text, %(reading_hash)s::text,
        %(user_id)s::text, %(person_name)s::text, %(comment_text)s::text
    where not exists (
        select
        from laboratory.acknowledgements_of(array[%(lab_result_key)s::text]) as mine
        where
            mine.patient_key = %(patient_key)s
            and mine.user_id = %(user_id)s
            and mine.reading_hash = %(reading_hash)s
            and not exists (
                select
                from laboratory.acknowledgements_of(
                    array[%(lab_result_key)s::text]
                ) as later
                where
                    later.patient_key = mine.patient_key
                    and later.reading_hash <> mine.reading_hash
                    and later.acknowledged_at > mine.acknowledged_at
            )
    )
"""
ACKNOWLEDGEMENTS_OF = """
    select
        patient_key, lab_result_key, reading_hash, user_id, person_name,
        acknowledged_at
    from laboratory.acknowledgements_of(%s::text[])
"""
