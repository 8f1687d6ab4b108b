"""Draw people: age and sex, name and address, diseases, set points, habits."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.record.simulator import names
from pipelines.record.simulator.allergies import draw_allergies
from pipelines.record.simulator.analytes import ANALYTES
from pipelines.record.simulator.clock import DAY, YEAR, minute_of
from pipelines.record.simulator.conditions import AGE_BANDS, CHRONIC
from pipelines.record.simulator.lifestyle import draw_lifestyle
from pipelines.record.simulator.person import Person

# Lowest age, highest age, share; older than the population, as hospital patients are.
AGES = (
    (0, 18, 0.13),
    (18, 35, 0.17),
    (35, 50, 0.19),
    (50, 65, 0.24),
    (65, 80, 0.20),
    (80, 98, 0.07),
)
AREA_CODES = (413, 508, 617, 781, 978)  # with 555-01xx: never anybody's number
WOMEN_SHARE = 0.53
EARLIEST_ONSET_AGE = 22
LONGEST_HISTORY = 12 * YEAR  # onsets are spread over so much time before the end
SHORT_HISTORIES = {
    "iron_deficiency": 4.5 * YEAR
}  # what is cured does not last for years
MOST_PREVALENT = 0.85
# Set points spread wider than the tables say, so that, as in life, about one healthy
# result in twenty lies outside its range.
SET_POINT_SPREAD = 1.35
SET_POINT_LIMIT = 2.6
LAPSE_SHARE = 0.35  # of people who give up their medicines for some months, once


@dataclass(frozen=True)
class Window:
    """The time that the record covers: from ``start`` up to, not including, ``end``."""

    start: int
    end: int

    @classmethod
    def ending(cls, until: date, years: int) -> "Window":
        """Return the window of whole years that ends with the beginning of a day."""
        end = minute_of(until)
        return cls(end - years * YEAR, end)


def draw_person(number: int, window: Window, rng: np.random.Generator) -> Person:
    """Draw one person as they are at the end of the window, were they alive."""
    sex = "F" if rng.random() < WOMEN_SHARE else "M"
    low, high, _ = AGES[rng.choice(len(AGES), p=[share for *_, share in AGES])]
    age = rng.uniform(low + 0.02, high)
    share_of = [share for share, *_ in names.BACKGROUNDS]
    _, origin, race, ethnicity = names.BACKGROUNDS[
        rng.choice(len(share_of), p=share_of)
    ]
    person = Person(
        number=number,
        sex=sex,
        born=int(window.end - age * YEAR),
        identity=_draw_identity(number, sex, origin, rng),
        origin=origin,
        height_cm=rng.normal(176, 7) if sex == "M" else rng.normal(163, 6.5),
        weight_kg=0.0,
        weight_trend_kg=float(np.clip(rng.normal(0.2, 0.7), -1.5, 1.8)),
        adherence=float(rng.beta(6, 1.8)),
    )
    person.identity |= {"race_code": race, "ethnicity_code": ethnicity}
    person.set_points = dict(
        zip(
            [*ANALYTES, "systolic", "pulse", "mood"],
            np.clip(
                rng.normal(0, SET_POINT_SPREAD, len(ANALYTES) + 3),
                -SET_POINT_LIMIT,
                SET_POINT_LIMIT,
            ).tolist(),
            strict=True,
        )
    )
    _draw_diseases(person, age, window, rng)
    _draw_lapses(person, window, rng)
    _draw_body(person, rng)
    person.lifestyle = draw_lifestyle(person, age, rng)
    person.allergies = draw_allergies(rng)
    return person


def _draw_identity(
    number: int, sex: str, origin: str, rng: np.random.Generator
) -> dict[str, str]:
    """Return name, address and numbers; none of them can be anybody's."""
    city, county, postal_code = names.TOWNS[rng.integers(len(names.TOWNS))]
    given = str(rng.choice(names.GIVEN_NAMES[origin][sex]))
    family = str(rng.choice(names.FAMILY_NAMES[origin]))
    if number % names.NAMESAKES_ONE_IN == names.NAMESAKES_REMAINDER:
        given, family = names.NAMESAKES[sex][number // names.NAMESAKES_ONE_IN % 2]
    # 900 to 999 are never issued; group 00 to 49 keeps clear of tax numbers too.
    national_id = (
        f"9{number % 100:02d}-{rng.integers(50):02d}-{rng.integers(10000):04d}"
    )
    return {
        "medical_record_number": f"{number:06d}-{number * 7 % 10}",
        "national_id": national_id,
        "given_name": given,
        "family_name": family,
        "address_line": f"{rng.integers(1, 400)} {rng.choice(names.STREETS)}",
        "city": city,
        "county": county,
        "postal_code": postal_code,
        "state": "MA",
        "phone": f"+1 {rng.choice(AREA_CODES)} 555 01{rng.integers(100):02d}",
        "email": f"{given}.{family}{number}@example.org".lower(),
        "language_code": str(rng.choice(names.LANGUAGES[origin])),
    }


def _draw_diseases(
    person: Person, age: float, window: Window, rng: np.random.Generator
) -> None:
    """Give a person chronic diseases by age, sex and what they have already."""
    band = sum(age >= lower for lower in AGE_BANDS) - 1
    earliest = int(person.born + EARLIEST_ONSET_AGE * YEAR)
    for name, disease in CHRONIC.items():
        likelihood = disease.prevalence[max(band, 0)] if band >= 0 else 0.0
        for other, factor in disease.likelier_with.items():
            likelihood *= factor if other in person.onsets else 1.0
        if person.sex == "F":
            likelihood *= disease.women_factor
        is_ill, severity = rng.random() < min(likelihood, MOST_PREVALENT), rng.random()
        history = SHORT_HISTORIES.get(name, LONGEST_HISTORY)
        onset = int(window.end - rng.random() * history)
        if is_ill and onset > earliest:
            person.onsets[name] = onset
            person.severities[name] = severity


def _draw_lapses(person: Person, window: Window, rng: np.random.Generator) -> None:
    """Let some people give up their medicines for a few months."""
    if person.onsets and rng.random() < LAPSE_SHARE:
        start = int(rng.uniform(window.start, window.end))
        person.lapses = ((start, start + int(rng.uniform(120, 330)) * DAY),)


def _draw_body(person: Person, rng: np.random.Generator) -> None:
    """Draw the adult weight from a body mass index."""
    index = rng.normal(27.0, 4.3) + (3.0 if "diabetes" in person.onsets else 0.0)
    index = float(np.clip(index, 18.2, 44))
    person.weight_kg = index * (person.height_cm / 100) ** 2
