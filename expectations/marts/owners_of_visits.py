"""A fact and the visit it belongs to are of one patient.

A key of a visit that is there is not enough: a fact filed under another patient keeps
the visit of the first one.
"""

from collections.abc import Iterable

from expectations.expectation import Kahn, Severity
from expectations.marts.joins import VISIT
from expectations.marts.mart_check import MartCheck, Words

# Where the visit was delivered with the fact: what repeats it would tell it again.
RELATIONS = (
    "fct_claims",
    "fct_care_plans",
    "fct_notes",
    "fct_questionnaire_responses",
    "fct_allergies",
    "fct_conditions",
    "fct_devices",
    "fct_family_history",
    "fct_immunizations",
    "fct_procedures",
    "fct_social_history",
    "fct_imaging_studies",
    "fct_imaging_reports",
    "fct_lab_orders",
    "fct_specimens",
    "fct_lab_results",
    "fct_vital_signs",
    "fct_medication_history",
    "fct_dispenses",
    "fct_administrations",
    "fct_medication_requests",
    "fct_appointments",
    "fct_referrals",
)


def visit_owner_checks() -> Iterable[MartCheck]:
    """Return a check per mart whose facts belong to visits."""
    for relation in RELATIONS:
        yield MartCheck(
            relation,
            "encounter_key:same_patient",
            Words(
                f"The visit of a fact of {relation} is of the same patient.",
                "One of the two is filed under another person, whose chart is wrong.",
            ),
            Kahn.RELATIONAL_CONFORMANCE,
            applies="visit.encounter_key is not null",
            breaks="fact.patient_key <> visit.patient_key",
            severity=Severity.CRITICAL,
            joins=(VISIT,),
        )
