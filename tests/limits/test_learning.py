"""What is learned of the mart: by an oracle that knows neither SQL nor the mart."""

import random
from decimal import Decimal
from itertools import product
from typing import Any

import dagster as dg
import numpy as np
import psycopg
import pytest

from pipelines.access.acting import RuleError
from pipelines.access.limits import propose_limits
from pipelines.assets.limits import limit_proposal
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.limits.learning import learn_limits
from pipelines.limits.rule import Known, Measured, propose
from pipelines.limits.statements import (
    COUNT_BREAKING,
    DRAW,
    ENTER,
    ENTER_PICTURE,
    LEARN_FROM,
    NEWLY_LEARNED,
    PICTURES,
    STATISTICS,
    STATISTICS_OF_LEARNED,
    STATISTICS_OF_PICTURES,
)
from pipelines.settings import Settings
from tests.limits.conftest import DOCTOR, OFFICER
from tests.limits.results import (
    GLUCOSE,
    MG,
    MMOL,
    POTASSIUM,
    SODIUM,
    Result,
    enter,
    patient,
)

CHANCE = 11
UNKNOWN = "of no critical limit"
# By band the day of birth of its patients; results are of the 15th of June 2024.
BORN = {"adult": "1970-01-01", "from_6_to_11": "2015-03-02"}
PROPOSALS = """
    select age_band, sex_code, rows_count, patients_count, state, median, quantile_05,
        quantile_25, quantile_75, quantile_95, low, high, hump_factor, breaking_count,
        proposal_id
    from quality.limit_proposal
    where learned_at = (select max(learned_at) from quality.limit_proposal)
        and analyte_code = %s
"""


def proposals(settings: Settings, analyte: str = POTASSIUM) -> dict[tuple, Any]:
    """Return what is proposed for an analyte, by band and sex."""
    with connect(settings, Role.QUALITY) as connection:
        connection.row_factory = psycopg.rows.namedtuple_row
        rows = connection.execute(PROPOSALS, (analyte,)).fetchall()
    return {(row.age_band, row.sex_code): row for row in rows}


def bars(settings: Settings, proposal_id: int) -> list[tuple]:
    """Return the bars of a picture."""
    with connect(settings, Role.QUALITY) as connection:
        return connection.execute(
            "select from_value, to_value, rows_count, patients_count "
            "from quality.limit_histogram where proposal_id = %s order by position",
            (proposal_id,),
        ).fetchall()


@pytest.fixture
def hospital(installation: Settings) -> tuple[Settings, list[tuple[str, str, float]]]:
    """Return an installation with potassium of 100 patients: band, sex and number."""
    chance = random.Random(CHANCE)  # noqa: S311 - values of tests, no secrets
    told, results = [], []
    for key in range(1, 101):
        band = "adult" if key <= 60 else "from_6_to_11"
        sex = "female" if key % 2 else "male"
        patient(installation, key, sex, BORN[band])
        for _ in range(8 if band == "adult" else 3):
            number = round(chance.lognormvariate(1.41, 0.12), 1)
            told.append((band, sex, number))
            results.append(Result(number, key))
    enter(installation, results)
    return installation, told


def test_counts_quantiles_and_limits_are_those_of_the_oracle(hospital: Any) -> None:
    settings, told = hospital
    learn_limits(settings)
    found = proposals(settings)

    assert set(found) == {
        ("all", "all"),
        *((band, sex) for band in BORN for sex in ("all", "female", "male")),
    }
    for (band, sex), row in found.items():
        numbers = [
            number
            for of_band, of_sex, number in told
            if band in ("all", of_band) and sex in ("all", of_sex)
        ]
        assert row.rows_count == len(numbers)
        if band not in ("all", "adult"):
            assert (row.state, row.low, row.median) == ("too_few", None, None)
            continue
        low, *quartiles, high = np.quantile(numbers, [0.001, 0.25, 0.5, 0.75, 0.999])
        # Critical limits of potassium are 2.8 and 6.2.
        expected = propose(Measured(low, *quartiles, high), Known(2.8, 6.2))
        assert float(row.median) == pytest.approx(quartiles[1])
        assert float(row.quantile_95) == pytest.approx(np.quantile(numbers, 0.95))
        assert (row.low, row.high) == expected
        outside = [
            n for n in numbers if not expected.low <= Decimal(str(n)) <= expected.high
        ]
        assert row.breaking_count == len(outside)


def scans_of(node: dict[str, Any], relation: str) -> list[int]:
    """Return how often a plan reads a relation, at each place where it does."""
    below = [
        loops for each in node.get("Plans", []) for loops in scans_of(each, relation)
    ]
    own = [node["Actual Loops"]] if node.get("Relation Name") == relation else []
    return own + below


def test_results_are_counted_and_drawn_in_one_scan(installation: Settings) -> None:
    enter(
        installation,
        [Result(n % 10, n, analyte=f"scan:{n % 30}") for n in range(3000)],
    )
    proposed = ("proposed", *[None] * 5, 2, 6, *[None] * 5)
    with connect(installation, Role.BUILDER) as builder:
        for statement in (LEARN_FROM, STATISTICS, PICTURES):
            builder.execute(statement, {"zone": installation.time_zone})
        for number, band in product(range(30), ("all", *BORN)):
            cell = (f"scan:{number}", MMOL, band, "all")
            builder.execute(ENTER, (*cell, "Scanned", 100, 100, *proposed))
            builder.execute(ENTER_PICTURE, (*cell, False, 0, 9, 10))
        for statement in (NEWLY_LEARNED, STATISTICS_OF_LEARNED, STATISTICS_OF_PICTURES):
            builder.execute(statement)
        plans = [
            builder.execute(f"explain (analyze, format json) {each}").fetchone()[0][0]
            for each in (COUNT_BREAKING, DRAW)
        ]
        builder.rollback()

    for plan in plans:
        assert scans_of(plan["Plan"], "learned_fact") == [1]
        assert scans_of(plan["Plan"], "newly_learned") == [1]
        assert scans_of(plan["Plan"], "picture") in ([], [1])


def test_a_proposal_that_nothing_breaks_has_none_counted(
    installation: Settings,
) -> None:
    enter(installation, [Result(4 + n % 7 / 10, n % 40) for n in range(300)])
    enter(installation, [Result(400, 1)])
    enter(
        installation,
        [Result(130 + n % 9, n % 40, analyte=SODIUM) for n in range(300)],
    )
    learn_limits(installation)

    assert proposals(installation)["all", "all"].breaking_count == 1
    assert proposals(installation, SODIUM)["all", "all"].breaking_count == 0


def test_a_cell_of_too_few_patients_proposes_nothing(installation: Settings) -> None:
    for key in range(1, 30):
        patient(installation, key)
    enter(
        installation,
        [Result(4 + number % 7 / 10, number % 29 + 1) for number in range(300)],
    )
    learn_limits(installation)
    assert proposals(installation)["all", "all"].state == "too_few"

    enter(installation, [Result(4.2, 30)])
    learn_limits(installation)
    assert proposals(installation)["all", "all"].state == "proposed"


def test_a_cell_of_too_few_rows_proposes_nothing(installation: Settings) -> None:
    enter(
        installation,
        [Result(4 + number % 7 / 10, number % 40) for number in range(199)],
    )
    learn_limits(installation)
    assert proposals(installation)["all", "all"].state == "too_few"

    enter(installation, [Result(4.2, 41)])
    learn_limits(installation)
    assert proposals(installation)["all", "all"].state == "proposed"


def test_nothing_of_fewer_than_five_patients_is_kept(installation: Settings) -> None:
    enter(installation, [Result(4.0, number % 4) for number in range(50)])
    enter(
        installation, [Result(140, number % 5, analyte=SODIUM) for number in range(9)]
    )
    learn_limits(installation)

    assert proposals(installation) == {}
    assert proposals(installation, SODIUM)["all", "all"].patients_count == 5


NOT_LEARNED_FROM = {
    "a bound, which is no number": Result(None),
    "without a unit": Result(900, unit=None, conversion="unit_missing"),
    "an unknown unit": Result(900, unit="furlong", conversion="unit_unknown"),
    "a unit that does not convert": Result(
        900, unit=MG, conversion="dimensions_differ"
    ),
    "no conversion known": Result(900, unit=MG, conversion="no_conversion_known"),
    "withdrawn": Result(900, withdrawn=True),
    "not final": Result(900, usable=False),
}


def test_what_tells_no_size_is_not_learned_from(installation: Settings) -> None:
    enter(installation, [Result(4 + n % 7 / 10, n % 40) for n in range(300)])
    enter(
        installation,
        [Result(**vars(each) | {"patient": n}) for each in NOT_LEARNED_FROM.values()
         for n in range(6)],
    )  # fmt: skip
    learn_limits(installation)

    found = proposals(installation)
    assert set(found) == {("all", "all")}
    assert found["all", "all"].rows_count == 300


def test_a_converted_number_is_learned_from_in_the_reference_unit(
    installation: Settings,
) -> None:
    enter(installation, [Result(4.0, n, analyte=GLUCOSE, unit=MG) for n in range(6)])
    converted = Result(
        5, analyte="14749-6", unit=MMOL, conversion="converted",
        converted_analyte=GLUCOSE, converted_number=90, converted_unit=MG,
    )  # fmt: skip
    enter(
        installation, [Result(**vars(converted) | {"patient": 9 + n}) for n in range(5)]
    )
    learn_limits(installation)

    assert proposals(installation, "14749-6") == {}
    assert proposals(installation, GLUCOSE)["all", "all"].rows_count == 11


AGES = {
    "27 days": ("2024-05-19", None, "newborn"),
    "28 days": ("2024-05-18", None, "infant"),
    "the day before the first birthday": ("2023-06-16", None, "infant"),
    "the first birthday": ("2023-06-15", None, "from_1_to_5"),
    "the day before the sixth": ("2018-06-16", None, "from_1_to_5"),
    "the sixth": ("2018-06-15", None, "from_6_to_11"),
    "the day before the twelfth": ("2012-06-16", None, "from_6_to_11"),
    "the twelfth": ("2012-06-15", None, "from_12_to_17"),
    "the day before the eighteenth": ("2006-06-16", None, "from_12_to_17"),
    "the eighteenth": ("2006-06-15", None, "adult"),
    "the year alone, 18 or 19": (None, 2005, "adult"),
    "the year alone, 17 or 18": (None, 2006, None),
    "the year alone, 0 or 1": (None, 2023, None),
    "the year alone, 1 or 2": (None, 2022, "from_1_to_5"),
    "nothing known": (None, None, None),
    "born later": ("2024-06-16", None, None),
}


@pytest.fixture(scope="module")
def bands(installation: Settings) -> dict[str, set[str]]:
    """Return for each age the bands that its patients were learned in, all apart."""
    for number, (born, year, _) in enumerate(AGES.values()):
        for key in range(number * 10, number * 10 + 5):
            patient(installation, key, born=born, year=year)
        enter(
            installation,
            [Result(4, number * 10 + n, analyte=f"age:{number}") for n in range(5)],
        )
    learn_limits(installation)
    return {
        name: {band for band, _ in proposals(installation, f"age:{number}")}
        for number, name in enumerate(AGES)
    }


@pytest.mark.parametrize("age", AGES)
def test_a_patient_is_of_the_band_of_the_day_of_collection(
    bands: dict[str, set[str]], age: str
) -> None:
    assert bands[age] - {"all"} == {AGES[age][2]} - {None}


def test_a_tenth_in_another_unit_does_not_widen_the_limit_and_is_said(
    installation: Settings,
) -> None:
    chance = random.Random(CHANCE)  # noqa: S311 - values of tests, no secrets
    usual = [
        Result(
            round(chance.lognormvariate(4.8, 0.25)), n % 50, analyte=UNKNOWN, unit=MG
        )
        for n in range(900)
    ]
    enter(installation, usual)
    learn_limits(installation)
    alone = proposals(installation, UNKNOWN)["all", "all"]
    enter(
        installation,
        [Result(**vars(each) | {"number": 18 * each.number}) for each in usual[:100]],
    )
    learn_limits(installation)
    mixed = proposals(installation, UNKNOWN)["all", "all"]

    assert alone.hump_factor is None
    assert float(mixed.hump_factor) == pytest.approx(18, rel=0.3)
    assert mixed.high < 1.5 * float(alone.high)


def test_a_bar_of_fewer_than_five_patients_is_not_kept(installation: Settings) -> None:
    enter(installation, [Result(4 + n % 5 / 10, n % 40) for n in range(400)])
    enter(installation, [Result(5.5, n % 4) for n in range(40)])
    enter(installation, [Result(6.0, n % 5) for n in range(40)])
    learn_limits(installation)
    drawn = bars(installation, proposals(installation)["all", "all"].proposal_id)

    assert sum(rows for _, _, rows, _ in drawn) == 440
    assert min(patients for *_, patients in drawn) >= 5
    assert not any(low and high and low <= 5.5 < high for low, high, *_ in drawn)


def test_no_end_of_a_picture_or_limit_is_taken_over_from_one_patient(
    installation: Settings,
) -> None:
    # Of 1,001 results the outermost thousandths are the second and the last but one.
    steps = [round(2.1 + n / 100, 2) for n in range(991)]
    numbers = [1.95, *steps, *[5.0] * 8, 12.55]
    enter(installation, [Result(number, n % 40) for n, number in enumerate(numbers)])
    learn_limits(installation)
    found = proposals(installation)["all", "all"]
    drawn = bars(installation, found.proposal_id)
    edges = [edge for low, high, *_ in drawn for edge in (low, high) if edge]

    assert (min(edges), max(edges)) == (pytest.approx(2), pytest.approx(13))
    assert not {float(end) for end in (*edges, found.low, found.high)} & set(numbers)


def test_what_was_proposed_today_can_still_be_signed(installation: Settings) -> None:
    enter(installation, [Result(4, n) for n in range(6)])
    kept = []
    for days in (2, 0.9, 0):
        learn_limits(installation)
        kept.append(proposals(installation)["all", "all"].proposal_id)
        with connect(installation, Role.OWNER) as owner:
            owner.execute(
                "update quality.limit_proposal "
                "set learned_at = learned_at - %s * interval '1 day' "
                "where proposal_id = %s",
                (days, kept[-1]),
            )

    with connect(installation, Role.QUALITY) as connection:
        found = connection.execute("select proposal_id from quality.limit_proposal")
        assert {number for (number,) in found} == set(kept[1:])


def test_quality_staff_have_limits_learned_and_a_doctor_does_not(
    installation: Settings,
) -> None:
    enter(installation, [Result(4, n) for n in range(6)])

    assert propose_limits(installation, OFFICER).cells == 1
    with pytest.raises(RuleError, match="may not propose limits"):
        propose_limits(installation, DOCTOR)
    with (
        connect(installation, Role.DOCTOR) as doctor,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        doctor.execute("select * from quality.limit_proposal")


def test_dagster_learns_and_tells_counts(installation: Settings) -> None:
    enter(installation, [Result(4 + n % 7 / 10, n % 40) for n in range(300)])
    done = dg.materialize([limit_proposal], resources={"settings": installation})

    (event,) = done.asset_materializations_for_node("quality__limit_proposal")
    told = {name: value.value for name, value in event.metadata.items()}
    assert told == {
        "groups of results": 1,
        "limits proposed": 1,
        "perhaps of two units": 0,
    }
