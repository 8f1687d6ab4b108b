"""One patient's time line: what is due next is taken from an agenda until the end."""

import heapq
from collections.abc import Callable

import numpy as np

from pipelines.record.simulator import acute, admissions, children, recent, visits
from pipelines.record.simulator.allergies import write_allergies
from pipelines.record.simulator.analytes import ADULT_AGE
from pipelines.record.simulator.body import Body
from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import DAY, YEAR, office_hour
from pipelines.record.simulator.disease import targets
from pipelines.record.simulator.documentation import diagnose
from pipelines.record.simulator.hospital import Hospital
from pipelines.record.simulator.journal import Journal
from pipelines.record.simulator.medicines import Regimen
from pipelines.record.simulator.person import Person
from pipelines.record.simulator.population import Window
from pipelines.record.simulator.treatment import TREATMENTS

SICK_PER_YEAR, SICK_CHILD_PER_YEAR, EMERGENCIES_PER_YEAR = 0.45, 0.9, 0.09
LAST_OFFICE_MINUTES = 60  # a visit must be over before the record ends
# Yearly mortality by age: US life tables of 2021 as an exponential.
MORTALITY_AT_60, MORTALITY_GROWTH = 0.009, 0.088


def open_case(
    person: Person, window: Window, hospital: Hospital, rng: np.random.Generator
) -> Case:
    """Return a case at the beginning of its record, with treatments of before."""
    start = max(window.start, person.born + DAY)
    regimen = Regimen(person)
    is_child = person.is_child_at(window.end)
    case = Case(
        person=person,
        window=window,
        hospital=hospital,
        rng=rng,
        journal=Journal(person.number),
        regimen=regimen,
        body=Body(person, regimen, start),
        doctor=hospital.family_doctor(person.number, is_child=is_child),
    )
    _draw_death(case, start)
    return case


def _draw_death(case: Case, start: int) -> None:
    """Let some people die outside the hospital within the record."""
    age = case.person.age_at(start)
    rate = MORTALITY_AT_60 * np.exp(MORTALITY_GROWTH * (age - 60))
    rate *= 0.6 + 0.5 * case.person.burden_at(start)
    died = start + int(case.rng.exponential(YEAR / rate))
    if died < case.window.end and not case.person.is_child_at(died):
        case.person.died = died


def follow(case: Case) -> None:
    """Let a patient's time go by."""
    agenda = _first_events(case)
    heapq.heapify(agenda)
    in_hospital_until = 0
    while agenda:
        minute, name, detail = heapq.heappop(agenda)
        if minute + LAST_OFFICE_MINUTES >= case.end:
            continue
        if minute < in_hospital_until and name != "consider":
            # Appointments wait until somebody is home again.
            later = office_hour(in_hospital_until + 3 * DAY, case.rng)
            heapq.heappush(agenda, (later, name, detail))
            continue
        if name == "after_discharge":
            agenda = [event for event in agenda if event[1] != "routine"]
            heapq.heapify(agenda)
            name = "routine"
        for event in HANDLERS[name](case, minute, detail):
            heapq.heappush(agenda, event)
        if name == "admission":
            row = next(
                row
                for row in reversed(case.journal.rows["encounters"])
                if row["encounter_class_code"] == "inpatient"
            )
            in_hospital_until = row["ended_at"] or case.window.end


def _first_events(case: Case) -> list[visits.Event]:
    """Return what is known beforehand to happen."""
    person, window, rng = case.person, case.window, case.rng
    if person.is_child_at(window.end):
        start = max(window.start, person.born + 30 * DAY)
        events = children.well_child_events(case)
        events += _sprinkle(case, "sick_child", SICK_CHILD_PER_YEAR, start)
        return events
    latest = 150 if person.onsets else 400
    start = max(window.start, person.born + ADULT_AGE * YEAR)
    first = office_hour(start + int(rng.uniform(0, latest)) * DAY, rng)
    events = [(first, "first", "")]
    events += _sprinkle(case, "sick", SICK_PER_YEAR, first + 5 * DAY)
    rate = EMERGENCIES_PER_YEAR * (1 + 0.4 * person.burden_at(window.end))
    events += _sprinkle(case, "emergency", rate, first + 5 * DAY)
    events.append((first + int(rng.uniform(1, 30)) * DAY, "consider", ""))
    return events + recent.recent_events(case)


def _sprinkle(case: Case, name: str, yearly: float, start: int) -> list[visits.Event]:
    """Return events at random times, so many per year on average."""
    span = max(0, case.window.end - start)
    count = case.rng.poisson(yearly * span / YEAR)
    times = start + (case.rng.random(count) * span).astype(int)
    if name == "emergency":
        return [(int(minute), name, "") for minute in times]
    return [(office_hour(int(minute), case.rng), name, "") for minute in times]


def first_visit(case: Case, minute: int, _detail: str) -> list[visits.Event]:
    """Register somebody: known diseases, allergies, medicines taken already."""
    case.doctor_since = minute
    visit = Visit(case.journal.next_id("encounters"), minute, case.doctor)
    _settle_on_treatment(case, visit)
    for disease in case.person.onsets:
        if case.person.has(disease, minute):
            diagnose(case, disease, visit, case.person.onsets[disease])
    write_allergies(case.person, case.journal, minute, case.rng)
    return visits.routine_visit(case, minute, "")


def _settle_on_treatment(case: Case, visit: Visit) -> None:
    """Find the treatment that one to three earlier reviews had arrived at.

    The reviews themselves lie before the record: only their result is written, as
    medicines started at the first visit, and the body is as it is under them.
    """
    person, minute = case.person, visit.minute
    known = [one for one in TREATMENTS if person.has(one, minute)]
    for _ in range(int(case.rng.integers(1, 4))):
        case.latest = targets(person, minute, case.body.effect)
        case.latest |= {"potassium": 4.2}
        case.changed.clear()
        for disease in known:
            TREATMENTS[disease](case, case.order(visit, disease))
    taken = list(case.regimen.active.values())
    case.regimen = Regimen(person)
    for one in taken:
        case.regimen.start(one.key, one.order)
    person.resolved.clear()
    case.changed = dict.fromkeys(known, minute - 60 * DAY)
    case.latest = {}
    case.body = Body(person, case.regimen, minute)


HANDLERS: dict[str, Callable[[Case, int, str], list[visits.Event]]] = {
    "first": first_visit,
    "routine": visits.routine_visit,
    "colonoscopy": visits.colonoscopy_visit,
    "sick": acute.sick_visit,
    "emergency": acute.emergency_visit,
    "consider": admissions.consider,
    "admission": admissions.admission,
    "recent": recent.recent_visit,
    "well_child": children.well_child_visit,
    "sick_child": children.sick_child_visit,
}
