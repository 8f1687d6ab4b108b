"""Findings of the last days, so that a worklist has something to act upon.

One doctor's list holds a busy morning: critical and newly abnormal results, one still
preliminary, one corrected, one beyond what the instrument measures, and one that a
second specimen did not confirm. The other lists have their share.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.record.simulator import analytes
from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.laboratory import correct, draw
from pipelines.record.simulator.observations import visit_signs
from pipelines.record.simulator.visits import Event, open_visit

BUSY_DOCTOR = "D0001"
# Every so manieth patient of a list: the busy doctor's, the severely ill, all others.
BUSY_ONE_IN, ILL_ONE_IN, ONE_IN = 6, 3, 40
SEVERELY_ILL = 0.9  # burden, from which a nurse coordinates the care
MOST_DAYS = 4
NEVER_TOO_HIGH = 2.1  # m[IU]/L, a TSH as it is reported before it is corrected


@dataclass(frozen=True)
class Finding:
    """Why somebody comes, what is measured, which of it is how far off, what follows.

    ``afterwards`` gets the case, the visit and the row of the first analyte that is
    off.
    """

    reason: tuple[str, str]
    keys: tuple[str, ...]
    values: dict[str, float] = field(default_factory=dict)
    afterwards: Callable[[Case, Visit, Row], None] | None = None


def _stays_preliminary(_case: Case, _visit: Visit, row: Row) -> None:
    row["status_code"] = "preliminary"


def _is_corrected(case: Case, _visit: Visit, row: Row) -> None:
    later = row["resulted_at"] + 4 * HOUR
    correct(case, row, analytes.ANALYTES["tsh"], NEVER_TOO_HIGH, later)


def _is_not_confirmed(case: Case, visit: Visit, row: Row) -> None:
    """Measure again in a specimen that was not haemolysed."""
    row["comment_text"] = "Specimen hemolyzed; please repeat."
    draw(case, visit, analytes.BASIC, row["resulted_at"] + 2 * HOUR, "STAT")


# Values lie so far out that no variation of the measurement brings them back.
_TIRED, _WEAK = ("R53.83", "Other fatigue"), ("R53.1", "Weakness")
# fmt: off
FINDINGS = (
    Finding(_TIRED, analytes.BASIC, {"potassium": 7.0}),
    Finding(("R41.0", "Disorientation, unspecified"), analytes.BASIC, {"sodium": 116},
            _stays_preliminary),
    Finding(("R11.0", "Nausea"), analytes.BASIC, {"creatinine": 2.9, "urea": 58}),
    Finding(_WEAK, analytes.BASIC, {"potassium": 7.1}, _is_not_confirmed),
    Finding(("R63.1", "Polydipsia"), ("glucose_bedside",), {"glucose_bedside": 700}),
    Finding(_TIRED, analytes.THYROID, {"tsh": 14.0}, _is_corrected),
    Finding(_WEAK, analytes.BLOOD_COUNT, {"haemoglobin": 6.1}),
    Finding(("R50.9", "Fever, unspecified"), (*analytes.BLOOD_COUNT, "crp"),
            {"leukocytes": 17.5, "crp": 120}),
    Finding(("R25.2", "Cramp and spasm"), analytes.BASIC, {"potassium": 3.0}),
    Finding(("R17", "Unspecified jaundice"), analytes.LIVER,
            {"bilirubin": 3.4, "alt": 210, "ast": 160}),
    Finding(("R23.3", "Spontaneous ecchymoses"), analytes.BLOOD_COUNT,
            {"platelets": 29}),
    Finding(_TIRED, analytes.THYROID, {"tsh": 150}),
)
# fmt: on


def recent_events(case: Case) -> list[Event]:
    """Return the visit of the last days, for those who have one."""
    number = case.person.number
    is_ill = case.person.burden_at(case.window.end) >= SEVERELY_ILL
    place, one_in = case.hospital.place_on_list(number), ONE_IN
    if case.doctor == BUSY_DOCTOR:
        one_in = BUSY_ONE_IN
    elif is_ill:
        one_in = ILL_ONE_IN
    if place % one_in != 1:
        return []
    days = int(case.rng.integers(1, MOST_DAYS + 1))
    minute = case.window.end - days * DAY + 8 * HOUR + 15 * int(case.rng.integers(36))
    return [(minute, "recent", str(place // one_in))]


def recent_visit(case: Case, minute: int, detail: str) -> list[Event]:
    """See somebody whose blood tells something new."""
    finding = FINDINGS[int(detail) % len(FINDINGS)]
    code, name = finding.reason
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
    case.body.derangements |= finding.values
    drawn = draw(case, visit, finding.keys, minute + 15, "STAT")
    case.body.derangements.clear()
    if drawn and finding.afterwards:
        name = analytes.ANALYTES[next(iter(finding.values))].name
        rows = case.journal.rows["lab_results"]
        row = next(row for row in reversed(rows) if row["test_name"] == name)
        finding.afterwards(case, visit, row)
    return []
