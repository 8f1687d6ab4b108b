"""Orders and reports of imaging: preliminary, then final, seldom corrected."""

from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.conditions import CHRONIC
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.hospital import HOSPITAL
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.report_texts import TECHNIQUE, Reading, readings_of

CORRECTED_SHARE = 0.03
PRELIMINARY_SHARE = 0.8  # the others are read once, with final status
NAMED_SHARE = 0.06  # of reports that name the patient
SEVERE = 0.5  # heart failure from which the ventricle is weak in every picture
HEART_FAILURE = CHRONIC["heart_failure"].code
OPEN_DAYS, OPEN_SHARE = 14, 0.06  # visits lately that ask for an image to come
_ADDENDA = (
    "Addendum: the side was dictated wrongly in the first report and is now correct.",
    "Addendum: compared with outside images that have since arrived; unchanged.",
)
_TO_COME = (
    ("399208008", "Plain X-ray of chest", "Control of {reason}."),
    ("40701008", "Echocardiography", "Ventricular function? {reason}."),
    ("306005", "Ultrasonography of kidney", "Size and obstruction? {reason}."),
)


def write_reports(facts: Facts) -> None:
    """Write the order and the report of every study, and orders still open."""
    for visit in facts.visits:
        for study in facts.of("imaging_studies", visit):
            order = _write_order(facts, visit, study)
            _write_report(facts, visit, study, order)
    _order_to_come(facts)


def _write_order(facts: Facts, visit: Row, study: Row) -> Row:
    lead = facts.chances.whole(20, 60)
    ordered = max(min(study["started_at"] - lead, facts.over(visit)), 0)
    ordered = max(ordered, visit["started_at"])
    is_urgent = visit["encounter_class_code"] in {"emergency", "inpatient"}
    row = {
        "record_id": f"OI{study['study_id'][2:]}",
        "source_patient_id": facts.journal.patient_id,
        "encounter_id": visit["record_id"],
        "category_code": "imaging",
        "test_code": study["procedure_code"],
        "code_system": "SNOMED-CT",
        "test_name": study["procedure_name"],
        "priority_code": "urgent" if is_urgent else "routine",
        "status_code": "ordered",
        "reason_code": visit.get("reason_code"),
        "reason_name": visit.get("reason_name"),
        "question_text": f"{visit.get('reason_name') or 'Check-up'}: please assess.",
        "practitioner_id": visit["practitioner_id"],
        "ordered_at": ordered,
        "due_at": study["started_at"],
        "source_updated_at": ordered,
    }
    facts.journal.rows["lab_orders"].append(row)
    return row


def _write_report(facts: Facts, visit: Row, study: Row, order: Row) -> None:
    """Read a study; what is read after the end of the record is still to come."""
    chances = facts.chances
    first = study["started_at"] + chances.whole(25, 100)
    final = first + chances.whole(1 * HOUR, 20 * HOUR)
    is_preliminary = chances.happens(PRELIMINARY_SHARE)
    begun = max(first if is_preliminary else final, order["ordered_at"] + 1)
    if begun >= facts.end:
        facts.amend("lab_orders", order, facts.end - 1, status_code="in_progress")
        return
    row = facts.write(
        "imaging_reports",
        begun,
        reported_at=begun,
        status_code="preliminary" if is_preliminary else "final",
        **_content(facts, visit, study, order),
    )
    if is_preliminary:
        if final >= facts.end:
            facts.amend("lab_orders", order, begun, status_code="in_progress")
            return
        row = facts.amend(
            "imaging_reports", row, final, reported_at=final, status_code="final"
        )
    final = max(final, begun)
    done = {"status_code": "done", "completed_at": final}
    facts.amend("lab_orders", order, final, **done)
    if chances.happens(CORRECTED_SHARE):
        _correct(facts, row, final + chances.whole(5 * HOUR, 3 * DAY))


def _correct(facts: Facts, row: Row, minute: int) -> None:
    text = f"{row['report_text']} {facts.chances.pick(_ADDENDA)}"
    changes = {"status_code": "corrected", "report_text": text}
    facts.amend("imaging_reports", row, minute, reported_at=minute, **changes)


def _content(facts: Facts, visit: Row, study: Row, order: Row) -> Row:
    chances, case = facts.chances, facts.case
    is_echo = study["procedure_name"] == "Echocardiography"
    readings = readings_of(study["procedure_name"], visit.get("reason_code"))
    if is_echo:
        readings = _readings_of_heart(facts, visit, study["started_at"])
    findings, impression = chances.pick(readings)
    staff = case.hospital.by_specialty["Cardiology" if is_echo else "Radiology"]
    reader = chances.pick(staff)
    who = ""
    if chances.happens(NAMED_SHARE):
        identity = case.person.identity
        who = f"Patient {identity['given_name']} {identity['family_name']}. "
    return {
        "encounter_id": visit["record_id"],
        "study_id": study["study_id"],
        "order_id": order["record_id"],
        "modality_code": study["modality_code"],
        "procedure_name": study["procedure_name"],
        "body_site_name": study["body_site_name"],
        "report_text": f"{who}{TECHNIQUE[study['modality_code']]} {findings}",
        "impression_text": impression,
        "practitioner_id": reader,
        "author_name": facts.name_of(reader),
    }


def _readings_of_heart(facts: Facts, visit: Row, minute: int) -> tuple[Reading, ...]:
    """Return what fits a heart, which reads the same whatever the visit is for."""
    person, procedure = facts.case.person, "Echocardiography"
    severe, mild = readings_of(procedure, HEART_FAILURE)
    if not person.has("heart_failure", minute):
        return readings_of(procedure, visit.get("reason_code"))
    return (severe if person.severities["heart_failure"] > SEVERE else mild,)


def _order_to_come(facts: Facts) -> None:
    """Leave an imaging order open after a visit of the last days."""
    visit = facts.visits[-1] if facts.visits else None
    if visit is None or not visit["ended_at"] or facts.case.person.died is not None:
        return
    is_recent = visit["started_at"] > facts.end - OPEN_DAYS * DAY
    reason = visit.get("reason_name")
    if not (is_recent and reason and facts.chances.happens(OPEN_SHARE)):
        return
    code, name, question = facts.chances.pick(_TO_COME)
    study = {
        "study_id": f"ST{facts.case.person.number:06d}-C1",
        "procedure_code": code,
        "procedure_name": name,
        "started_at": visit["started_at"] + 20,
        "organization_id": HOSPITAL,
    }
    row = _write_order(facts, visit, study)
    row["question_text"] = question.format(reason=reason)
    row["due_at"] = visit["started_at"] // DAY * DAY + 10 * DAY + 10 * HOUR
