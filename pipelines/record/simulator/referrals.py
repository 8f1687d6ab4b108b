"""Referrals: to what was then done, and to specialists for what a doctor sees."""

from dataclasses import dataclass

from pipelines.record.simulator.clock import DAY
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.hospital import HOSPITAL
from pipelines.record.simulator.journal import Row

BEFORE_DAYS = (14, 60)  # referral to the visit that it led to
SPECIALIST_SHARE = 0.35
RECENT_DAYS = 40  # within which a referral may still be under way
_LED_TO = {
    "Z12.11": ("Gastroenterology", "Screening colonoscopy requested."),
    "M17.11": ("Orthopedics", "Knee replacement? Conservative measures exhausted."),
    "K40.90": ("General Surgery", "Repair of the hernia requested."),
    "I25.10": ("Cardiology", "Invasive diagnostics requested: {reason}."),
}


@dataclass(frozen=True)
class _Specialty:
    """Where a disease is sent, and with what question."""

    name: str
    question: str


# By the beginning of the diagnosis code.
_SENT = {
    "N18.32": _Specialty("Nephrology", "Progressing kidney disease, {reason}."),
    "N18.4": _Specialty("Nephrology", "Preparation for replacement therapy?"),
    "E11.65": _Specialty("Endocrinology", "Hyperglycemia despite treatment."),
    "I50.9": _Specialty("Cardiology", "Optimisation of heart failure treatment."),
    "J44.9": _Specialty("Pulmonology", "Lung function and advice on inhalers."),
    "F32.A": _Specialty("Psychiatry", "Assessment and treatment, {reason}."),
    "D50.9": _Specialty("Gastroenterology", "Source of bleeding? {reason}."),
    "M54.50": _Specialty("Physical Therapy", "Exercises for {reason}."),
}
_FATES = ((0.80, "completed"), (0.08, "declined"), (0.12, "cancelled"))


def write_referrals(facts: Facts) -> None:
    """Write what led to planned visits, and one referral per disease."""
    sent: set[str] = set()
    for number, visit in enumerate(facts.visits):
        is_planned = (
            visit.get("admission_type_name") == "elective"
            or visit["encounter_type_name"] == "Procedure visit"
        )
        if is_planned and visit["reason_code"] in _LED_TO:
            _lead_to(facts, visit, facts.visits[:number])
        code = visit.get("reason_code")
        is_office = visit["encounter_class_code"] in {"ambulatory", "wellness"}
        if not is_office or code not in _SENT or code in sent:
            continue
        sent.add(code)
        if visit["ended_at"] and facts.chances.happens(SPECIALIST_SHARE):
            _send(facts, visit, _SENT[code])


def _lead_to(facts: Facts, visit: Row, earlier: list[Row]) -> None:
    """Write the referral that a planned visit came of, and that it is done."""
    specialty, question = _LED_TO[visit["reason_code"]]
    chances = facts.chances
    office = [
        one
        for one in earlier
        if one["encounter_class_code"] in {"ambulatory", "wellness"}
        and one["encounter_type_name"] != "Procedure visit"
        and one["ended_at"]
    ]
    made = visit["started_at"] - chances.whole(*BEFORE_DAYS) * DAY
    origin = office[-1] if office else None
    if origin is not None:
        made = origin["started_at"] + 18
    row = _write(facts, visit, made, specialty, question)
    row["encounter_id"] = origin["record_id"] if origin else None
    row["practitioner_id"] = facts.case.doctor
    done = visit["ended_at"]
    if done:
        facts.amend("referrals", row, done, status_code="completed", completed_at=done)
    else:
        facts.amend("referrals", row, visit["started_at"], status_code="scheduled")


def _write(facts: Facts, visit: Row, made: int, specialty: str, question: str) -> Row:
    reason = visit["reason_name"]
    return facts.write(
        "referrals",
        made,
        specialty_name=specialty,
        organization_id=HOSPITAL,
        practitioner_id=visit["practitioner_id"],
        priority_code="urgent" if facts.chances.happens(0.12) else "routine",
        status_code="requested",
        reason_code=visit["reason_code"],
        reason_name=reason,
        question_text=question.format(reason=reason),
        requested_at=made,
    )


def _send(facts: Facts, visit: Row, specialty: _Specialty) -> None:
    """Send somebody to a specialist outside; the letter comes back some weeks later."""
    made = visit["ended_at"] - 2
    row = _write(facts, visit, made, specialty.name, specialty.question)
    row["encounter_id"] = visit["record_id"]
    row["organization_id"] = None
    accepted = made + facts.chances.whole(1 * DAY, 6 * DAY)
    fate = facts.chances.weighted(_FATES)
    done = accepted + facts.chances.whole(10 * DAY, RECENT_DAYS * DAY)
    if facts.case.person.died is not None and done >= facts.case.person.died:
        fate, done = "cancelled", max(facts.case.person.died, made + 1)
    elif fate == "completed":
        row = facts.amend("referrals", row, accepted, status_code="accepted")
    facts.amend("referrals", row, done, status_code=fate, completed_at=done)
