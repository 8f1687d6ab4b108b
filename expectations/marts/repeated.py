"""One thing stands once: facts alike in what they say, under two record ids.

The load judges record ids; two systems, or one system twice, give one event two of
them. The first of each kind is no repeat.
"""

from collections.abc import Iterable

from expectations.expectation import Kahn
from expectations.marts.mart_check import ONE_PERCENT, Limit, MartCheck, Words
from expectations.thresholds import Origin

# Of each mart its key, and what tells two of its facts apart.
TELLING = {
    "fct_conditions": (
        "condition_key",
        "condition_code, category_code, encounter_key, started_at",
    ),
    "fct_allergies": ("allergy_key", "substance_code, substance_name, started_at"),
    "fct_immunizations": ("immunization_key", "vaccine_code, administered_at"),
    "fct_procedures": ("procedure_key", "procedure_code, started_at, encounter_key"),
    "fct_devices": ("device_key", "device_code, device_name, started_at"),
    "fct_family_history": (
        "family_history_key",
        "relationship_code, condition_code, condition_name, recorded_at",
    ),
    "fct_social_history": (
        "social_history_key",
        "observation_code, value_text, observed_at",
    ),
    "fct_encounters": (
        "encounter_key",
        "encounter_class_code, encounter_type_code, service_name, location_name, "
        "started_at, ended_at",
    ),
    "fct_appointments": ("appointment_key", "starts_at, practitioner_key"),
    "fct_referrals": ("referral_key", "requested_at, reason_code, specialty_name"),
    "fct_notes": ("note_key", "title, written_at, author_name"),
    "fct_care_plans": ("care_plan_key", "plan_code, started_at, encounter_key"),
    "fct_questionnaire_responses": (
        "questionnaire_response_key",
        "question_code, answer_text, answered_at",
    ),
    "fct_vital_signs": (
        "vital_sign_key",
        "observation_code, value_text, unit, position_name, measured_at",
    ),
    "fct_lab_orders": ("lab_order_key", "test_code, ordered_at, specimen_key"),
    "fct_specimens": (
        "specimen_key",
        "specimen_type_name, collected_at, lab_order_key, accession_number",
    ),
    "fct_lab_results": (
        "lab_result_key",
        "test_code, specimen_id, specimen_name, organism_name, antibiotic_name, "
        "isolate_number, value_text, comment_text, collected_at",
    ),
    "fct_imaging_reports": ("imaging_report_key", "study_key, reported_at"),
    "fct_medication_history": (
        "prescription_key",
        "drug_code, drug_name, dose_text, route_code, started_at, ended_at",
    ),
    "fct_dispenses": (
        "dispense_key",
        "drug_code, drug_name, prescription_key, pharmacy_order_key, handed_out_at",
    ),
    "fct_administrations": (
        "administration_key",
        "drug_code, prescription_key, administered_at, scheduled_at",
    ),
    "fct_medication_requests": (
        "medication_request_key",
        "request_type_code, prescription_key, requested_at",
    ),
    "fct_claims": (
        "claim_key",
        "claim_type_code, procedure_code, diagnosis_code, service_started_at, "
        "billed_amount, replaces_claim_key, encounter_key, status_code",
    ),
    "fct_payments": (
        "payment_key",
        "claim_key, paid_at, payment_type_code, payer_type_code, amount",
    ),
    "fct_consents": ("consent_key", "scope_code, recipient_name, started_at"),
    "dim_contacts": ("contact_key", "contact_role_code, priority_number, started_at"),
    "dim_coverages": ("coverage_key", "plan_name, started_at"),
}
# Stays of one patient, or eras of one ingredient, that lie in each other.
NEVER_AT_ONCE = {
    "fct_inpatient_stays": (
        "lead(admitted_at) over (partition by patient_key "
        "order by admitted_at, stay_key)",
        "discharged_at",
        "stays of one patient overlap",
    ),
    "fct_medication_eras": (
        "lead(starts_on) over (partition by patient_key, ingredient_name, "
        "era_rule_code order by starts_on, era_number)",
        "ends_on",
        "eras of one ingredient overlap",
    ),
    "fct_medication_covered_intervals": (
        "lead(starts_on) over (partition by patient_key, measure_kind_code, "
        "measure_name, calendar_year order by starts_on, interval_number)",
        "ends_on",
        "covered intervals of one measure overlap",
    ),
}


def repeated_checks() -> Iterable[MartCheck]:
    """Return the checks of uniqueness of every mart."""
    for relation, (key, telling) in TELLING.items():
        yield MartCheck(
            relation,
            f"{key}:told_once",
            Words(
                f"No fact of {relation} is told twice for one patient.",
                "What is told twice counts twice: in lists, in doses, in bills.",
            ),
            Kahn.UNIQUENESS,
            applies="true",
            breaks="fact.telling > 1",
            limit=Limit(ONE_PERCENT.share, Origin.OBSERVED),
            windows={
                "telling": f"row_number() over (partition by patient_key, {telling} "
                f"order by {key})"
            },
        )
    for relation, (following, end, what) in NEVER_AT_ONCE.items():
        yield MartCheck(
            relation,
            f"{end}:apart",
            Words(
                f"No two {what}.",
                "Days would be counted twice in lengths and shares.",
            ),
            Kahn.TEMPORAL_PLAUSIBILITY,
            applies=f"fact.{end} is not null and fact.following_begins is not null",
            breaks=f"fact.following_begins < fact.{end}",
            windows={"following_begins": following},
            dashboard_types=("measureObservationPeriodOverlap",),
        )
