"""Appointments: kept ones became visits; others were missed, cancelled, are ahead."""

from pipelines.record.simulator.clock import DAY, HOUR, office_hour
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.journal import BELONGS_TO, Row

NO_SHOW_SHARE, CANCELLED_SHARE = 0.05, 0.03  # of planned visits; worse when ill-kept
AHEAD_DAYS, ASKED_SHARE = (5, 170), 0.05
LATELY = 240 * DAY  # who came within it has a next appointment
NEXT_SHARE = 0.75
LENGTH = 30
_ROUTINE = frozenset(
    {"Follow-up visit", "Annual physical examination", "Well child visit"}
)
_PLANNED = _ROUTINE | {"Procedure visit"}
_REASONS = (
    "Follow-up: {reason}",
    "{reason}, control",
    "Control of {reason}, {given} asks for a morning hour",
)
_COMPLAINTS = (
    "Feeling ill since {days} days",
    "{reason}?",
    "Wants to be seen today, call back {phone}",
    "Not getting better",
)
_CANCELLATIONS = ("Patient travels", "Patient ill", "Provider unavailable", "No ride")


def write_appointments(facts: Facts) -> None:
    """Write the appointments of all visits that had one, and those ahead."""
    for visit in facts.visits:
        if visit["encounter_class_code"] in {"ambulatory", "wellness"}:
            _keep(facts, visit)
    _look_ahead(facts)


def _row(facts: Facts, visit: Row, starts: int | None, status: str) -> Row:
    """Return what an appointment for a kind of visit says."""
    return {
        "appointment_type_name": visit["encounter_type_name"],
        "status_code": status,
        "practitioner_id": visit["practitioner_id"],
        "organization_id": visit["organization_id"],
        "specialty_name": visit["service_name"],
        "reason_text": _reason(facts, visit),
        "starts_at": starts,
        "ends_at": starts + LENGTH if starts else None,
    }


def _reason(facts: Facts, visit: Row) -> str:
    chances, identity = facts.chances, facts.case.person.identity
    reason = visit.get("reason_name")
    words = {
        "reason": reason or "Check-up",
        "given": identity["given_name"],
        "phone": identity["phone"],
        "days": chances.whole(2, 6),
    }
    is_planned = visit["encounter_type_name"] in _PLANNED
    if is_planned and not reason:
        return str(visit["encounter_type_name"])
    return chances.pick(_REASONS if is_planned else _COMPLAINTS).format(**words)


def _keep(facts: Facts, visit: Row) -> None:
    """Write the appointment that became a visit, and those missed before it."""
    chances, starts = facts.chances, visit["started_at"]
    is_planned = visit["encounter_type_name"] in _PLANNED
    lead = chances.whole(8 * DAY, 45 * DAY) if is_planned else chances.whole(30, 1200)
    asked = max(starts - lead, facts.case.person.born + DAY)
    if visit["encounter_type_name"] in _ROUTINE:
        _miss(facts, visit, asked)
    booked = _row(facts, visit, starts, "booked")
    row = facts.write("appointments", asked, requested_at=asked, **booked)
    row[BELONGS_TO] = visit["record_id"]
    kept = {"encounter_id": visit["record_id"]}
    if visit["ended_at"]:
        facts.amend(
            "appointments", row, visit["ended_at"], status_code="fulfilled", **kept
        )
    else:
        facts.amend("appointments", row, starts, status_code="arrived", **kept)


def _miss(facts: Facts, visit: Row, asked: int) -> None:
    """Let somebody miss or cancel an earlier appointment for the same."""
    chances = facts.chances
    adherence = facts.case.person.adherence_at(visit["started_at"])
    draw = chances.share()
    missed = NO_SHOW_SHARE * (1.6 - adherence)
    if draw >= missed + CANCELLED_SHARE:
        return
    starts = office_hour(asked - chances.whole(2 * DAY, 12 * DAY), chances)
    if not facts.case.person.born + DAY < starts < asked:
        return
    lead = chances.whole(5 * DAY, 30 * DAY)
    requested = max(starts - lead, facts.case.person.born)
    row = facts.write(
        "appointments",
        requested,
        requested_at=requested,
        **_row(facts, visit, starts, "booked"),
    )
    if draw < missed:
        facts.amend("appointments", row, starts + LENGTH, status_code="noshow")
    else:
        why = {"cancellation_reason_name": chances.pick(_CANCELLATIONS)}
        cancelled = starts - chances.whole(3 * HOUR, 3 * DAY)
        facts.amend("appointments", row, cancelled, status_code="cancelled", **why)


def _look_ahead(facts: Facts) -> None:
    """Book the next visit of those who came lately; some only ask for one."""
    case, chances = facts.case, facts.chances
    lately = [
        visit
        for visit in facts.visits
        if visit["encounter_type_name"] in _ROUTINE
        and visit["started_at"] > facts.end - LATELY
    ]
    if not lately or case.person.died is not None or not chances.happens(NEXT_SHARE):
        return
    visit = lately[-1]
    if chances.happens(ASKED_SHARE):
        asked = facts.end - chances.whole(2 * HOUR, 4 * DAY)
        wish = _row(facts, visit, None, "requested")
        facts.write("appointments", asked, requested_at=asked, **wish)
        return
    ahead = facts.end + chances.whole(*AHEAD_DAYS) * DAY
    starts = office_hour(ahead, chances)
    booked = facts.over(visit) + chances.whole(5, 60)
    booked = min(booked, facts.end - 1)
    following = _row(facts, visit, starts, "booked")
    facts.write("appointments", booked, requested_at=booked, **following)
