"""Days on a ward: how an illness strikes, what is measured, given and done."""

from pipelines.record.simulator import analytes
from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.conditions import ADMISSIONS
from pipelines.record.simulator.formulary import FORMULARY
from pipelines.record.simulator.hospital import WARDS
from pipelines.record.simulator.imaging import do_procedure, take_images
from pipelines.record.simulator.laboratory import draw
from pipelines.record.simulator.medicines import Order
from pipelines.record.simulator.microbiology import (
    blood_culture,
    draw_isolate,
    urine_culture,
    urine_strip,
)
from pipelines.record.simulator.observations import ward_signs
from pipelines.record.simulator.ward_orders import DONE, IMAGES, WORK_UP

ROUNDS_HOURS, INTENSIVE_ROUNDS_HOURS = 8, 2
INTENSIVE_SHARE = 0.35  # of septic patients
BACTERAEMIA_SHARE = 0.35
DAILY_DRAWS = 3  # days with blood tests every day; then every second
TRANSFUSION_LIMIT = 7.0
INFLAMED = 0.25  # from which CRP is followed
SURGICAL_BLOOD_LOSS = 1.7  # g/dL of haemoglobin after a knee replacement
BEDSIDE_GLUCOSE_HOURS = (7, 12, 18)

_INFECTIONS = ("pneumonia", "urosepsis", "sepsis")


def stay(case: Case, visit: Visit, name: str, until: int) -> None:
    """Write a stay from admission to its end."""
    illness = ADMISSIONS[name]
    reason = (illness.code, illness.name)
    for number, study in enumerate(IMAGES.get(name, ())):
        take_images(case, visit, study, visit.minute + (1 + 9 * number) * HOUR)
    if name in DONE:
        procedure, hours = DONE[name]
        if visit.minute + (hours + 3) * HOUR < until:
            do_procedure(case, visit, procedure, visit.minute + hours * HOUR, reason)
    if name in _INFECTIONS:
        _culture(case, visit, is_urinary=name != "pneumonia")
    _give_medicines(case, visit, name, until)
    is_intensive = name == "sepsis" and case.rng.random() < INTENSIVE_SHARE
    moved = min(visit.minute + int(case.rng.uniform(30, 80)) * HOUR, until)
    if is_intensive:
        _write_ward_stays(case, visit, moved, until, illness.ward)
    start = visit.minute
    while start < until:  # a day at a time, so that signs and blood tests interleave
        _one_day(case, visit, name, start, until)
        every = (
            INTENSIVE_ROUNDS_HOURS if is_intensive and start < moved else ROUNDS_HOURS
        )
        today = Visit(
            visit.encounter_id, start, visit.practitioner_id, is_inpatient=True
        )
        ward_signs(case, today, min(start + DAY - HOUR, until), every)
        start += DAY
    case.body.derangements.clear()


def _culture(case: Case, visit: Visit, *, is_urinary: bool) -> None:
    """Take blood and urine before the first antibiotic."""
    isolate = draw_isolate(case)
    is_in_blood = is_urinary and case.rng.random() < BACTERAEMIA_SHARE
    blood_culture(case, visit, isolate if is_in_blood else None)
    urine_strip(case, visit, is_infected=is_urinary)
    if is_urinary:
        urine_culture(case, visit, isolate)


def _one_day(case: Case, visit: Visit, name: str, start: int, until: int) -> None:
    """Draw a day's blood: everything at admission, then what the round asks for."""
    day = (start - visit.minute) // DAY
    if day == 0:
        keys = (
            *analytes.BASIC,
            *analytes.BLOOD_COUNT,
            *WORK_UP.get(name, ()),
            "hemolysis_index",
        )
        draw(case, visit, tuple(dict.fromkeys(keys)), start + 20, "STAT")
    else:
        case.body.derangements.clear()
        if day == 1 and name == "knee_replacement":
            case.body.disturb(haemoglobin=-SURGICAL_BLOOD_LOSS)
        morning = start // DAY * DAY + 6 * HOUR + int(case.rng.integers(0, 50))
        morning += DAY if morning <= start else 0
        is_due = day <= DAILY_DRAWS or day % 2 == 0
        if is_due and morning < until:
            extra = (
                ("crp",) if ADMISSIONS[name].inflammation > INFLAMED else ("magnesium",)
            )
            draw(
                case,
                visit,
                (*analytes.BASIC, *analytes.BLOOD_COUNT, *extra),
                morning,
                "ROUTINE",
            )
    if case.latest.get("haemoglobin", 99) < TRANSFUSION_LIMIT:
        _transfuse(case, visit, start + 5 * HOUR, until)
    if "diabetes" in case.problems:
        _measure_glucose(case, visit, start, until)


def _transfuse(case: Case, visit: Visit, minute: int, until: int) -> None:
    if minute < until:
        reason = ("D62", "Acute posthemorrhagic anemia")
        do_procedure(case, visit, "transfusion", minute, reason)
        case.body.disturb(haemoglobin=1.9)
        case.latest["haemoglobin"] += 1.9


def _measure_glucose(case: Case, visit: Visit, start: int, until: int) -> None:
    """Write bedside glucose before meals."""
    for hour in BEDSIDE_GLUCOSE_HOURS:
        minute = start // DAY * DAY + hour * HOUR
        if start < minute < until:
            draw(case, visit, ("glucose_bedside",), minute, "STAT")


def _give_medicines(case: Case, visit: Visit, name: str, until: int) -> None:
    """Order what the illness needs; it ends with the stay unless it is to last."""
    illness = ADMISSIONS[name]
    if illness.drug is None:
        return
    chosen = case.choose(illness.drug)
    if chosen is None:
        return
    order = Order(
        visit.minute + HOUR,
        visit.encounter_id,
        visit.practitioner_id,
        illness.code,
        illness.name,
    )
    lasts = FORMULARY[chosen].refills > 0 and name != "bleeding"
    if lasts and FORMULARY[chosen].group not in case.regimen.active:
        case.regimen.start(chosen, order)
    elif not lasts:
        days = max(until - order.minute, 12 * HOUR) / DAY
        case.regimen.give_course(chosen, order, days, is_inpatient=True)


def _write_ward_stays(
    case: Case, visit: Visit, moved: int, until: int, ward: str
) -> None:
    """Write intensive care and the ward after it as parts of the stay."""
    is_over = until < case.window.end
    parts = [("intensive care", visit.minute, moved), (ward, moved, until)]
    for place, start, end in parts:
        if start >= end:
            continue
        number, name = WARDS[place]
        closed = end if is_over or end < until else None
        case.journal.write(
            "encounters",
            encounter_class_code="ward_stay",
            part_of_encounter_id=visit.encounter_id,
            organization_id=number,
            status_code="finished" if closed else "in-progress",
            location_name=name,
            practitioner_id=visit.practitioner_id,
            started_at=start,
            ended_at=closed,
        )
