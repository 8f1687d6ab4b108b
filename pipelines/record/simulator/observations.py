"""Vital signs at visits, on wards, and of growing children."""

from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import DAY, HOUR

# LOINC, name, unit, decimals.
# fmt: off
SIGNS = {
    "systolic": ("8480-6", "Systolic blood pressure", "mm[Hg]", 0),
    "diastolic": ("8462-4", "Diastolic blood pressure", "mm[Hg]", 0),
    "pulse": ("8867-4", "Heart rate", "/min", 0),
    "temperature": ("8310-5", "Body temperature", "Cel", 1),
    "saturation": ("59408-5", "Oxygen saturation by pulse oximetry", "%", 0),
    "respiration": ("9279-1", "Respiratory rate", "/min", 0),
    "oxygen": ("3151-8", "Inhaled oxygen flow rate", "L/min", 0),
    "consciousness": ("67775-7", "Level of consciousness (ACVPU)", None, 0),
    "weight": ("29463-7", "Body weight", "kg", 1),
    "height": ("8302-2", "Body height", "cm", 0),
    "body_mass_index": ("39156-5", "Body mass index", "kg/m2", 1),
    "pain": ("72514-3", "Pain severity 0-10", "{score}", 0),
}
# fmt: on
ADULT_VISIT = (
    "systolic",
    "diastolic",
    "pulse",
    "temperature",
    "saturation",
    "respiration",
    "weight",
    "height",
    "body_mass_index",
)
# What an early warning score needs beside what every visit has.
OF_THE_ACUTELY_ILL = ("oxygen", "consciousness")
WARD_ROUND = (
    "systolic",
    "diastolic",
    "pulse",
    "temperature",
    "saturation",
    "respiration",
    *OF_THE_ACUTELY_ILL,
    "pain",
)
LOWEST_WITHOUT_OXYGEN = 94  # per cent of saturation
GAIN_BY_OXYGEN, AIM = 4.0, 95.0  # what oxygen adds, and what nobody goes beyond
MOST_OXYGEN = 15.0  # L/min through a mask
# From which inflammation on; the old are confused by less.
CONFUSED_FROM, CONFUSED_FROM_WHEN_OLD, DROWSY_FROM = 1.3, 0.95, 1.6
OLD = 75
PRESSURE_FROM_AGE = 3  # years from which children's pressure is taken
PAIN_ASKED_SHARE = 0.4

# Age in years, weight kg, height cm (girls, boys together; WHO and CDC medians).
_GROWTH = (
    (0.04, 3.7, 51),
    (0.17, 5.3, 58),
    (0.33, 6.7, 63),
    (0.5, 7.6, 67),
    (0.75, 8.6, 71),
    (1, 9.3, 75),
    (1.5, 10.6, 82),
    (2, 12.0, 87),
    (3, 14.1, 95),
    (4, 16.1, 102),
    (5, 18.2, 109),
    (6, 20.4, 115),
    (8, 25.5, 127),
    (10, 32, 138),
    (12, 41, 150),
    (14, 50, 160),
    (16, 57, 167),
    (18, 62, 170),
)


def visit_signs(case: Case, visit: Visit, *, is_emergency: bool = False) -> None:
    """Write what is measured before every office or emergency visit of an adult."""
    case.body.advance(visit.minute)
    values = _signs(case)
    weight = case.body.weight_kg + case.rng.normal(0, 0.35)
    height = case.person.height_cm
    values |= {
        "weight": weight,
        "height": height,
        "body_mass_index": round(weight, 1) / (round(height) / 100) ** 2,
    }
    names = (*ADULT_VISIT, *(OF_THE_ACUTELY_ILL if is_emergency else ()))
    if case.rng.random() < PAIN_ASKED_SHARE:
        names = (*names, "pain")
    _write(case, visit, {name: values[name] for name in names}, visit.minute)
    case.latest["systolic"] = values["systolic"]


def ward_signs(case: Case, visit: Visit, until: int, every: float) -> None:
    """Write rounds of vital signs on a ward, some hours apart, until a time."""
    minute = visit.minute + int(case.rng.integers(10, 60))
    while minute < until:
        case.body.advance(minute)
        values = _signs(case)
        _write(case, visit, {name: values[name] for name in WARD_ROUND}, minute)
        if (minute - visit.minute) % DAY < every * HOUR:
            weight = case.body.weight_kg + case.rng.normal(0, 0.25)
            _write(case, visit, {"weight": weight}, minute)
        minute += int(every * HOUR + case.rng.integers(-25, 25))


def _signs(case: Case) -> dict[str, float | str]:
    """Return one set of signs; illness drives pulse, breathing, warmth and pressure."""
    body, levels = case.body, case.body.levels
    noise = case.rng.normal(size=7)
    ill = levels["inflammation"]
    wet = levels["congestion"]
    lungs = 3.5 if case.person.has("copd", body.minute) else 0.0
    systolic = levels["systolic"] - 26 * max(0.0, ill - 0.5) - 14 * levels["bleeding"]
    systolic += 6 * noise[0]
    saturation = min(100.0, 97.6 - lungs - 5 * ill - 3.5 * wet + 0.7 * noise[4])
    usual_pulse = 72 + 5 * case.person.set_points["pulse"] + body.effect("pulse")
    return {
        "systolic": max(systolic, 70),
        "diastolic": max(0.58 * systolic + 3 * noise[1], 38),
        "pulse": max(
            usual_pulse + 30 * ill + 14 * levels["bleeding"] + 4 * noise[2], 44
        ),
        "temperature": 36.7 + 2.2 * max(ill, 0.0) ** 0.75 + 0.2 * noise[3],
        **_breathing(saturation),
        "consciousness": _consciousness(case, ill),
        "respiration": max(15 + 9 * ill + 4 * wet + lungs / 2 + 1.2 * noise[5], 10),
        "pain": min(9.0, max(0.0, 1.0 + 4 * ill + 1.6 * noise[6])),
    }


def _breathing(saturation: float) -> dict[str, float]:
    """Return the saturation as it is read, and the oxygen that it is read under."""
    if saturation >= LOWEST_WITHOUT_OXYGEN:
        return {"saturation": saturation, "oxygen": 0.0}
    flow = min(1.0 + LOWEST_WITHOUT_OXYGEN - saturation, MOST_OXYGEN)
    return {"saturation": min(saturation + GAIN_BY_OXYGEN, AIM), "oxygen": flow}


def _consciousness(case: Case, ill: float) -> str:
    """Return how awake somebody is under an inflammation."""
    if ill >= DROWSY_FROM:
        return "Responds to voice"
    is_old = case.person.age_at(case.body.minute) >= OLD
    confused_from = CONFUSED_FROM_WHEN_OLD if is_old else CONFUSED_FROM
    return "New confusion" if ill >= confused_from else "Alert"


def child_signs(case: Case, visit: Visit) -> None:
    """Write weight and height along a child's own centile, and simple signs."""
    age = case.person.age_at(visit.minute)
    weight, height = growth_at(age)
    centile = case.person.set_points["mood"]
    values = {
        "weight": weight * (1 + 0.09 * centile),
        "height": height * (1 + 0.025 * centile),
        "pulse": 130 - 45 * min(age, 12) / 12 + case.rng.normal(0, 5),
        "temperature": 36.8 + case.rng.normal(0, 0.2),
        "respiration": 34 - 16 * min(age, 12) / 12 + case.rng.normal(0, 1.5),
    }
    values["temperature"] += 1.6 * case.body.levels["inflammation"]
    if age >= PRESSURE_FROM_AGE:
        systolic = 92 + 1.6 * age + case.rng.normal(0, 4)
        values |= {"systolic": systolic, "diastolic": 0.62 * systolic}
    _write(case, visit, values, visit.minute)


def growth_at(age: float) -> tuple[float, float]:
    """Return the median weight and height at an age, between table rows linearly."""
    previous = _GROWTH[0]
    for row in _GROWTH:
        if age <= row[0]:
            span = (row[0] - previous[0]) or 1
            share = max(0.0, (age - previous[0]) / span)
            return tuple(
                before + share * (after - before)
                for before, after in zip(previous[1:], row[1:], strict=True)
            )
        previous = row
    return previous[1:]


def _write(
    case: Case, visit: Visit, values: dict[str, float | str], minute: int
) -> None:
    """Write signs measured together."""
    for name, value in values.items():
        loinc, title, unit, decimals = SIGNS[name]
        case.journal.write(
            "vital_signs",
            encounter_id=visit.encounter_id,
            observation_code=loinc,
            code_system="LOINC",
            observation_name=title,
            unit=unit,
            value_text=value if isinstance(value, str) else f"{value:.{decimals}f}",
            measured_at=minute,
        )
