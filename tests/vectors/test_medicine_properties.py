"""Eras and covered days against a count day by day, however the input is arranged.

Shuffled rows change nothing. A course told in touching parts, or told again, changes
only how many exposures an era counts; a supply handed out in parts on one day covers
the same days.
"""

import csv
import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.vectors.running import run_file
from tests.vectors.test_golden_vectors import Bench, bench

__all__ = ["bench"]
FIRST = date(2023, 11, 1)
PERSONS = 60
Exposure = tuple[int, date, date]
Fill = tuple[int, date, str, int]


def some_exposures(chance: random.Random) -> list[Exposure]:
    rows = []
    for person in range(PERSONS):
        for _ in range(chance.randint(1, 8)):
            start = FIRST + timedelta(days=chance.randint(0, 300))
            rows.append((person, start, start + timedelta(days=chance.randint(0, 45))))
    return rows


def eras_by_day(exposures: list[Exposure]) -> list[dict]:
    """Return the eras, told from the days themselves and not from any order."""
    days, starts = defaultdict(set), defaultdict(list)
    for person, start, end in exposures:
        length = (end - start).days
        days[person] |= {start + timedelta(days=day) for day in range(length + 1)}
        starts[person].append(start)
    eras = []
    for person, taken in sorted(days.items()):
        parts = [[]]
        for day in sorted(taken):
            if parts[-1] and (day - parts[-1][-1]).days > 30:
                parts.append([])
            parts[-1].append(day)
        eras += [
            {
                "case": "random",
                "person_id": person,
                "era_no": number,
                "era_start": part[0],
                "era_end": part[-1],
                "exposure_count": sum(
                    part[0] <= start <= part[-1] for start in starts[person]
                ),
                "gap_days": _days_between_parts(part, exposures, person),
            }
            for number, part in enumerate(parts, start=1)
        ]
    return eras


def _days_between_parts(
    part: list[date], exposures: list[Exposure], person: int
) -> int:
    """Return the gaps: from the last day that was taken to the first of the next.

    Two courses may touch on following days: they are one day apart all the same.
    """
    nights = set()
    for who, start, end in exposures:
        if who == person:
            nights |= {start + timedelta(days=day) for day in range((end - start).days)}
    return (part[-1] - part[0]).days - sum(
        part[0] <= night < part[-1] for night in nights
    )


def shuffled(rows: list, chance: random.Random) -> list:
    return chance.sample(rows, len(rows))


def in_parts(exposures: list[Exposure], chance: random.Random) -> list[Exposure]:
    parts = []
    for person, start, end in exposures:
        middle = start + timedelta(days=chance.randint(0, (end - start).days))
        parts += [(person, middle, end), (person, start, middle)]
    return parts


def told_again(exposures: list[Exposure], chance: random.Random) -> list[Exposure]:
    return shuffled(exposures + exposures, chance)


@pytest.mark.parametrize("arranged", [shuffled, in_parts, told_again])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_eras_are_the_same_however_the_exposures_are_told(
    bench: Bench, tmp_path: Path, arranged: callable, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    exposures = some_exposures(chance)
    told = arranged(exposures, chance)
    counts = [era["exposure_count"] for era in eras_by_day(told)]
    expected = [
        era | {"exposure_count": count}
        for era, count in zip(eras_by_day(exposures), counts, strict=True)
    ]
    write(tmp_path / "drug_era_expected.csv", expected)
    rows = [
        {
            "case": "random",
            "person_id": person,
            "start": start,
            "end": end,
            "days_supply": "",
        }
        for person, start, end in told
    ]
    write(tmp_path / "drug_exposure.csv", rows)
    rule = "drug_era_expected"
    outcome = run_file(bench.connection, tmp_path / f"{rule}.csv", bench.rules[rule])

    assert (outcome.differences, outcome.problem) == ([], "")
    assert outcome.passed >= PERSONS


def some_fills(chance: random.Random) -> list[Fill]:
    return [
        (
            person,
            FIRST + timedelta(days=chance.randint(0, 400)),
            chance.choice("AB"),
            chance.randint(1, 90),
        )
        for person in range(PERSONS)
        for _ in range(chance.randint(1, 9))
    ]


def covered_days(fills: list[Fill]) -> dict[int, set[date]]:
    """Return each person's covered days: each of them takes from the stock."""
    covered = defaultdict(set)
    for person, ingredient in {(fill[0], fill[2]) for fill in fills}:
        collected = defaultdict(int)
        for who, day, what, supply in fills:
            if (who, what) == (person, ingredient):
                collected[day] += supply
        stock = 0
        for number in range(2000):
            day = FIRST + timedelta(days=number)
            stock += collected[day]
            if stock:
                covered[person].add(day)
                stock -= 1
    return covered


def in_bottles(fills: list[Fill], chance: random.Random) -> list[Fill]:
    """Return the fills, each handed out as two bottles of one day."""
    bottles = []
    for person, day, ingredient, supply in fills:
        first = chance.randint(0, supply)
        bottles += [
            (person, day, ingredient, first),
            (person, day, ingredient, supply - first),
        ]
    return bottles


@pytest.mark.parametrize("arranged", [shuffled, in_bottles])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_covered_days_are_the_same_however_the_fills_are_told(
    bench: Bench, tmp_path: Path, arranged: callable, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    fills = some_fills(chance)
    expected = []
    for person, covered in sorted(covered_days(fills).items()):
        start = FIRST + timedelta(days=chance.randint(0, 200))
        length = chance.randint(1, 300)
        period = {start + timedelta(days=day) for day in range(length)}
        days = len(covered & period)
        expected.append(
            {
                "case": person,
                "period_start": start,
                "period_end": max(period),
                "days_in_period": length,
                "days_covered": days,
                "pdc": f"{days / length:.6f}",
                "adherent_80": int(5 * days >= 4 * length),
            }
        )
    write(tmp_path / "pdc_expected.csv", expected)
    names = ("case", "fill_date", "ingredient", "days_supply")
    told = [dict(zip(names, fill, strict=True)) for fill in arranged(fills, chance)]
    write(tmp_path / "pdc_fills.csv", told)
    rule = "pdc_expected"
    outcome = run_file(bench.connection, tmp_path / f"{rule}.csv", bench.rules[rule])

    assert (outcome.differences, outcome.problem) == ([], "")
    assert outcome.passed == PERSONS


def write(path: Path, rows: list[dict]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
