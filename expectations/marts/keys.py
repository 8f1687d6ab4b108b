"""Keys that name a row elsewhere name one that is there.

One name stands for one thing in every mart, so that a column's name tells what it
refers to. A mart is filled by patients: a row that outlived what it came from (a
withdrawn visit, a merged patient) would be shown beside nothing.
"""

from collections.abc import Iterable, Mapping

from expectations.expectation import Kahn, Severity
from expectations.marts.contracts import Mart
from expectations.marts.joins import PATIENT, VISIT, referred
from expectations.marts.mart_check import MartCheck, Words

REFERENCES = {
    "patient_key": ("dim_patients", "patient_key"),
    "encounter_key": ("fct_encounters", "encounter_key"),
    "part_of_encounter_key": ("fct_encounters", "encounter_key"),
    "last_encounter_key": ("fct_encounters", "encounter_key"),
    "practitioner_key": ("dim_practitioners", "practitioner_key"),
    "organization_key": ("dim_organizations", "organization_key"),
    "coverage_key": ("dim_coverages", "coverage_key"),
    "claim_key": ("fct_claims", "claim_key"),
    "replaces_claim_key": ("fct_claims", "claim_key"),
    "study_key": ("fct_imaging_studies", "study_key"),
    "imaging_report_key": ("fct_imaging_reports", "imaging_report_key"),
    "lab_order_key": ("fct_lab_orders", "lab_order_key"),
    "specimen_key": ("fct_specimens", "specimen_key"),
    "lab_result_key": ("fct_lab_results", "lab_result_key"),
    "accession_key": ("fct_accession_numbers", "accession_key"),
    "prescription_key": ("fct_medication_history", "prescription_key"),
    "replaces_prescription_key": ("fct_medication_history", "prescription_key"),
    "replaced_by_prescription_key": ("fct_medication_history", "prescription_key"),
    "previous_prescription_key": ("fct_medication_history", "prescription_key"),
    "exposure_key": ("fct_medication_exposures", "exposure_key"),
    "first_exposure_key": ("fct_medication_exposures", "exposure_key"),
    "second_exposure_key": ("fct_medication_exposures", "exposure_key"),
    "first_taken_key": ("fct_medications_taken", "taken_key"),
    "second_taken_key": ("fct_medications_taken", "taken_key"),
    "allergy_key": ("fct_allergies", "allergy_key"),
    "note_key": ("fct_notes", "note_key"),
    "care_plan_key": ("fct_care_plans", "care_plan_key"),
    "appointment_key": ("fct_appointments", "appointment_key"),
    "consent_key": ("fct_consents", "consent_key"),
    "contact_key": ("dim_contacts", "contact_key"),
    "stay_key": ("fct_inpatient_stays", "stay_key"),
    "research_patient_id": ("patients", "research_patient_id"),
    "research_encounter_id": ("encounters", "research_encounter_id"),
    "next_stay_key": ("fct_inpatient_stays", "stay_key"),
}
# What other checks join too, by a name of its own: once for all of them.
JOINED = {
    "patient_key": (PATIENT, "patient.patient_key"),
    "encounter_key": (VISIT, "visit.encounter_key"),
}
# All versions that ever were, of facts that are withdrawn since, too.
OF_THE_WITHDRAWN = {
    ("fct_lab_result_versions", "lab_result_key"),
    ("fct_imaging_report_versions", "imaging_report_key"),
    ("fct_lab_turnarounds", "lab_result_key"),
}
NOBODYS = Words(
    "{column} of {relation} names a patient of dim_patients.",
    "A fact of a patient who is not there is shown to nobody, and counted.",
)
DANGLING = Words(
    "{column} of {relation} names a row of {referred}.",
    "What a key leads to is missing on the page: the visit, the order, the author.",
)


def key_checks(marts: Mapping[str, Mart]) -> Iterable[MartCheck]:
    """Return a check per column that refers to another relation."""
    for mart in marts.values():
        for column in mart.columns:
            relation, key = REFERENCES.get(column, ("", ""))
            is_own_key = (relation, key) == (mart.name, column)
            is_of_withdrawn = (mart.name, column) in OF_THE_WITHDRAWN
            if relation and not is_own_key and not is_of_withdrawn:
                yield _names_a_row(mart, column, relation, key)


def _names_a_row(mart: Mart, column: str, relation: str, key: str) -> MartCheck:
    is_patient = column == "patient_key"
    words = NOBODYS if is_patient else DANGLING
    join, found = JOINED.get(column) or referred(column, relation, key)
    names = {"column": column, "relation": mart.name, "referred": relation}
    return MartCheck(
        mart.name,
        f"{column}:exists",
        Words(words.sentence.format(**names), words.reason),
        Kahn.RELATIONAL_CONFORMANCE,
        applies=f"fact.{column} is not null",
        breaks=f"{found} is null",
        severity=Severity.CRITICAL if is_patient else Severity.WARNING,
        joins=(join,),
        dashboard_types=("isForeignKey",),
    )
