"""The SQL of what waits to be acknowledged of one patient, for the chart."""

from dashboards.worklist.statements import FINDING_COLUMNS, ROW_COLUMNS

# There are few, so all come.
ROWS_OF_PATIENT = f"""
    select
    {ROW_COLUMNS}
    from marts.fct_result_worklist as worklist
    left join marts.dim_practitioners as practitioner
        on worklist.practitioner_key = practitioner.practitioner_key
    left join marts.fct_lab_results as result
        on worklist.patient_key = result.patient_key
        and worklist.lab_result_key = result.lab_result_key
    where worklist.patient_key = %(patient_key)s
    order by
        worklist.urgency_rank,
        greatest(worklist.collected_at, worklist.resulted_at) desc nulls first,
        worklist.analyte_code collate "C"
"""  # noqa: S608 - put together from constants
OPEN_FINDINGS_OF_PATIENT = f"""
    select
    {FINDING_COLUMNS}
    from marts.fct_abnormal_findings as finding
    where finding.patient_key = %(patient_key)s and finding.is_on_worklist
    order by
        coalesce(finding.collected_at, finding.resulted_at) desc nulls first,
        finding.lab_result_key collate "C"
"""  # noqa: S608 - put together from constants
