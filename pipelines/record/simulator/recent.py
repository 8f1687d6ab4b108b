"""Findings of the last days, so that a worklist has something to act upon."""

from pipelines.record.simulator import analytes
from pipelines.record.simulator.case import Case
from pipelines.record.simulator.laboratory import draw
from pipelines.record.simulator.observations import visit_signs
from pipelines.record.simulator.visits import Event, open_visit

ONE_IN, REMAINDER = 60, 7  # adults with a finding in the last days, by number
DAYS = (0.6, 4.0)

# Reason, what is measured, which of it is off and how far: critical, or newly abnormal.
# fmt: off
_FINDINGS = (
    ("R53.83", "Other fatigue", analytes.BASIC, {"potassium": 6.6}),
    ("R41.0", "Disorientation, unspecified", analytes.BASIC, {"sodium": 117}),
    ("R53.1", "Weakness", analytes.BLOOD_COUNT, {"haemoglobin": 6.2}),
    ("R63.1", "Polydipsia", analytes.BASIC, {"glucose": 540}),
    ("R53.83", "Other fatigue", ("tsh", "free_t4"), {"tsh": 14.0}),
    ("R11.0", "Nausea", analytes.BASIC, {"creatinine": 2.9, "urea": 58}),
    ("R50.9", "Fever, unspecified", (*analytes.BLOOD_COUNT, "crp"),
     {"leukocytes": 17.5, "crp": 120}),
    ("R25.2", "Cramp and spasm", analytes.BASIC, {"potassium": 3.1}),
    ("R17", "Unspecified jaundice", analytes.LIVER,
     {"bilirubin": 3.4, "alt": 210, "ast": 160}),
    ("R23.3", "Spontaneous ecchymoses", analytes.BLOOD_COUNT, {"platelets": 31}),
)
# fmt: on


def recent_visit(case: Case, minute: int, detail: str) -> list[Event]:
    """See somebody whose blood tells something new."""
    code, name, keys, values = _FINDINGS[int(detail) % len(_FINDINGS)]
    visit = open_visit(
        case,
        minute,
        40,
        encounter_class_code="ambulatory",
        encounter_type_code="185345009",
        encounter_type_name="Visit for symptom",
        service_name="Family Medicine",
        reason_code=code,
        reason_name=name,
    )
    visit_signs(case, visit)
    case.body.derangements |= values
    draw(case, visit, keys, minute + 15, "STAT")
    return []
