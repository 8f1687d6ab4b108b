"""Wishes about medicines and their answers: refills, changes, stops, reviews."""

from pipelines.record.simulator.clock import DAY, HOUR, YEAR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.medicines import RENEWAL

REFILL_SHARE, DENIED_SHARE, WITHDRAWN_SHARE = 0.10, 0.06, 0.03
CHANGE_SHARE, NEW_SHARE = 0.8, 0.08
OPEN_SHARE = 0.12  # of patients with lasting medicines who wait for an answer now
OPEN_DAYS = 5
MANY_MEDICINES = 5
MOST_REVIEWS = 4
_REFILLS = (
    "I have about a week of {drug} left. Please refill.",
    "Could you send {drug} to my pharmacy again?",
    "Running out of {drug} on the weekend.",
    "Refill of {drug}, please. My number is {phone}.",
)
_NEW = (
    ("Something for my sleep, please.", "Please come in: we should talk about it."),
    ("May I have the antibiotic again?", "Not without seeing you. Please book."),
    ("My neighbor takes a pill against cramps. Can I?", "We look at it at the visit."),
)
_APPROVALS = ("Approved.", "Sent to the pharmacy.", "Approved, see you at the control.")
_DENIALS = (
    "Please come for a visit first.",
    "A blood test is due before this can be refilled.",
    "Too early: the last supply is not used up.",
)


def write_requests(facts: Facts) -> None:
    """Write what was asked about each medicine, and what was answered."""
    for fill in facts.journal.rows["dispenses"]:
        if fill["refill_number"] and facts.chances.happens(REFILL_SHARE):
            _ask_refill(facts, fill, fill["dispensed_at"])
    prescriptions = facts.journal.rows["prescriptions"]
    replaced = {row["replaces_prescription_id"] for row in prescriptions}
    for prescription in prescriptions:
        _decide(facts, prescription, is_replaced=prescription["record_id"] in replaced)
    _ask_something_new(facts)
    _review(facts)
    _leave_open(facts)


def _request(facts: Facts, kind: str, about: Row, asked: int, **values: object) -> Row:
    return facts.write(
        "medication_requests",
        asked,
        request_type_code=kind,
        encounter_id=values.pop("encounter_id", None),
        prescription_id=about.get("prescription_id", about.get("record_id")),
        drug_code=about.get("drug_code"),
        code_system=about.get("code_system"),
        drug_name=about.get("drug_name"),
        status_code="requested",
        requested_at=asked,
        **values,
    )


def _answer(
    facts: Facts, row: Row, minute: int, status: str, text: str, who: object = None
) -> None:
    who = who or facts.case.doctor
    facts.amend(
        "medication_requests",
        row,
        max(minute, row["requested_at"] + 1),
        status_code=status,
        answer_text=text,
        practitioner_id=who,
        answered_by_name=facts.name_of(who),
        answered_at=max(minute, row["requested_at"] + 1),
    )


def _refill_words(facts: Facts, about: Row) -> str:
    drug = str(about["drug_name"])
    phone = facts.case.person.identity["phone"]
    return facts.chances.pick(_REFILLS).format(drug=drug, phone=phone)


def _ask_refill(facts: Facts, fill: Row, filled: int) -> None:
    """Let a fill have been asked for, one to four days before."""
    chances = facts.chances
    asked = filled - chances.whole(1 * DAY, 4 * DAY)
    who = "patient" if chances.happens(0.7) else "pharmacy"
    words = _refill_words(facts, fill)
    values = {"requester_code": who, "request_text": words}
    row = _request(facts, "refill", fill, asked, **values)
    answered = asked + chances.whole(2 * HOUR, 22 * HOUR)
    draw = chances.share()
    if draw < WITHDRAWN_SHARE:
        withdrawn = {"status_code": "withdrawn"}
        facts.amend("medication_requests", row, answered, **withdrawn)
    elif draw < WITHDRAWN_SHARE + DENIED_SHARE:
        _answer(facts, row, answered, "denied", chances.pick(_DENIALS))
        again = _request(facts, "refill", fill, answered + 1 * HOUR, **values)
        _answer(facts, again, filled, "done", "Approved after a call.")
    else:
        status = "done" if chances.happens(0.8) else "approved"
        _answer(facts, row, answered, status, chances.pick(_APPROVALS))


def _decide(facts: Facts, prescription: Row, *, is_replaced: bool) -> None:
    """Write the decision that a change or a stop of a medicine came from."""
    why, ended = prescription["change_reason_name"], prescription["ended_at"]
    if not why or why == RENEWAL or not facts.chances.happens(CHANGE_SHARE):
        return
    replaced = prescription["replaces_prescription_id"]
    if replaced:
        kind, decided = "dose_change", prescription["started_at"]
    elif ended and prescription["status_code"] == "stopped" and not is_replaced:
        kind, decided = "stop", ended
    else:
        return
    asked = decided - facts.chances.whole(20, 10 * HOUR)
    doctor = prescription["practitioner_id"]
    about = {**prescription, "record_id": replaced or prescription["record_id"]}
    row = _request(
        facts,
        kind,
        about,
        asked,
        encounter_id=prescription["encounter_id"] if replaced else None,
        requester_code="nurse" if facts.chances.happens(0.25) else "doctor",
        request_text=f"{why}.",
    )
    words = f"Changed to {prescription['drug_name']}." if replaced else "Stopped."
    _answer(facts, row, decided, "done", words, doctor)


def _ask_something_new(facts: Facts) -> None:
    """Let a few people ask for a medicine that nobody has prescribed."""
    if not facts.visits or not facts.chances.happens(NEW_SHARE):
        return
    asked = facts.since + int(facts.chances.between(0.1, 3) * YEAR)
    if asked >= facts.case.end:
        return
    wish, answer = facts.chances.pick(_NEW)
    values = {"requester_code": "patient", "request_text": wish}
    row = _request(facts, "new", {}, asked, **values)
    answered = asked + facts.chances.whole(3 * HOUR, 30 * HOUR)
    _answer(facts, row, answered, "denied", answer)


def _review(facts: Facts) -> None:
    """Review the medicines of people with many, about once a year, at a visit."""
    reviewed, done = 0, 0
    for visit in facts.visits:
        is_check_up = visit["encounter_class_code"] == "wellness"
        if not is_check_up or visit["started_at"] < reviewed + YEAR // 2:
            continue
        taken = active_at(facts, visit["started_at"])
        if len(taken) < MANY_MEDICINES or done >= MOST_REVIEWS:
            continue
        reviewed, done = visit["started_at"], done + 1
        row = _request(
            facts,
            "review",
            {},
            reviewed + 5,
            encounter_id=visit["record_id"],
            requester_code="nurse",
            request_text=f"{len(taken)} medicines at once: please review.",
        )
        doctor = visit["practitioner_id"]
        _answer(facts, row, reviewed + 25, "done", "Reviewed with the patient.", doctor)


def active_at(facts: Facts, minute: int) -> list[Row]:
    """Return the prescriptions in force at a minute."""
    return [
        row
        for row in facts.journal.rows["prescriptions"]
        if row["started_at"] <= minute < (row["ended_at"] or minute + 1)
    ]


def _leave_open(facts: Facts) -> None:
    """Leave a wish of the last days without an answer."""
    if facts.case.person.died is not None:
        return
    lasting = [row for row in active_at(facts, facts.end) if not row["ended_at"]]
    if not lasting or not facts.chances.happens(OPEN_SHARE):
        return
    about = facts.chances.pick(lasting)
    asked = facts.end - facts.chances.whole(1 * HOUR, OPEN_DAYS * DAY)
    if asked <= about["started_at"]:
        return
    words = _refill_words(facts, about)
    _request(
        facts, "refill", about, asked, requester_code="patient", request_text=words
    )
