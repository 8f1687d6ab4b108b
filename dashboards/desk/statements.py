"""The SQL of the desk."""

# Who they are comes with the keys; no mart is asked, as not every role reads them.
NAMED = "select unnest(%(patient_keys)s::bigint[]) as patient_key"
MERGE_CHANGES = """
    select
        change.build_id,
        change.change_code,
        change.mart,
        change.rows_of_patient_before,
        change.rows_of_survivor_before,
        change.rows_of_patient_after,
        change.rows_of_survivor_after
    from quality.merge_change as change
    where change.patient_key = any(%(patient_keys)s::bigint[])
        and (
            change.rows_of_patient_before <> change.rows_of_patient_after
            or change.rows_of_survivor_before <> change.rows_of_survivor_after
            or change.rows_of_patient_after is null
        )
    order by change.build_id desc, change.mart
"""
PRACTITIONERS = """
    select
        practitioner.practitioner_key,
        practitioner.practitioner_name,
        practitioner.specialty_name
    from marts.dim_practitioners as practitioner
    where practitioner.practitioner_key like 'operational:%%'
        and strpos(
            lower(
                concat_ws(
                    ' ', practitioner.practitioner_name, practitioner.specialty_name
                )
            ),
            lower(%(sought)s)
        ) > 0
    order by practitioner.practitioner_name
    limit 40
"""
