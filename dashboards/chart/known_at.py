"""A patient's results as the warehouse knew them at a moment, not as it does now.

Judged by the rules of today, and by what is known of the patient today: what is of then
is what the laboratory had said. For each result that is the version which superseded
all others received up to the moment, unless it took the result away.
"""

from dashboards.chart.statements import RESULT_COLUMNS

# What the trail calls the read.
PAGE = "chart as known earlier"
# Over the parameter `moment`: a version is known from the instant of its receipt, and
# no longer at that of one that supersedes it.
IS_KNOWN = """
    known_from <= %(moment)s
    and (known_until is null or %(moment)s < known_until)
    and not is_closing
"""
RESULTS_KNOWN_AT = f"""
    select {RESULT_COLUMNS},
        version_number,
        is_current,
        is_closing,
        known_from,
        known_until,
        source_system,
        record_id,
        delivery_id,
        file_id,
        line_number,
        version_at
    from marts.fct_lab_result_versions
    where patient_key = %(patient_key)s
        and {IS_KNOWN}
        and coalesce(collected_at, resulted_at) is not null
    order by coalesce(collected_at, resulted_at), lab_result_key
"""
