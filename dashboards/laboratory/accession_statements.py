"""The SQL of one accession: what is found by a number, and all that belongs to it."""

FOUND = """
    select accession_key, patient_key, kind_code, number_text, last_at, source_system
    from marts.fct_accession_numbers
    where number_text = lower(%(number)s)
    order by last_at desc nulls last, accession_key, patient_key, kind_code
    limit %(most)s
"""
# Only where no number is the one that was typed.
BEGUN = """
    select accession_key, patient_key, kind_code, number_text, last_at, source_system
    from marts.fct_accession_numbers
    where starts_with(number_text, lower(%(number)s))
    order by last_at desc nulls last, accession_key, patient_key, kind_code
    limit %(most)s
"""
RECENT = """
    select
        accession_key,
        patient_key,
        source_system,
        max(last_at) as last_at,
        min(number_text) filter (where kind_code = 'tube') as tube_number,
        min(number_text) filter (where kind_code <> 'tube') as other_number
    from marts.fct_accession_numbers
    where source_system not in (
        select source_system from raw.source where is_historical
    )
    group by accession_key, patient_key, source_system
    order by max(last_at) desc nulls last, accession_key
    limit %(most)s
"""
ORDER = """
    select
        lab_order.patient_key,
        lab_order.test_name,
        lab_order.category_code,
        lab_order.priority_code,
        lab_order.status_code,
        lab_order.status_reason_name,
        lab_order.reason_name,
        lab_order.is_open,
        lab_order.ordered_at,
        lab_order.due_at,
        lab_order.completed_at,
        lab_order.source_system,
        practitioner.practitioner_name
    from marts.fct_lab_orders as lab_order
    left join marts.dim_practitioners as practitioner
        on lab_order.practitioner_key = practitioner.practitioner_key
    where lab_order.patient_key = %(patient_key)s
        and lab_order.lab_order_key = %(accession_key)s
"""
SPECIMENS = """
    select
        patient_key,
        specimen_key,
        specimen_type_name,
        accession_number,
        body_site_name,
        status_code,
        rejection_reason_name,
        is_open,
        is_rejected,
        collected_at,
        received_at,
        status_at
    from marts.fct_specimens
    where patient_key = %(patient_key)s
        and (
            lab_order_key = %(accession_key)s
            or specimen_key = %(accession_key)s
        )
    order by collected_at nulls last, specimen_key
"""
RESULTS = """
    select
        patient_key,
        lab_result_key,
        specimen_key,
        test_name,
        priority_code,
        state_code,
        ordered_at,
        collected_at,
        received_at,
        first_resulted_at,
        final_resulted_at
    from marts.fct_lab_turnarounds
    where patient_key = %(patient_key)s and accession_key = %(accession_key)s
    order by test_name, lab_result_key
"""
VERSIONS = """
    select
        version.patient_key,
        version.lab_result_key,
        coalesce(version.test_name, turnaround.test_name) as test_name,
        version.organism_name,
        version.antibiotic_name,
        version.version_number,
        version.is_current,
        version.is_closed,
        version.value_text,
        version.value_number,
        version.comparator,
        version.comparator_number,
        version.unit,
        version.displayed_flag,
        version.indeterminate_reason,
        version.result_status_code,
        version.comment_text,
        version.resulted_at,
        version.known_from,
        version.delivery_id,
        version.source_system,
        origin.adapter,
        origin.table_name,
        origin.received_at
    from marts.fct_lab_turnarounds as turnaround
    inner join marts.fct_lab_result_versions as version
        on turnaround.patient_key = version.patient_key
        and turnaround.lab_result_key = version.lab_result_key
    left join lateral access.origin_of_results(version.delivery_id, version.file_id)
        as origin on true
    where turnaround.patient_key = %(patient_key)s
        and turnaround.accession_key = %(accession_key)s
    order by test_name, version.lab_result_key, version.version_number
"""
ACKNOWLEDGEMENTS = """
    select
        acknowledgement.patient_key,
        acknowledgement.lab_result_key,
        turnaround.test_name,
        acknowledgement.person_name,
        acknowledgement.is_current_reading,
        acknowledgement.acknowledged_at
    from marts.fct_lab_turnarounds as turnaround
    inner join marts.fct_acknowledgements as acknowledgement
        on turnaround.patient_key = acknowledgement.patient_key
        and turnaround.lab_result_key = acknowledgement.lab_result_key
    where turnaround.patient_key = %(patient_key)s
        and turnaround.accession_key = %(accession_key)s
    order by acknowledgement.acknowledged_at, turnaround.test_name
"""
OF_ACCESSION = {
    "order": ORDER,
    "specimens": SPECIMENS,
    "results": RESULTS,
    "versions": VERSIONS,
    "acknowledgements": ACKNOWLEDGEMENTS,
}
