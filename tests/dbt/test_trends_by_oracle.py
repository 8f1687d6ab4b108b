"""Hundreds of random courses: the mart says of each what scipy and fractions say."""

import csv
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.build_books import Scope
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.loading import load
from tests.conftest import installation_with_marts
from tests.dbt.some_marts import build_some
from tests.dbt.trend_oracle import Drawn, trends_of

PATIENTS, SEED = 120, 20260117
BEGIN = datetime(2010, 1, 1, 8, tzinfo=UTC)
# Days between neighbours: of a stay, of a clinic, of a yearly check.
PACES = ((0.1, 3), (5, 60), (20, 56), (56, 57), (100, 400))
KINDS = (
    ("2823-3", "mmol/L", "Serum"),
    ("2823-3", "mmol/L", ""),
    ("2823-3", "mmol/L", "Urine"),
    ("2823-3", "", "Serum"),
    ("99999-9", "mg/dL", "Serum"),
    ("99999-9", "furlong", ""),
)
RANGES = (("3.5", "5.0"), ("3.6", "5.1"), ("3.5", ""), ("", "5.0"), ("", ""))
# Rounded by the mart, the last digit may be off by one half.
TOLERANCES = {
    "change_from_baseline_percent": 0.0051,
    "time_in_range_share": 0.000051,
    "time_in_range_days": 0.051,
}
MART = "select * from marts.fct_result_trends"
NUMBERS = """
    select patient_key, max(split_part(lab_result_key, ':R', 2))
    from marts.fct_lab_results group by patient_key
"""


def courses() -> list[Drawn]:
    """Return the results of courses, drawn so that every rule has both its sides."""
    chance = random.Random(SEED)  # noqa: S311 - values, no secrets
    return [
        result
        for patient in range(PATIENTS)
        for kind in KINDS
        for result in _course(chance, patient, kind)
    ]


def _course(
    chance: random.Random, patient: int, kind: tuple[str, str, str]
) -> Iterator[Drawn]:
    pace, limits = chance.choice(PACES), chance.choice(RANGES)
    value, drift = chance.uniform(3.2, 5.2), chance.choice((0, 0, 0.1, -0.4))
    at = BEGIN
    for _ in range(chance.randint(1, 12)):
        at += timedelta(seconds=round(chance.uniform(*pace) * 86400))
        value = max(value + drift + chance.gauss(0, 0.3), 0.1)
        if chance.random() < 0.03:
            limits = chance.choice(RANGES)
        drawn = Drawn(patient, *kind, at, f"{value:.1f}", limits)
        yield drawn
        if chance.random() < 0.06:  # told twice, or otherwise at the same time
            again = chance.choice((drawn.value, f"{value + 0.5:.1f}"))
            yield Drawn(patient, *kind, at, again, limits)
        if chance.random() < 0.1:  # an interval, or not final
            later = at + timedelta(hours=1)
            yield Drawn(patient, *kind, later, "99", limits, counts=False)


def write(folder: Path, feed: str, rows: list[dict[str, str]]) -> None:
    """Write a file of our csv."""
    with (folder / f"{feed}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, FEEDS[feed].delivered_columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _delivered(number: int, drawn: Drawn) -> dict[str, str]:
    is_interval = not drawn.counts and number % 2
    return {
        "record_id": f"R{number}",
        "source_patient_id": f"P{drawn.patient}",
        "test_code": drawn.analyte,
        "code_system": "LOINC",
        "value_text": f">{drawn.value}" if is_interval else drawn.value,
        "unit": drawn.unit,
        "specimen_name": drawn.material,
        "reference_low": drawn.limits[0],
        "reference_high": drawn.limits[1],
        "status_code": "final" if drawn.counts or is_interval else "preliminary",
        "collected_at": drawn.at.isoformat(),
    }


@pytest.fixture(scope="module")
def trends(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[tuple, dict[str, object]]]:
    """Yield the rows of the mart by patient, analyte, unit and material."""
    folder = tmp_path_factory.mktemp("courses")
    people = [
        {
            "record_id": f"P{patient}",
            "source_patient_id": f"P{patient}",
            "sex_code": "F",
            "birth_date": "1970-01-01",
        }
        for patient in range(PATIENTS)
    ]
    write(folder, "patients", people)
    rows = [_delivered(number, drawn) for number, drawn in enumerate(courses())]
    write(folder, "lab_results", rows)
    for settings in installation_with_marts(tmp_path_factory.mktemp("trends")):
        load(settings, folder, format_name="csv")
        build_some(settings, Scope.USUAL, ("fct_result_trends",))
        with connect(settings, Role.BUILDER) as builder:
            numbers = dict(builder.execute(NUMBERS).fetchall())
            cursor = builder.execute(MART)
            names = [each.name for each in cursor.description]
            found = [dict(zip(names, row, strict=True)) for row in cursor]
        drawn = courses()
        yield {
            (
                drawn[int(numbers[row["patient_key"]])].patient,
                *(row["analyte_code"], row["unit"], row["material_code"]),
            ): row
            for row in found
        }


def _differs(name: str, found: object, expected: object) -> bool:
    if isinstance(expected, float) and found is not None:
        tolerance = TOLERANCES.get(name, 1e-6 + abs(expected) * 1e-7)
        return abs(float(found) - expected) > tolerance
    return found != expected


def test_every_trend_is_what_the_oracle_says(
    trends: dict[tuple, dict[str, object]],
) -> None:
    expected = trends_of(courses())
    differing = [
        (series, name, trends[series][name], value)
        for series, told in expected.items()
        for name, value in told.items()
        if _differs(name, trends[series][name], value)
    ]

    assert trends.keys() == expected.keys()
    assert differing[:5] == []


def test_every_reason_and_both_answers_came_up() -> None:
    expected = trends_of(courses()).values()

    def least(name: str) -> dict[object, int]:
        return Counter(each[name] for each in expected)

    known = {None, "unit_missing", "too_few_results"}
    assert least("slope_missing_reason").keys() == known | {"too_short"}
    assert least("forecast_missing_reason").keys() == known | {
        *("too_short", "below_zero")
    }
    assert least("baseline_missing_reason").keys() == known | {"latest_contradictory"}
    assert least("time_in_range_missing_reason").keys() == {
        *(None, "unit_missing", "no_range", "too_little_time")
    }
    assert least("is_significant_change").keys() == {None, True, False}
    assert min(least("is_significant_change").values()) > 10
