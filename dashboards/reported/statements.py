"""The SQL of reported values, for clinicians.

The keys that are asked about come from marts, under the policies of whoever asks: of a
fact that is kept from them nobody learns that it was reported.
"""

REPORTED = """
    select
        'lab_results' as feed,
        report.fact_key,
        report.state_code,
        report.reported_at
    from quality.report_states(
        'lab_results',
        array(
            select fact.lab_result_key
            from marts.fct_lab_results as fact
            where fact.patient_key = %(patient_key)s
        )
    ) as report
    union all
    select
        'vital_signs',
        report.fact_key,
        report.state_code,
        report.reported_at
    from quality.report_states(
        'vital_signs',
        array(
            select fact.vital_sign_key
            from marts.fct_vital_signs as fact
            where fact.patient_key = %(patient_key)s
        )
    ) as report
    union all
    select
        'prescriptions',
        report.fact_key,
        report.state_code,
        report.reported_at
    from quality.report_states(
        'prescriptions',
        array(
            select fact.prescription_key
            from marts.fct_medication_history as fact
            where fact.patient_key = %(patient_key)s
        )
    ) as report
    order by reported_at desc
"""
# What is wrong with the data behind the page: of the feed, and of the mart it became.
INCIDENTS_OF_DATA = """
    select
        replace(replace(replace(
            incident.subject, 'fct_medication_history', 'prescriptions'
        ), 'fct_', ''), 'stg_', '') as feed,
        incident.source_system,
        cast(sum(incident.incidents_count) as bigint) as incidents_count
    from quality.incidents_of_data(
        array[
            'lab_results', 'stg_lab_results', 'fct_lab_results',
            'vital_signs', 'stg_vital_signs', 'fct_vital_signs',
            'prescriptions', 'stg_prescriptions', 'fct_medication_history',
            'dispenses', 'stg_dispenses', 'fct_dispenses',
            'administrations', 'stg_administrations', 'fct_administrations'
        ],
        array(
            select patient.source_system
            from marts.dim_patients as patient
            where patient.patient_key = %(patient_key)s
        )
    ) as incident
    group by 1, incident.source_system
    order by 1, incident.source_system collate "C"
"""
# What was reported is named by the row as it stands now, if it may still be seen.
OWN_REPORTS = """
    select
        report.report_id,
        report.feed,
        report.patient_key,
        report.source_system,
        report.fault_code,
        report.sealed_words,
        report.reported_at,
        report.state_code,
        report.answer_id,
        report.sealed_answer,
        report.answered_by,
        report.answered_at,
        coalesce(
            result.test_name,
            sign.vital_sign_name,
            sign.observation_name,
            medicine.drug_name
        ) as fact_name,
        coalesce(
            result.collected_at,
            result.resulted_at,
            sign.measured_at,
            medicine.started_at
        ) as happened_at
    from quality.own_reports() as report
    left join marts.fct_lab_result_versions as result
        on report.feed = 'lab_results'
        and report.patient_key = result.patient_key
        and report.fact_key = result.lab_result_key
        and result.is_current
    left join marts.fct_vital_signs as sign
        on report.feed = 'vital_signs'
        and report.patient_key = sign.patient_key
        and report.fact_key = sign.vital_sign_key
    left join marts.fct_medication_history as medicine
        on report.feed = 'prescriptions'
        and report.patient_key = medicine.patient_key
        and report.fact_key = medicine.prescription_key
    order by report.reported_at desc
"""
