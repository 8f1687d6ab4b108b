"""Visits of adults to their own doctor: check-ups and follow-ups of chronic disease.

Each handler writes what happens in one visit and returns the visits that follow.
"""

from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import DAY, office_hour
from pipelines.record.simulator.conditions import CHRONIC
from pipelines.record.simulator.detection import detect
from pipelines.record.simulator.documentation import (
    review_plans,
    update_kidney_stage,
)
from pipelines.record.simulator.hospital import HOSPITAL
from pipelines.record.simulator.imaging import do_procedure
from pipelines.record.simulator.interview import ask_about_habits, ask_questions
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.laboratory import draw
from pipelines.record.simulator.observations import visit_signs
from pipelines.record.simulator.treatment import TREATMENTS
from pipelines.record.simulator.vaccines import vaccinate_adult
from pipelines.record.simulator.work_up import choose_analytes

Event = tuple[int, str, str]

CHECK_UP_DAYS = 350  # after which a visit counts as the yearly one
COLONOSCOPY_AGES = (50, 76)
COLONOSCOPY_SHARE = 0.2  # of check-ups: about one in five years is enough
POOR_ADHERENCE = 0.4

YEARLY_PROCEDURES = {"diabetes": "foot_examination", "copd": "spirometry"}


def open_visit(case: Case, minute: int, length: int, **columns: object) -> Visit:
    """Write an encounter that is over after some minutes."""
    doctor = columns.get("practitioner_id", case.doctor)
    place = case.hospital.practice_of[case.doctor]
    is_over = minute + length < case.window.end
    row = {
        "organization_id": place,
        "status_code": "finished" if is_over else "in-progress",
        **columns,
        "practitioner_id": doctor,
        "started_at": minute,
        "ended_at": minute + length if is_over else None,
    }
    if not is_over:
        row["discharge_disposition_name"] = None
    return Visit(case.journal.write("encounters", **row), minute, doctor)


def routine_visit(case: Case, minute: int, _detail: str) -> list[Event]:
    """See the own doctor: yearly check-up or follow-up, as it is due."""
    is_check_up = case.is_settled("check-up", minute, CHECK_UP_DAYS)
    kind = (
        ("wellness", "410620009", "Annual physical examination")
        if is_check_up
        else ("ambulatory", "390906007", "Follow-up visit")
    )
    main = _main_problem(case, minute)
    visit = open_visit(
        case,
        minute,
        30,
        encounter_class_code=kind[0],
        encounter_type_code=kind[1],
        encounter_type_name=kind[2],
        service_name="Family Medicine",
        reason_code=main.get("condition_code"),
        reason_name=main.get("condition_name"),
    )
    visit_signs(case, visit)
    if is_check_up:
        _check_up(case, visit)
    keys = choose_analytes(case, visit, is_check_up=is_check_up)
    if keys:
        draw(case, visit, keys, minute + 20, "ROUTINE")
    detect(case, visit)
    treat(case, visit)
    screening = _colonoscopy_due(case, minute) if is_check_up else []
    return [_next_routine(case, minute), *screening]


def _main_problem(case: Case, minute: int) -> Row:
    """Return the heaviest known disease that is still there."""
    present = [name for name in case.problems if case.person.has(name, minute)]
    heaviest = max(present, key=lambda name: CHRONIC[name].burden, default=None)
    return case.problems[heaviest] if heaviest else {}


def _check_up(case: Case, visit: Visit) -> None:
    """Do what belongs to the yearly visit."""
    case.changed["check-up"] = visit.minute
    ask_about_habits(case, visit)
    ask_questions(case, visit)
    vaccinate_adult(case, visit)
    for disease, procedure in YEARLY_PROCEDURES.items():
        if disease in case.problems:
            row = case.problems[disease]
            reason = (row["condition_code"], row["condition_name"])
            do_procedure(case, visit, procedure, visit.minute + 10, reason)


def _colonoscopy_due(case: Case, minute: int) -> list[Event]:
    """Return the appointment for a screening colonoscopy, once in the record."""
    low, high = COLONOSCOPY_AGES
    is_of_age = low <= case.person.age_at(minute) < high
    accepts = case.rng.random() < COLONOSCOPY_SHARE
    if not (is_of_age and accepts) or "colonoscopy" in case.changed:
        return []
    case.changed["colonoscopy"] = minute
    days = case.rng.uniform(14, 50)
    return [(office_hour(minute + int(days * DAY), case.rng), "colonoscopy", "")]


def colonoscopy_visit(case: Case, minute: int, _detail: str) -> list[Event]:
    """Come for a screening colonoscopy."""
    reason = ("Z12.11", "Encounter for screening for malignant neoplasm of colon")
    visit = open_visit(
        case,
        minute,
        150,
        encounter_class_code="ambulatory",
        encounter_type_code="308335008",
        encounter_type_name="Procedure visit",
        organization_id=HOSPITAL,
        service_name="Endoscopy",
        location_name="Endoscopy Suite",
        reason_code=reason[0],
        reason_name=reason[1],
    )
    do_procedure(case, visit, "colonoscopy", minute + 45, reason)
    return []


def treat(case: Case, visit: Visit) -> None:
    """Review every known disease, its medicines and plans."""
    case.regimen.renew(case.order(visit, "hypertension"))
    for disease, decide in TREATMENTS.items():
        if disease in case.problems and case.person.has(disease, visit.minute):
            decide(case, case.order(visit, disease))
    update_kidney_stage(case, visit)
    review_plans(case, visit)


def _next_routine(case: Case, minute: int) -> Event:
    """Return when to come again: soon after a change, yearly when well."""
    changed = max((case.changed.get(name, 0) for name in TREATMENTS), default=0)
    active = [name for name in case.problems if case.person.has(name, minute)]
    if changed >= minute:
        days = case.rng.uniform(42, 95)
    elif active:
        days = case.rng.uniform(95, 190)
    else:
        days = case.rng.uniform(355, 620)
    if case.person.adherence_at(minute) < POOR_ADHERENCE:
        days *= 1.5  # who does not take medicines also misses appointments
    return (office_hour(minute + int(days * DAY), case.rng), "routine", "")
