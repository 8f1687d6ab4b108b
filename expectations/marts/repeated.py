"""One thing stands once: facts alike in what they say, under two record ids.

The load judges record ids; two systems, or one system twice, give one event two of
them. The first of each kind is no repeat.
"""

from collections.abc import Iterable

from expectations.expectation import Kahn
from expectations.marts.joins import said_again
from expectations.marts.mart_check import ONE_PERCENT, Limit, MartCheck, Words
from expectations.thresholds import Origin

# Of each mart its key, and what tells two of its facts apart: times first, as they are
# compared faster than texts and tell most facts apart alone.
TELLING = {
    "fct_conditions": (
        "condition_key",
        "started_at condition_code category_code encounter_key",
    ),
    "fct_allergies": ("allergy_key", "started_at substance_code substance_name"),
    "fct_immunizations": ("immunization_key", "administered_at vaccine_code"),
    "fct_procedures": ("procedure_key", "started_at procedure_code encounter_key"),
    "fct_devices": ("device_key", "started_at device_code device_name"),
    "fct_family_history": (
        "family_history_key",
        "recorded_at relationship_code condition_code condition_name",
    ),
    "fct_social_history": (
        "social_history_key",
        "observed_at observation_code value_text",
    ),
    "fct_encounters": (
        "encounter_key",
        "started_at ended_at encounter_class_code encounter_type_code "
        "service_name location_name",
    ),
    "fct_appointments": ("appointment_key", "starts_at practitioner_key"),
    "fct_referrals": ("referral_key", "requested_at reason_code specialty_name"),
    "fct_notes": ("note_key", "written_at title author_name"),
    "fct_care_plans": ("care_plan_key", "started_at plan_code encounter_key"),
    "fct_questionnaire_responses": (
        "questionnaire_response_key",
        "answered_at question_code answer_text",
    ),
    "fct_vital_signs": (
        "vital_sign_key",
        "measured_at observation_code value_text unit position_name",
    ),
    "fct_lab_orders": ("lab_order_key", "ordered_at test_code specimen_key"),
    "fct_specimens": (
        "specimen_key",
        "collected_at specimen_type_name lab_order_key accession_number",
    ),
    "fct_lab_results": (
        "lab_result_key",
        "collected_at test_code specimen_id specimen_name organism_name "
        "antibiotic_name isolate_number value_text comment_text",
    ),
    "fct_imaging_reports": ("imaging_report_key", "reported_at study_key"),
    "fct_medication_history": (
        "prescription_key",
        "started_at ended_at drug_code drug_name dose_text route_code",
    ),
    "fct_dispenses": (
        "dispense_key",
        "handed_out_at drug_code drug_name prescription_key pharmacy_order_key",
    ),
    "fct_administrations": (
        "administration_key",
        "administered_at scheduled_at drug_code prescription_key",
    ),
    "fct_medication_requests": (
        "medication_request_key",
        "requested_at request_type_code prescription_key",
    ),
    "fct_claims": (
        "claim_key",
        "service_started_at claim_type_code procedure_code diagnosis_code "
        "billed_amount replaces_claim_key encounter_key status_code",
    ),
    "fct_payments": (
        "payment_key",
        "paid_at claim_key payment_type_code payer_type_code amount",
    ),
    "fct_consents": ("consent_key", "started_at scope_code recipient_name"),
    "dim_contacts": ("contact_key", "started_at contact_role_code priority_number"),
    "dim_coverages": ("coverage_key", "started_at plan_name"),
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
            breaks=f"again.{key} is not null",
            limit=Limit(ONE_PERCENT.share, Origin.OBSERVED),
            joins=(said_again(relation, key, telling.split()),),
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
