"""The SQL of the results viewer: selects from the marts, no rule, no arithmetic.

The ``KNOWN`` ones bring little of every result: what there is to choose from, over
which times, and which readings; the ``SHOWN`` ones bring the rest of what is asked for.

A result that its source deleted is no current one, but somebody may have acted on it:
it comes as its last version, withdrawn.
"""

from dashboards.chart.statements import MEDICINES, PATIENT, RESULT_COLUMNS
from dashboards.glass.statements import HIDDEN
from dashboards.statements import FRESHNESS_OF_PATIENT

KNOWN_COLUMNS = """
        patient_key,
        lab_result_key,
        coalesce(converted_analyte_code, analyte_code) as analyte_code,
        test_name,
        specimen_name,
        organism_name,
        antibiotic_name,
        coalesce(converted_unit, comparable_unit, unit) as line_unit,
        coalesce(value_number, comparator_number) is not null as is_number,
        coalesce(collected_at, resulted_at) as collected_at
"""
# Statements are put together from these constants alone.
# ruff: noqa: S608
RESULTS_KNOWN = f"""
    select {KNOWN_COLUMNS}, reading_hash
    from marts.fct_lab_results
    where patient_key = %(patient_key)s
        and coalesce(collected_at, resulted_at) is not null
    order by coalesce(collected_at, resulted_at), lab_result_key
"""
# As it read last before that; the digest of the deletion tells that it changed.
DELETED = """
    select *
    from (
        select
            version.*,
            deletion.reading_hash as deletion_hash,
            row_number() over (
                partition by version.lab_result_key
                order by version.version_number desc
            ) as open_rank
        from marts.fct_lab_result_versions as deletion
        inner join marts.fct_lab_result_versions as version
            on deletion.patient_key = version.patient_key
            and deletion.lab_result_key = version.lab_result_key
        where deletion.patient_key = %(patient_key)s
            and deletion.is_current
            and deletion.is_closed
            and not version.is_closed
    ) as ranked
    where open_rank = 1 and coalesce(collected_at, resulted_at) is not null
"""
DELETED_KNOWN = f"""
    select {KNOWN_COLUMNS}, deletion_hash || reading_hash as reading_hash
    from ({DELETED}) as deleted
    order by coalesce(collected_at, resulted_at), lab_result_key
"""
RESULTS_SHOWN = f"""
    select {RESULT_COLUMNS}, is_withdrawn
    from marts.fct_lab_results
    where patient_key = %(patient_key)s
        and lab_result_key = any(%(lab_result_keys)s)
    order by coalesce(collected_at, resulted_at), lab_result_key
"""
DELETED_SHOWN = f"""
    select {RESULT_COLUMNS}, true as is_withdrawn
    from ({DELETED}) as deleted
    where lab_result_key = any(%(lab_result_keys)s)
    order by coalesce(collected_at, resulted_at), lab_result_key
"""
# A version is known from the instant of its receipt, and no longer at that of one that
# supersedes it.
IS_KNOWN = """
    known_from <= %(known_at)s
    and (known_until is null or %(known_at)s < known_until)
"""
# What was known at a moment: of each result the version of then, unless deleted.
THEN = f"""
    from marts.fct_lab_result_versions
    where patient_key = %(patient_key)s
        and {IS_KNOWN}
        and not is_closed
"""
THEN_KNOWN = f"""
    select {KNOWN_COLUMNS}, reading_hash
    {THEN}
        and coalesce(collected_at, resulted_at) is not null
    order by coalesce(collected_at, resulted_at), lab_result_key
"""
THEN_SHOWN = f"""
    select {RESULT_COLUMNS}, is_closing as is_withdrawn
    {THEN}
        and lab_result_key = any(%(lab_result_keys)s)
    order by coalesce(collected_at, resulted_at), lab_result_key
"""
# What results read before, as far as it was known by a moment.
FORMER = """
    select
        patient_key,
        lab_result_key,
        value_text,
        coalesce(converted_value_number, value_number) as value_number,
        comparator,
        coalesce(converted_comparator_number, comparator_number) as comparator_number,
        known_from
    from marts.fct_lab_result_versions
    where patient_key = %(patient_key)s
        and lab_result_key = any(%(lab_result_keys)s)
        and not is_current
        and known_until <= %(known_at)s
        and not is_closed
    order by lab_result_key, version_number
"""
PANELS = """
    select analyte_code, panel_name, panel_position, test_position
    from marts.dim_lab_panels
"""
ORIGIN = """
    select
        version.patient_key,
        version.lab_result_key,
        version.version_number,
        version.is_current,
        version.is_closed,
        version.test_code,
        version.code_system,
        version.loinc_code,
        version.analyte_code,
        version.test_name,
        version.value_text,
        version.value_kind,
        version.value_number,
        version.comparator,
        version.comparator_number,
        version.unit,
        version.unit_ucum,
        version.comparable_unit,
        version.converted_analyte_code,
        version.converted_value_number,
        version.converted_comparator_number,
        version.converted_unit,
        version.conversion_code,
        version.conversion_rule_name,
        version.conversion_basis,
        version.conversion_factor,
        version.conversion_increment,
        version.is_conversion_reversed,
        version.displayed_flag,
        version.displayed_flag_source,
        version.indeterminate_reason,
        version.default_range_name,
        version.laboratory_flag,
        version.result_status_code,
        version.collected_at,
        version.resulted_at,
        version.source_system,
        version.delivery_id,
        version.file_id,
        version.line_number,
        version.known_from,
        version.known_until,
        origin.adapter,
        origin.table_name,
        origin.received_at,
        origin.landed_at,
        origin.evaluated_count,
        origin.unmet_count,
        report.state_code,
        report.reported_at
    from marts.fct_lab_result_versions as version
    left join lateral access.origin_of_results(version.delivery_id, version.file_id)
        as origin on true
    left join lateral quality.report_states(
        'lab_results', array[version.lab_result_key]
    ) as report on true
    where version.patient_key = %(patient_key)s
        and version.lab_result_key = %(lab_result_key)s
    order by version.version_number
"""
OF_PATIENT = {"patient": PATIENT, "freshness": FRESHNESS_OF_PATIENT, "hidden": HIDDEN}
KNOWN_NOW = {"known": RESULTS_KNOWN, "deleted": DELETED_KNOWN}
KNOWN_THEN = {"known": THEN_KNOWN}
SHOWN_NOW = {"shown": RESULTS_SHOWN, "deleted": DELETED_SHOWN, "former": FORMER}
SHOWN_THEN = {"shown": THEN_SHOWN, "former": FORMER}
OF_GRAPH = {"medicines": MEDICINES}
