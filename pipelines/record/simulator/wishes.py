"""What patients decide about their record, and what they want corrected in it."""

from pipelines.record.simulator.clock import DAY, HOUR, YEAR
from pipelines.record.simulator.facts import Facts

# Scope, share of patients who decide, share of them who permit.
_SCOPES = (
    ("research", 0.8, 0.7),
    ("sharing", 0.85, 0.88),
    ("treating_team_only", 0.02, 0.8),
    ("ask_first", 0.02, 0.9),
)
_RECIPIENTS = (None, None, None, "State immunization registry", "Harbor Pharmacy")
_CLERKS = ("A. Clerk", "B. Desk", "Patient portal")
CHANGED_SHARE = 0.05
CORRECTION_ONE_IN, CORRECTION_REMAINDER = 40, 9
SOURCE = "operational"  # of what patients write
_ANSWERS = (
    (0.45, "accepted", "Thank you. The entry has been corrected."),
    (0.30, "denied", "The entry agrees with the notes of that visit and stays."),
    (0.25, "requested", None),
)
_WISHES = (
    "I do not have {name}. Please take it out of my record.",
    "The date is wrong: {name} was found later than it says.",
    "{name} is listed but it is over. Please correct it.",
)


def write_consents(facts: Facts) -> None:
    """Write each decision; a few are taken back later."""
    for scope, share, permits in _SCOPES:
        if not facts.chances.happens(share) or not facts.visits:
            continue
        decision = "permit" if facts.chances.happens(permits) else "deny"
        recipient = facts.chances.pick(_RECIPIENTS) if scope == "sharing" else None
        _decide(facts, scope, decision, recipient)


def _decide(facts: Facts, scope: str, decision: str, recipient: str | None) -> None:
    shared = {"scope_code": scope, "recipient_name": recipient}
    since = facts.since + facts.chances.whole(2, 40)
    first = facts.write(
        "consents",
        since,
        decision_code=decision,
        recorded_by_name=facts.chances.pick(_CLERKS),
        started_at=since,
        **shared,
    )
    later = since + int(facts.chances.between(0.2, 3) * YEAR)
    if not facts.chances.happens(CHANGED_SHARE) or later >= facts.case.end:
        return
    facts.amend("consents", first, later, ended_at=later)
    facts.write(
        "consents",
        later,
        decision_code="deny" if decision == "permit" else "permit",
        recorded_by_name="Patient portal",
        started_at=later,
        **shared,
    )


def write_correction_requests(facts: Facts) -> None:
    """Let a few patients ask for the correction of an entry of their problem list."""
    is_asking = facts.case.person.number % CORRECTION_ONE_IN == CORRECTION_REMAINDER
    entries = facts.journal.rows["conditions"]
    if not is_asking or not entries:
        return
    entry = facts.chances.pick(entries)
    asked = entry["started_at"] + int(facts.chances.between(20, 90) * DAY)
    asked = max(asked, facts.since + 20 * DAY)
    if asked >= facts.case.end:
        return
    name = str(entry["condition_name"]).split(",", maxsplit=1)[0]
    row = facts.write(
        "correction_requests",
        asked,
        subject_code="conditions",
        subject_id=f"{SOURCE}:{entry['record_id']}",
        request_text=facts.chances.pick(_WISHES).format(name=name),
        status_code="requested",
        requested_at=asked,
    )
    _, status, answer = facts.chances.weighted([(one[0], one) for one in _ANSWERS])
    answered = asked + int(facts.chances.between(1, 12) * DAY) + 3 * HOUR
    if answer is not None:
        facts.amend(
            "correction_requests",
            row,
            answered,
            status_code=status,
            answer_text=answer,
            answered_by_name=facts.name_of(facts.case.doctor),
            answered_at=answered,
        )
