"""The SQL of the results viewer: selects from the marts, no rule, no arithmetic.

``RESULTS_KNOWN`` brings little of every result: what there is to choose from, over
which times, and which readings. ``RESULTS_SHOWN`` brings the rest of what is asked for.
"""

from dashboards.chart.statements import MEDICINES, PATIENT, RESULT_COLUMNS
from dashboards.glass.statements import HIDDEN
from dashboards.statements import FRESHNESS_OF_PATIENT

RESULTS_KNOWN = """
    select
        patient_key,
        lab_result_key,
        reading_hash,
        analyte_code,
        test_name,
        specimen_name,
        organism_name,
        antibiotic_name,
        coalesce(comparable_unit, unit) as line_unit,
        coalesce(value_number, comparator_number) is not null as is_number,
        coalesce(collected_at, resulted_at) as collected_at
    from marts.fct_lab_results
    where patient_key = %(patient_key)s
        and coalesce(collected_at, resulted_at) is not null
    order by coalesce(collected_at, resulted_at), lab_result_key
"""
PANELS = """
    select analyte_code, panel_name, panel_position, test_position
    from marts.dim_lab_panels
"""
RESULTS_SHOWN = f"""
    {RESULT_COLUMNS}
    where patient_key = %(patient_key)s
        and lab_result_key = any(%(lab_result_keys)s)
        and coalesce(collected_at, resulted_at) is not null
    order by coalesce(collected_at, resulted_at), lab_result_key
"""
ORIGIN = """
    select
        result.patient_key,
        result.lab_result_key,
        result.reading_hash,
        result.test_code,
        result.code_system,
        result.loinc_code,
        result.analyte_code,
        result.test_name,
        result.value_text,
        result.value_kind,
        result.comparator,
        result.unit,
        result.unit_ucum,
        result.comparable_unit,
        result.displayed_flag_source,
        result.default_range_name,
        result.laboratory_flag,
        result.result_status_code,
        result.collected_at,
        result.resulted_at,
        result.source_system,
        result.delivery_id,
        result.file_id,
        result.line_number,
        result.known_from,
        origin.adapter,
        origin.table_name,
        origin.received_at,
        origin.landed_at,
        origin.evaluated_count,
        origin.unmet_count
    from marts.fct_lab_results as result
    left join lateral access.origin_of_results(result.delivery_id, result.file_id)
        as origin on true
    where result.patient_key = %(patient_key)s
        and result.lab_result_key = %(lab_result_key)s
"""
KNOWN_STATEMENTS = {
    "patient": PATIENT,
    "known": RESULTS_KNOWN,
    "panels": PANELS,
    "freshness": FRESHNESS_OF_PATIENT,
    "hidden": HIDDEN,
}
SHOWN_STATEMENTS = {"shown": RESULTS_SHOWN}
GRAPH_STATEMENTS = {"shown": RESULTS_SHOWN, "medicines": MEDICINES}
