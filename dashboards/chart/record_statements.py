"""The SQL of what is written and ordered for a patient: selects from the marts."""

NOTES = """
    select note_key, note_type_code, title, author_name, author_role_name, status_code,
        written_at, source_system
    from marts.fct_notes
    where patient_key = %(patient_key)s and not is_entered_in_error
    order by written_at desc, note_key
"""
REPORTS = """
    select imaging_report_key, procedure_name, modality_code, body_site_name,
        author_name, status_code, is_final, is_corrected, reported_at
    from marts.fct_imaging_reports
    where patient_key = %(patient_key)s and not is_cancelled
    order by reported_at desc, imaging_report_key
"""
DEVICES = """
    select device_name, device_code, body_site_name, is_present, started_at, ended_at
    from marts.fct_devices
    where patient_key = %(patient_key)s
        and coalesce(status_code, '') <> 'entered-in-error'
    order by is_present desc nulls first, started_at desc, device_key
"""
PLANS = """
    select care_plan_key, plan_name, reason_name, status_code, goal_text, outcome_text,
        is_active, started_at, ended_at
    from marts.fct_care_plans
    where patient_key = %(patient_key)s
    order by is_active desc nulls last, started_at desc, care_plan_key
"""
ORDERS = """
    select test_name, category_code, priority_code, status_code, reason_name, is_open,
        ordered_at, due_at, completed_at
    from marts.fct_lab_orders
    where patient_key = %(patient_key)s
    order by is_open desc nulls last, ordered_at desc, lab_order_key
"""
REFERRALS = """
    select specialty_name, priority_code, status_code, reason_name, is_open,
        requested_at, completed_at
    from marts.fct_referrals
    where patient_key = %(patient_key)s
    order by is_open desc nulls last, requested_at desc, referral_key
"""
APPOINTMENTS = """
    select appointment_type_name, status_code, specialty_name, is_upcoming, is_missed,
        requested_at, starts_at
    from marts.fct_appointments
    where patient_key = %(patient_key)s
    order by coalesce(starts_at, requested_at) desc nulls last, appointment_key
"""
DOSES = """
    select drug_name, dose_text, dose_unit, status_code, reason_name, performer_name,
        administered_at
    from marts.fct_administrations
    where patient_key = %(patient_key)s
    order by administered_at desc, administration_key
    limit 100
"""
REQUESTS = """
    select request_type_code, drug_name, status_code, answered_by_name, is_open,
        requested_at, answered_at
    from marts.fct_medication_requests
    where patient_key = %(patient_key)s
    order by is_open desc nulls last, requested_at desc, medication_request_key
"""
FAMILY = """
    select relationship_code, condition_name, condition_code, onset_age_years,
        recorded_at
    from marts.fct_family_history
    where patient_key = %(patient_key)s
    order by relationship_code collate "C", recorded_at desc
"""
SOCIAL = """
    select observation_name, value_text, observed_at
    from marts.fct_social_history
    where patient_key = %(patient_key)s and is_latest
    order by observation_name collate "C", observed_at desc
"""
SCORES = """
    select question_name, answer_text, answered_at
    from marts.fct_questionnaire_responses
    where patient_key = %(patient_key)s
    order by answered_at desc, question_name collate "C"
    limit 100
"""
RECORD_STATEMENTS = {
    "notes": NOTES,
    "reports": REPORTS,
    "devices": DEVICES,
    "plans": PLANS,
    "orders": ORDERS,
    "referrals": REFERRALS,
    "appointments": APPOINTMENTS,
    "doses": DOSES,
    "requests": REQUESTS,
    "family": FAMILY,
    "social": SOCIAL,
    "scores": SCORES,
}
