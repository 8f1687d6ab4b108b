"""Doses on the ward: what was ordered for the stay, and what people took before.

A dose is withheld for a reason that the record shows: a low pressure, a slow pulse, a
procedure ahead, a bleeding, failing kidneys.
"""

from collections.abc import Iterator

from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.formulary import FORMULARY
from pipelines.record.simulator.hospital import WARDS
from pipelines.record.simulator.imaging import PROCEDURES
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.observations import SIGNS

LOW_PRESSURE, SLOW_PULSE, LOW_FILTRATION = 105, 55, 30
FASTING_HOURS = 6
WITHHELD_SHARE = 0.85  # of the doses that a finding speaks against
REFUSED_SHARE, MISSED_SHARE, LATE_SHARE = 0.012, 0.006, 0.03
IN_ERROR_SHARE = 0.001
_LATE, _ON_TIME = (65, 150), (-12, 40)
_HOURS = {1: (8,), 2: (8, 20), 3: (6, 14, 22), 4: (8, 12, 18, 22)}
_BEDTIME = (21,)
_REFUSALS = ("Patient declined", "Patient declined: nausea", "Patient asleep")
_MISSES = ("Patient off the ward", "Not available from the pharmacy")
_LOWERS_PRESSURE = frozenset(
    {"renin", "calcium_channel", "thiazide", "aldosterone", "loop_diuretic"}
)
_BLEEDS = frozenset({"anticoagulant", "antiplatelet", "prophylaxis"})
_BLEEDING = "K92.2"
_WHILE_FASTING = {
    PROCEDURES[key][0]
    for key in (
        "gastroscopy",
        "catheter",
        "cholecystectomy",
        "hip",
        "knee",
        "hernia",
        "cardioversion",
    )
}
_PRESSURE, _PULSE = SIGNS["systolic"][0], SIGNS["pulse"][0]
_FILTRATION = "98979-8"
_DRUG_OF = {drug.code: drug for drug in FORMULARY.values()}
_WARD_OF = {name: ward for ward, (_, name) in WARDS.items()}


def write_administrations(facts: Facts) -> None:
    """Write the doses of every stay."""
    for stay in facts.visits:
        if stay["encounter_class_code"] != "inpatient":
            continue
        for prescription in facts.journal.rows["prescriptions"]:
            _write_doses(facts, stay, prescription)


def _write_doses(facts: Facts, stay: Row, prescription: Row) -> None:
    """Write the doses of one prescription that fall into a stay."""
    begins = max(stay["started_at"], prescription["started_at"])
    ends = min(facts.over(stay), prescription["ended_at"] or facts.end, facts.end)
    if ends - begins < HOUR:
        return
    is_of_stay = prescription["encounter_id"] == stay["record_id"]
    is_course = _DRUG_OF[prescription["drug_code"]].refills == 0
    if is_course and not is_of_stay:
        return  # a short course from outside is not gone on with
    for scheduled in _times(facts, prescription, begins, ends):
        _write_dose(facts, stay, prescription, scheduled, ends)


def _times(facts: Facts, prescription: Row, begins: int, ends: int) -> Iterator[int]:
    """Yield when doses are due: infusions by the clock, tablets by the round."""
    drug = _DRUG_OF[prescription["drug_code"]]
    if drug.route == "intravenous":
        yield from range(begins, ends, int(DAY / drug.doses_per_day))
        return
    hours = _HOURS[int(drug.doses_per_day)]
    if "bedtime" in drug.frequency:
        hours = _BEDTIME
    is_needed = "as needed" in drug.frequency
    for day in range(begins // DAY * DAY, ends, DAY):
        for hour in hours:
            if is_needed and facts.chances.happens(0.6):
                continue
            if begins <= day + hour * HOUR < ends:
                yield day + hour * HOUR


def _write_dose(
    facts: Facts, stay: Row, prescription: Row, scheduled: int, ends: int
) -> None:
    status, why, delay = _outcome(facts, stay, prescription, scheduled)
    earliest = max(stay["started_at"], prescription["started_at"])
    done = min(max(scheduled + delay, earliest), ends - 1)
    nurse = nurse_on_duty(facts, stay, done)
    row = facts.write(
        "administrations",
        done,
        encounter_id=stay["record_id"],
        prescription_id=prescription["record_id"],
        drug_code=prescription["drug_code"],
        code_system=prescription["code_system"],
        drug_name=prescription["drug_name"],
        dose_text=prescription["dose_text"],
        dose_unit=prescription["dose_unit"],
        route_code=prescription["route_code"],
        status_code=status,
        reason_name=why,
        practitioner_id=nurse,
        performer_name=facts.name_of(nurse),
        scheduled_at=scheduled,
        administered_at=done,
    )
    if facts.chances.happens(IN_ERROR_SHARE):
        minute = done + facts.chances.whole(5, 90)
        facts.amend("administrations", row, minute, is_deleted="true")


def nurse_on_duty(facts: Facts, stay: Row, minute: int) -> str:
    """Return who is on duty: three shifts a day, four nurses a ward."""
    nurses = facts.case.hospital.by_specialty[_WARD_OF[facts.ward_at(stay, minute)]]
    return nurses[(minute // (8 * HOUR)) % len(nurses)]


def _outcome(
    facts: Facts, stay: Row, prescription: Row, scheduled: int
) -> tuple[str, str | None, int]:
    """Return status, reason and delay in minutes of one dose."""
    chances = facts.chances
    against = _speaks_against(facts, stay, prescription, scheduled)
    if against and chances.happens(WITHHELD_SHARE):
        return "withheld", against, chances.whole(0, 30)
    draw = chances.share()
    if draw < REFUSED_SHARE:
        return "refused", chances.pick(_REFUSALS), chances.whole(0, 30)
    if draw < REFUSED_SHARE + MISSED_SHARE:
        return "missed", chances.pick(_MISSES), chances.whole(60, 120)
    span = _LATE if draw > 1 - LATE_SHARE else _ON_TIME
    return "given", None, chances.whole(*span)


def _speaks_against(
    facts: Facts, stay: Row, prescription: Row, scheduled: int
) -> str | None:
    """Return what the record shows against a dose."""
    drug = _DRUG_OF[prescription["drug_code"]]
    if drug.route == "oral" and _has_procedure_after(facts, stay, scheduled):
        return "Fasting for a procedure"
    if drug.group in _BLEEDS:
        return "Bleeding" if stay["reason_code"] == _BLEEDING else None
    if drug.group in _LOWERS_PRESSURE:
        pressure = last_sign(facts, stay, _PRESSURE, scheduled)
        is_low = pressure is not None and pressure < LOW_PRESSURE
        return f"Low blood pressure ({pressure} mmHg systolic)" if is_low else None
    if drug.group == "beta_blocker":
        pulse = last_sign(facts, stay, _PULSE, scheduled)
        is_slow = pulse is not None and pulse < SLOW_PULSE
        return f"Slow heart rate ({pulse}/min)" if is_slow else None
    if drug.group == "metformin" and _has_weak_kidney(facts, stay, scheduled):
        return f"eGFR below {LOW_FILTRATION}"
    return None


def _has_procedure_after(facts: Facts, stay: Row, minute: int) -> bool:
    return any(
        minute < row["started_at"] <= minute + FASTING_HOURS * HOUR
        for row in facts.of("procedures", stay)
        if row["procedure_code"] in _WHILE_FASTING
    )


def last_sign(facts: Facts, stay: Row, code: str, minute: int) -> int | None:
    """Return the last whole-number vital sign of a stay before a minute."""
    last = None
    for row in facts.of("vital_signs", stay):
        if row["measured_at"] >= minute:
            break
        if row["observation_code"] == code:
            last = int(row["value_text"])
    return last


def _has_weak_kidney(facts: Facts, stay: Row, minute: int) -> bool:
    known = [
        row
        for row in facts.of("lab_results", stay)
        if row["test_code"] == _FILTRATION and row["resulted_at"] < minute
    ]
    if not known or known[-1].get("value_number") is None:
        return False
    return float(known[-1]["value_number"]) < LOW_FILTRATION
