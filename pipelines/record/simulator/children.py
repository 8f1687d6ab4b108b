"""Visits of children: growth, vaccinations, the usual infections."""

from pipelines.record.simulator import analytes
from pipelines.record.simulator.acute import give
from pipelines.record.simulator.case import Case
from pipelines.record.simulator.clock import DAY, YEAR, office_hour
from pipelines.record.simulator.documentation import write_diagnoses
from pipelines.record.simulator.laboratory import draw
from pipelines.record.simulator.observations import child_signs
from pipelines.record.simulator.vaccines import (
    child_vaccines_due,
    inject,
    vaccinate_against_influenza,
)
from pipelines.record.simulator.visits import Event, open_visit

# Months of age of well-child visits (Bright Futures, shortened); yearly from 3 years.
VISIT_MONTHS = (2, 4, 6, 9, 12, 15, 18, 24, 30, *range(36, 216, 12))
BLOOD_COUNT_MONTHS = (12, 24)
SMALL_CHILD_YEARS = 11
MONTH = YEAR // 12

_ILLNESSES = (
    ("J06.9", "Acute upper respiratory infection, unspecified", 0.5, None),
    (
        "H66.90",
        "Otitis media, unspecified, unspecified ear",
        0.25,
        "amoxicillin_liquid",
    ),
    ("J02.9", "Acute pharyngitis, unspecified", 0.25, "amoxicillin_liquid"),
)


def well_child_events(case: Case) -> list[Event]:
    """Return the well-child visits that fall into the record."""
    events: list[Event] = []
    for months in VISIT_MONTHS:
        due = case.person.born + months * MONTH
        minute = office_hour(due + int(case.rng.uniform(0, 20) * DAY), case.rng)
        if case.window.start <= minute < case.window.end:
            events.append((minute, "well_child", str(months)))
    return events


def well_child_visit(case: Case, minute: int, detail: str) -> list[Event]:
    """Weigh, measure, vaccinate."""
    visit = open_visit(
        case,
        minute,
        25,
        encounter_class_code="wellness",
        service_name="Pediatrics",
        encounter_type_code="410620009",
        encounter_type_name="Well child visit",
    )
    case.body.advance(minute)
    child_signs(case, visit)
    for code, name in child_vaccines_due(int(detail)):
        inject(case, visit, code, name)
    vaccinate_against_influenza(case, visit)
    if int(detail) in BLOOD_COUNT_MONTHS:
        draw(case, visit, analytes.CHILD_BLOOD_COUNT, minute + 15, "ROUTINE")
    return []


def sick_child_visit(case: Case, minute: int, _detail: str) -> list[Event]:
    """See a child with a common infection."""
    shares = [share for _, _, share, _ in _ILLNESSES]
    code, name, _, drug = _ILLNESSES[case.rng.choice(len(shares), p=shares)]
    case.body.advance(minute)
    case.body.disturb(inflammation=case.rng.uniform(0.2, 0.7))
    visit = open_visit(
        case,
        minute,
        20,
        encounter_class_code="ambulatory",
        service_name="Pediatrics",
        encounter_type_code="185345009",
        encounter_type_name="Visit for symptom",
        reason_code=code,
        reason_name=name,
    )
    child_signs(case, visit)
    over = minute + int(case.rng.uniform(5, 12) * DAY)
    write_diagnoses(case, visit, (code, name), over if over < case.end else None)
    if drug and case.person.age_at(minute) >= SMALL_CHILD_YEARS:
        drug = "amoxicillin"
    give(case, visit, drug, (code, name))
    return []
