"""Who a patient is on paper: registration, care team, duplicate registrations."""

from pipelines.record.simulator.allergies import write_allergies
from pipelines.record.simulator.case import Case
from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.journal import BELONGS_TO, Journal, Row

HEAVY_BURDEN = 0.9  # from which a nurse coordinates the care; about a tenth
DUPLICATE_ONE_IN, DUPLICATE_REMAINDER = 250, 31  # patients registered twice
UNMERGED_ONE_IN = 1000  # of which some links were wrong and were taken back
DUPLICATE_NUMBER = 900_000  # duplicates are numbered far from real registrations


def is_coordinated(case: Case) -> bool:
    """Return whether somebody is ill enough for a coordinating nurse."""
    return (
        bool(case.journal.rows["encounters"])
        and case.person.burden_at(case.end) >= HEAVY_BURDEN
    )


def write_registration(case: Case, coordinator: str | None) -> None:
    """Write the patient and who is responsible for them."""
    person, journal = case.person, case.journal
    journal.rows["patients"].append(
        {
            "record_id": journal.patient_id,
            "source_patient_id": journal.patient_id,
            "sex_code": person.sex,
            "marital_status_code": _marital_status(case),
            "birth_date": person.born,
            "deceased_at": person.died,
            **person.identity,
        }
    )
    seen = [row["started_at"] for row in journal.rows["encounters"]]
    if not seen:
        return
    since = min(seen)
    if person.is_child_at(case.window.end):
        write_allergies(person, journal, since, case.rng)
    members = [(case.doctor, "primary_care", since)]
    if coordinator is not None:
        members.append((coordinator, "nurse", since + 7 * DAY))
    for practitioner, role, start in members:
        if start < case.end:
            journal.write(
                "care_team",
                practitioner_id=practitioner,
                role_code=role,
                started_at=start,
                ended_at=person.died,
            )


def _marital_status(case: Case) -> str:
    """Return the marital status; children are single."""
    is_child = case.person.is_child_at(case.window.end)
    return "S" if is_child else case.person.lifestyle["marital"]


def write_duplicate(case: Case) -> None:
    """Register some patients twice; one visit goes to the second number."""
    number = case.person.number
    visits = [
        row
        for row in case.journal.rows["encounters"]
        if row["encounter_class_code"] in {"ambulatory", "emergency"}
    ]
    if number % DUPLICATE_ONE_IN != DUPLICATE_REMAINDER or not visits:
        return
    duplicate = Journal(DUPLICATE_NUMBER + number)
    visit = visits[len(visits) // 2]
    _move(case, visit["record_id"], duplicate.patient_id)
    case.journal.rows["patients"].append(
        {
            **case.journal.rows["patients"][0],
            "record_id": duplicate.patient_id,
            "source_patient_id": duplicate.patient_id,
            "phone": None,
            "email": None,
            "medical_record_number": f"{DUPLICATE_NUMBER + number}-{number % 10}",
            "given_name": case.person.identity["given_name"][0],
            "deceased_at": None,
        }
    )
    merged = min(visit["started_at"] + 20 * DAY + 9 * HOUR, case.end - DAY)
    decisions = [("merge", merged)]
    if number % UNMERGED_ONE_IN == DUPLICATE_REMAINDER and merged + 9 * DAY < case.end:
        decisions.append(("unmerge", merged + 8 * DAY))
    for decision, minute in decisions:
        case.journal.write(
            "patient_links",
            link_type_code=decision,
            linked_at=minute,
            surviving_patient_id=case.journal.patient_id,
        )
        case.journal.rows["patient_links"][-1]["source_patient_id"] = (
            duplicate.patient_id
        )


def _move(case: Case, encounter_id: str, patient_id: str) -> None:
    """Put all that belongs to one encounter under another patient number."""
    for feed, rows in case.journal.rows.items():
        for row in rows:
            if _encounter_of(feed, row) == encounter_id:
                row["source_patient_id"] = patient_id


def _encounter_of(feed: str, row: Row) -> object:
    if feed == "encounters":
        return row["record_id"]
    return row.get(BELONGS_TO) or row.get("encounter_id")
