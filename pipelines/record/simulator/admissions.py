"""Admissions to hospital: why and when, what happens on the ward, how they end."""

from pipelines.record.simulator import ward
from pipelines.record.simulator.acute import give
from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import DAY, HOUR, YEAR, office_hour
from pipelines.record.simulator.conditions import ADMISSIONS, Illness
from pipelines.record.simulator.documentation import write_diagnoses
from pipelines.record.simulator.hospital import HOSPITAL, WARDS
from pipelines.record.simulator.onset import fall_ill
from pipelines.record.simulator.readmission import draw_return, risk_of
from pipelines.record.simulator.visits import Event, treat

# A hospital's own patients, the old and the multiply ill above all, come far oftener
# than the people around it: about 390 stays per 1,000 adults and year.
FREQUENCY = 3.8
LOOK_AHEAD = YEAR // 2  # the risk is drawn again after so long
FOLLOW_UP_DAYS = (6, 21)
NURSING_FACILITY_AGE = 78
SAME_CAUSE_SHARE = 0.45
LONGEST_STAY_DAYS = 35
_SPECIALTIES = {
    "medicine": "Hospital Medicine",
    "cardiology": "Cardiology",
    "surgery": "General Surgery",
}
_PLANNED_RETURN_SHARE = 0.025


def yearly_rate(case: Case, minute: int, illness: Illness) -> float:
    """Return how many admissions for an illness a person has per year."""
    if illness.needs and not case.person.has(illness.needs, minute):
        return 0.0
    age = case.person.age_at(minute)
    by_age = 0.3 + (age / 60) ** 2.2
    by_burden = 0.6 + 1.1 * case.person.burden_at(minute)
    untaken = 1.0 + 0.8 * (1 - case.person.adherence_at(minute)) * bool(illness.needs)
    return FREQUENCY * illness.yearly * by_age * by_burden * untaken


def consider(case: Case, minute: int, _detail: str) -> list[Event]:
    """Draw the next admission, or look again in half a year."""
    rates = {name: yearly_rate(case, minute, one) for name, one in ADMISSIONS.items()}
    total = sum(rates.values())
    wait = case.rng.exponential(YEAR / total)
    if wait > LOOK_AHEAD:
        return [(minute + LOOK_AHEAD, "consider", "")]
    shares = [rate / total for rate in rates.values()]
    name = list(rates)[case.rng.choice(len(shares), p=shares)]
    start = minute + int(wait)
    if ADMISSIONS[name].is_planned:
        start = office_hour(start, case.rng) // DAY * DAY + 7 * HOUR
    return [(start, "admission", name)]


def admission(case: Case, minute: int, name: str) -> list[Event]:
    """Admit, treat and discharge; draw whether the person comes back."""
    illness = ADMISSIONS[name]
    days = _length_of_stay(case, illness, minute)
    leaves = minute + int(days * DAY)
    if not illness.is_planned:
        leaves = leaves // DAY * DAY + int(case.rng.integers(10 * HOUR, 17 * HOUR))
    leaves = max(leaves, minute + 12 * HOUR)
    dies = case.rng.random() < _mortality(case, illness, minute)
    if dies and (case.person.died is None or leaves < case.person.died):
        case.person.died = leaves
    ends = min(leaves, case.person.died or leaves)
    visit = _open_stay(case, illness, minute, ends)
    case.body.advance(minute)
    fall_ill(case, name)
    write_diagnoses(
        case,
        visit,
        (illness.code, illness.name),
        ends if ends < case.window.end else None,
    )
    ward.stay(case, visit, name, min(ends, case.end))
    if ends >= case.end:
        return []
    return _discharge(case, visit, illness, name, ends)


def _length_of_stay(case: Case, illness: Illness, minute: int) -> float:
    """Return days in hospital; longer for the ill and the old."""
    burden = case.person.burden_at(minute)
    usual = illness.days * (0.85 + 0.1 * burden)
    days = usual * case.rng.lognormal(0, 0.45)
    return float(min(max(days, 0.8), LONGEST_STAY_DAYS))


def _mortality(case: Case, illness: Illness, minute: int) -> float:
    """Return the risk of dying in hospital."""
    by_age = (case.person.age_at(minute) / 72) ** 3
    return min(
        0.6, illness.mortality * by_age * (0.6 + 0.3 * case.person.burden_at(minute))
    )


def _open_stay(case: Case, illness: Illness, minute: int, ends: int) -> Visit:
    """Write the encounter of a stay; it is open if it outlasts the record."""
    _, name = WARDS[illness.ward]
    doctor = case.hospital.one_of(_SPECIALTIES[illness.ward], case.rng)
    is_over = ends < case.window.end
    case.journal.write(
        "encounters",
        encounter_class_code="inpatient",
        encounter_type_code="32485007",
        encounter_type_name="Hospital admission",
        practitioner_id=doctor,
        status_code="finished" if is_over else "in-progress",
        organization_id=HOSPITAL,
        service_name=_SPECIALTIES[illness.ward],
        location_name=name,
        reason_code=illness.code,
        reason_name=illness.name,
        admission_type_name="elective" if illness.is_planned else "emergency",
        admission_source_name=(
            "Physician referral" if illness.is_planned else "Emergency room"
        ),
        discharge_disposition_name=_disposition(case, ends) if is_over else None,
        started_at=minute,
        ended_at=ends if is_over else None,
    )
    row = case.journal.rows["encounters"][-1]
    visit = Visit(row["record_id"], minute, doctor, is_inpatient=True)
    nurse = case.hospital.one_of(illness.ward, case.rng)
    for practitioner, role in ((doctor, "attending"), (nurse, "nurse")):
        case.journal.write(
            "care_team",
            practitioner_id=practitioner,
            role_code=role,
            encounter_id=visit.encounter_id,
            started_at=minute,
            ended_at=row["ended_at"],
        )
    return visit


def _disposition(case: Case, ends: int) -> str:
    """Return where a person goes from the ward."""
    if case.person.died is not None and case.person.died <= ends:
        return "Expired"
    frailty = case.person.burden_at(ends) + (case.person.age_at(ends) - 60) / 15
    chance = case.rng.random()
    if case.person.age_at(ends) > NURSING_FACILITY_AGE and chance < 0.1 * frailty:
        return "Skilled nursing facility"
    return "Home with home health care" if chance < 0.12 * frailty else "Home"


def _discharge(
    case: Case, visit: Visit, illness: Illness, name: str, ends: int
) -> list[Event]:
    """Review medicines, plan the follow-up, draw the return."""
    leaving = Visit(visit.encounter_id, ends, visit.practitioner_id, is_inpatient=True)
    treat(case, leaving)
    if illness.drug in {"ceftriaxone", "piperacillin"} and name != "cholecystitis":
        give(
            case,
            leaving,
            "ciprofloxacin" if name == "urosepsis" else "amoxicillin",
            (illness.code, illness.name),
        )
    if name == "copd_flare":
        give(case, leaving, "prednisone_20", (illness.code, illness.name))
    days = (ends - visit.minute) / DAY
    risk = risk_of(case, ends, days, is_planned=illness.is_planned)
    case.discharges.append(ends)
    case.risks.append((ends, risk))
    follow_up = ends + int(case.rng.uniform(*FOLLOW_UP_DAYS)) * DAY
    events: list[Event] = [(office_hour(follow_up, case.rng), "after_discharge", "")]
    if case.rng.random() < risk:
        return [
            *events,
            (draw_return(case, ends), "admission", _cause_of_return(case, name)),
        ]
    if case.rng.random() < _PLANNED_RETURN_SHARE:
        planned = office_hour(ends + 20 * DAY, case.rng) // DAY * DAY + 7 * HOUR
        return [*events, (planned, "admission", "hernia_repair")]
    return [*events, (ends + 30 * DAY, "consider", "")]


def _cause_of_return(case: Case, name: str) -> str:
    """Return why somebody comes back: often the same, else what is likely anyway."""
    repeats = {
        "knee_replacement": "pneumonia",
        "hernia_repair": "urosepsis",
        "hip_fracture": "pneumonia",
        "cardiac_catheter": "infarction",
    }
    if case.rng.random() < SAME_CAUSE_SHARE:
        return repeats.get(name, name)
    minute = case.body.minute
    rates = {
        one: yearly_rate(case, minute, illness)
        for one, illness in ADMISSIONS.items()
        if not illness.is_planned and one != "hip_fracture"
    }
    shares = [rate / sum(rates.values()) for rate in rates.values()]
    return list(rates)[case.rng.choice(len(shares), p=shares)]
