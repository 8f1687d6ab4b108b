"""Notes: of visits, of each day on a ward, by nurses, at discharge.

Some name the patient, a phone number or the record number, as real notes do; some are
added to later, a few stand in the wrong record and are marked as entered in error.
"""

from pipelines.record.simulator.administrations import nurse_on_duty
from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.note_texts import (
    ADDENDA,
    COURSES,
    GRAVE_COURSES,
    NURSING,
    about_person,
    of_discharge,
    of_visit,
)
from pipelines.record.simulator.note_words import (
    known,
    not_given,
    results,
    signs,
)
from pipelines.record.simulator.requests import active_at

ADDENDUM_SHARE, IN_ERROR_SHARE, NURSING_SHARE = 0.02, 0.004, 0.55
WRITING_MINUTES = (2, 90)
ROUND_HOUR, NIGHT_HOUR = 10, 5
TITLES = {
    "visit": "Visit note",
    "progress": "Progress note",
    "nursing": "Nursing note",
    "discharge": "Discharge summary",
    "medication_review": "Medication review",
}


def write_notes(facts: Facts) -> None:
    """Write the notes of every visit and stay."""
    facts.index("administrations", "notes")
    for visit in facts.visits:
        if visit["encounter_class_code"] == "inpatient":
            _write_stay(facts, visit)
        elif visit["ended_at"]:
            written = visit["ended_at"] + facts.chances.whole(*WRITING_MINUTES)
            _write(facts, visit, "visit", written, of_visit(facts, visit, written))
    _write_reviews(facts)


def _write(
    facts: Facts, visit: Row, kind: str, written: int, text: str, who: object = None
) -> None:
    """Write one note; seldom, add to it later or take it back."""
    if written >= facts.end:
        return
    chances = facts.chances
    author = who or visit["practitioner_id"]
    row = facts.write(
        "notes",
        written,
        encounter_id=visit["record_id"],
        note_type_code=kind,
        title=TITLES[kind],
        note_text=f"{about_person(facts)}{text}",
        status_code="final",
        practitioner_id=author,
        author_name=facts.name_of(author),
        author_role_name="nurse" if str(author).startswith("N") else "physician",
        written_at=written,
    )
    draw = chances.share()
    if draw < IN_ERROR_SHARE:
        minute = written + chances.whole(10, 2 * DAY)
        wrong = {"status_code": "entered-in-error", "is_deleted": "true"}
        facts.amend("notes", row, minute, **wrong)
    elif draw < IN_ERROR_SHARE + ADDENDUM_SHARE:
        minute = written + chances.whole(1 * HOUR, 3 * DAY)
        longer = f"{row['note_text']} Addendum: {chances.pick(ADDENDA)}"
        facts.amend("notes", row, minute, status_code="amended", note_text=longer)


def _write_stay(facts: Facts, stay: Row) -> None:
    """Write a stay day by day, and its summary."""
    ends = min(facts.over(stay), facts.end)
    start = stay["started_at"]
    written = start + facts.chances.whole(60, 150)
    if written < ends:
        _write(facts, stay, "progress", written, _admission(facts, stay, written))
    for day in range(start // DAY * DAY, ends, DAY):
        night = day + NIGHT_HOUR * HOUR + facts.chances.whole(0, 50)
        if start + 6 * HOUR < night < ends and facts.chances.happens(NURSING_SHARE):
            nurse = nurse_on_duty(facts, stay, night)
            _write(facts, stay, "nursing", night, _night(facts, stay, night), nurse)
        seen = day + ROUND_HOUR * HOUR + facts.chances.whole(0, 120)
        if start + 12 * HOUR < seen < ends:
            _write(facts, stay, "progress", seen, _round(facts, stay, seen))
    if stay["ended_at"]:
        written = stay["ended_at"] + facts.chances.whole(5, 5 * HOUR)
        text = of_discharge(facts, stay, written)
        _write(facts, stay, "discharge", written, text)


def _since(facts: Facts, stay: Row, since: int, until: int) -> tuple[str, str]:
    """Say signs and results of a span of time."""
    measured = [
        row
        for row in facts.of("vital_signs", stay)
        if since < row["measured_at"] <= until
    ]
    resulted = known(facts.of("lab_results", stay), since, until)
    return (
        signs(measured, facts.chances),
        results(resulted, facts.chances, is_pending=False),
    )


def _admission(facts: Facts, stay: Row, written: int) -> str:
    said = _since(facts, stay, stay["started_at"] - 1, written)
    how = (
        "electively" if stay["admission_type_name"] == "elective" else "as an emergency"
    )
    where = facts.ward_at(stay, stay["started_at"])
    words = f"Admitted {how} to {where}: {stay['reason_name']}."
    taken = active_at(facts, stay["started_at"] - 1)
    home = ", ".join(str(row["drug_name"]) for row in taken)
    before = f"Medicines before admission: {home or 'none'}."
    return " ".join(part for part in (words, *said, before) if part)


def _round(facts: Facts, stay: Row, written: int) -> str:
    day = (written // DAY) - (stay["started_at"] // DAY)
    said = _since(facts, stay, written - DAY, written)
    is_dying = stay["discharge_disposition_name"] == "Expired"
    course = facts.chances.pick(GRAVE_COURSES if is_dying else COURSES)
    done = [
        f"{row['procedure_name']} done."
        for row in facts.of("procedures", stay)
        if written - DAY < row["ended_at"] <= written
    ]
    head = f"Day {day}, {stay['reason_name']}."
    return " ".join(part for part in (head, *said, *done, course) if part)


def _night(facts: Facts, stay: Row, written: int) -> str:
    since = written - DAY
    doses = [
        row
        for row in facts.of("administrations", stay)
        if since < row["administered_at"] <= written
    ]
    measured, _ = _since(facts, stay, since, written)
    parts = (facts.chances.pick(NURSING), measured, not_given(doses))
    return " ".join(part for part in parts if part)


def _write_reviews(facts: Facts) -> None:
    """Write a note to each medication review."""
    visits = {visit["record_id"]: visit for visit in facts.visits}
    for row in facts.journal.rows["medication_requests"]:
        if row["request_type_code"] != "review" or row["status_code"] != "done":
            continue
        visit = visits[row["encounter_id"]]
        taken = active_at(facts, visit["started_at"])
        names = "; ".join(
            f"{one['drug_name']}, {one['frequency_text']}" for one in taken
        )
        text = f"Reviewed {len(taken)} medicines: {names}. Taking explained."
        _write(facts, visit, "medication_review", row["answered_at"] + 4, text)
