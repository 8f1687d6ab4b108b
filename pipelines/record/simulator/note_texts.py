"""Whole texts of notes: of a visit, of a discharge, and what is said about a person."""

from pipelines.record.simulator.clock import DAY
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.note_words import (
    dose,
    known,
    medicines,
    results,
    signs,
)
from pipelines.record.simulator.requests import active_at

NAMED_SHARE, PHONE_SHARE, NUMBER_SHARE = 0.10, 0.03, 0.03
ADDENDA = (
    "discussed with the family.",
    "copy sent to the practice.",
    "patient phoned and has no further questions.",
)
COURSES = (
    "Plan: continue treatment.",
    "Improving; mobilise.",
    "Treatment goes on unchanged.",
    "Plan: follow blood tests, discharge when stable.",
)
GRAVE_COURSES = (
    "Condition serious; family informed.",
    "Treatment goes on unchanged.",
    "Plan: follow closely.",
)
NURSING = (
    "Slept well.",
    "Restless night.",
    "Walked to the bathroom with help.",
    "Ate half of the meals, drinks well.",
    "Skin intact, repositioned.",
)
_REASONS = (
    "Comes for {kind}: {reason}.",
    "{kind}. Reason: {reason}.",
    "Seen today because of {reason} ({kind}).",
)
_NO_REASON = ("Comes for {kind}.", "{kind}; no complaints.")
_PLANS = (
    "Plan: control as agreed, sooner if worse.",
    "Advice given. To call if it gets worse.",
    "Plan discussed and understood.",
    "Return as scheduled.",
)
_TITLES = {"F": "Ms.", "M": "Mr."}


def about_person(facts: Facts) -> str:
    """Return what names the patient, in the few notes that do."""
    identity = facts.case.person.identity
    draw = facts.chances.share()
    if draw < NUMBER_SHARE:
        return f"MRN {identity['medical_record_number']}. "
    if draw < NUMBER_SHARE + PHONE_SHARE:
        return f"Reachable at {identity['phone']}. "
    if draw >= NUMBER_SHARE + PHONE_SHARE + NAMED_SHARE:
        return ""
    title, family = _TITLES[facts.case.person.sex], identity["family_name"]
    given = identity["given_name"]
    is_child = facts.case.person.is_child_at(facts.end)
    if is_child or facts.chances.happens(0.5):
        return f"{given} {family}: "
    return f"{title} {family}: "


def _reason(facts: Facts, visit: Row) -> str:
    reason, kind = visit.get("reason_name"), str(visit["encounter_type_name"])
    pattern = facts.chances.pick(_REASONS if reason else _NO_REASON)
    kind = kind if pattern.startswith("{kind}") else kind.lower()
    return pattern.format(kind=kind, reason=reason)


def _stopped(facts: Facts, since: int, until: int) -> list[Row]:
    """Return what was stopped within a time and replaced by nothing."""
    rows = facts.journal.rows["prescriptions"]
    replaced = {row["replaces_prescription_id"] for row in rows}
    return [
        row
        for row in rows
        if row["status_code"] == "stopped"
        and since <= row["ended_at"] <= until
        and row["record_id"] not in replaced
    ]


def of_visit(facts: Facts, visit: Row, written: int) -> str:
    """Return the note of a visit that is over."""
    chances = facts.chances
    all_results = facts.of("lab_results", visit)
    ready = known(all_results, visit["started_at"], written)
    start = visit["started_at"]
    ordered = facts.of("prescriptions", visit)
    parts = (
        _reason(facts, visit),
        signs(facts.of("vital_signs", visit), chances),
        _done(facts, visit, written),
        results(ready, chances, is_pending=bool(all_results)),
        medicines(ordered, _stopped(facts, start, start + DAY), chances),
        chances.pick(_PLANS),
    )
    return " ".join(part for part in parts if part)


def _done(facts: Facts, visit: Row, written: int) -> str:
    """Say which procedures and images there were."""
    names = [row["procedure_name"] for row in facts.of("procedures", visit)]
    names += [
        row["procedure_name"]
        for row in facts.of("imaging_studies", visit)
        if row["started_at"] < written
    ]
    return f"Done: {', '.join(map(str, names))}." if names else ""


def of_discharge(facts: Facts, stay: Row, written: int) -> str:
    """Return the summary of a stay that is over."""
    chances, ends = facts.chances, stay["ended_at"]
    days = max(1, round((ends - stay["started_at"]) / DAY))
    is_dead = stay["discharge_disposition_name"] == "Expired"
    last = _last_results(facts, stay, written)
    ordered = [
        row
        for row in facts.of("prescriptions", stay)
        if row["ended_at"] is None or row["ended_at"] > ends
    ]
    went = (
        "The patient died."
        if is_dead
        else (f"Discharged to: {stay['discharge_disposition_name']}.")
    )
    parts = (
        f"Stay of {days} day{'s' * (days > 1)} for {stay['reason_name']}.",
        _done(facts, stay, written),
        results(last, chances, is_pending=False) if last else "",
        "" if is_dead else medicines(ordered, (), chances),
        "" if is_dead else _at_discharge(facts, ends),
        went,
    )
    return " ".join(part for part in parts if part)


def _last_results(facts: Facts, stay: Row, written: int) -> list[Row]:
    """Return the last result of each analyte of a stay."""
    ready = known(facts.of("lab_results", stay), stay["started_at"], written)
    return list({row["test_code"]: row for row in ready}.values())


def _at_discharge(facts: Facts, minute: int) -> str:
    taken = active_at(facts, minute)
    names = "; ".join(dose(row) for row in taken)
    return f"Medicines at discharge: {names or 'none'}."
