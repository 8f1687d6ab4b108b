"""Charts of loads: what jumps and drifts is found, and what is chance is not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from expectations.results import State
from expectations.series import sample as sampling
from expectations.series.charts import LEAST_LOADS, Point, judge
from expectations.series.judging import Load, judge_load
from expectations.series.measured import LEAST_PATIENTS, LEAST_ROWS, Kind, Measured
from expectations.series.measuring import ROWS, as_numbers, from_numbers, measure
from expectations.series.rhythm import pause_of
from expectations.series.sample import Sample
from pipelines.checking.series_checks import ASKED, RHYTHM, series_checks
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.landing.typed import column_types

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
EXAMPLES = {
    "String": "7.5",
    "Int64": 7,
    "Float64": 7.5,
    "Boolean": True,
    "Date": MONDAY.date(),
    "Datetime": MONDAY,
}


def results(values: list[float | None], unit: str = "mg/dL") -> pl.DataFrame:
    """Return results of one test with these values."""
    count = len(values)
    return pl.DataFrame(
        {
            "test_code": ["2345-7"] * count,
            "code_system": ["LOINC"] * count,
            "value_text": [None if each is None else f"{each}" for each in values],
            "unit": [unit] * count,
            "comment_text": ["Told to the ward."] * count,
            "collected_at": [MONDAY] * count,
        },
        schema_overrides={"collected_at": pl.Datetime("us", "UTC")},
    )


def measured_of(rows: pl.DataFrame, received_at: datetime | None = None):
    """Return what is measured of a load of results."""
    sample = Sample()
    sample.add(rows)
    return measure("lab_results", sample, "collected_at", received_at)


def loads_of(
    values_of_a_load: list[list[float]], **options: str
) -> tuple[list[Load], Load]:
    """Return loads a day apart, and the last of them."""
    loads = [
        Load(MONDAY + timedelta(days=day), measured_of(results(values, **options)))
        for day, values in enumerate(values_of_a_load)
    ]
    return loads[:-1], loads[-1]


def usual(seed: int, count: int = 200, centre: float = 100) -> list[float]:
    """Return numbers of a usual load."""
    return np.random.default_rng(seed).normal(centre, 20, count).round(1).tolist()


def state_of(found, kind: Kind) -> State:
    """Return what one kind of chart says."""
    return next(each.state for each in found if each.kind is kind)


def share_points(values: list[float], count: int = 1000) -> list[Point]:
    """Return shares of loads a day apart."""
    return [
        Point(day % 7, Measured(value, 0, count)) for day, value in enumerate(values)
    ]


def test_a_usual_load_keeps_every_chart() -> None:
    before, last = loads_of([usual(seed) for seed in range(30)])

    assert {each.state for each in judge_load(before, last)} == {State.PASSED}


def test_too_few_loads_judge_nothing() -> None:
    few, eleventh = loads_of([usual(seed) for seed in range(LEAST_LOADS)])
    assert {each.state for each in judge_load(few, eleventh)} == {State.NOT_APPLICABLE}

    enough, last = loads_of([usual(seed) for seed in range(LEAST_LOADS + 1)])
    assert State.NOT_APPLICABLE not in {each.state for each in judge_load(enough, last)}


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (Kind.ROWS, results(usual(99, 60))),
        (Kind.FILLED, results([None] * 40 + usual(99, 160))),
        (Kind.UNITS, pl.concat([results(usual(99, 120)), results(usual(98, 80), "g")])),
        (
            Kind.CODES,
            results(usual(99)).with_columns(
                code_system=pl.Series(["LOINC"] * 120 + ["own"] * 80)
            ),
        ),
        (Kind.VALUES, results(usual(99, centre=125))),
    ],
)
def test_a_jump_is_found_by_its_own_chart(kind: Kind, wrong: pl.DataFrame) -> None:
    before, _ = loads_of([usual(seed) for seed in range(31)])
    last = Load(MONDAY + timedelta(days=30), measured_of(wrong))

    assert state_of(judge_load(before, last), kind) is State.FAILED


def test_a_clock_that_is_a_day_off_is_found() -> None:
    loads = [
        Load(
            MONDAY + timedelta(days=day),
            measured_of(results(usual(day)), MONDAY + timedelta(hours=20, minutes=day)),
        )
        for day in range(20)
    ]
    off = measured_of(results(usual(99)), MONDAY + timedelta(hours=44))

    found = judge_load(loads, Load(MONDAY + timedelta(days=20), off))

    assert state_of(found, Kind.DELAYS) is State.FAILED


def test_of_a_historical_source_nothing_is_late() -> None:
    assert Kind.DELAYS not in measured_of(results(usual(1)), None)


def test_a_drift_is_found_of_which_no_load_is_a_jump() -> None:
    steady = [0.5 + 0.005 * (-1) ** day for day in range(40)]
    drifting = [0.5 + 0.004 * step for step in range(1, 17)]

    judged = judge(Kind.FILLED, share_points([*steady, *drifting]))

    assert judged
    assert judged.jump <= judged.jump_limit
    assert judged.drift > judged.drift_limit
    assert judged.is_out


def test_a_drift_downwards_is_found_as_well() -> None:
    steady = [0.5 + 0.005 * (-1) ** day for day in range(40)]
    drifting = [0.5 - 0.004 * step for step in range(1, 17)]

    judged = judge(Kind.FILLED, share_points([*steady, *drifting]))

    assert judged
    assert judged.drift > judged.drift_limit


def test_one_wild_load_before_neither_widens_the_limits_nor_is_a_drift() -> None:
    steady = [0.5 + 0.005 * (-1) ** day for day in range(40)]
    with_wild = [*steady[:20], 0.95, *steady[21:]]

    calm = judge(Kind.FILLED, share_points([*with_wild, 0.5]))
    again = judge(Kind.FILLED, share_points([*with_wild, 0.95]))

    assert calm
    assert not calm.is_out
    assert again
    assert again.jump > again.jump_limit


def test_weekdays_are_told_apart_where_they_differ() -> None:
    week = [1000, 1010, 990, 1005, 995, 300, 310]
    points = [
        Point(day % 7, Measured(week[day % 7], 0, week[day % 7])) for day in range(42)
    ]

    monday = judge(Kind.ROWS, [*points, Point(0, Measured(305, 0, 305))])
    saturday = judge(
        Kind.ROWS,
        [*points, *points[:5], Point(5, Measured(305, 0, 305))],
    )

    assert monday
    assert monday.is_out
    assert saturday
    assert not saturday.is_out


def test_the_first_load_of_all_years_is_no_norm_for_the_days_after_it() -> None:
    first = usual(1, 20_000)
    before, last = loads_of([first, *(usual(seed) for seed in range(2, 30))])

    assert state_of(judge_load(before, last), Kind.ROWS) is State.PASSED


def test_loads_of_all_years_do_not_hide_that_one_was_cut() -> None:
    full = [usual(seed, 20_000) for seed in range(4)]
    days = [usual(seed) for seed in range(4, 16)]
    before, last = loads_of([*full, *days, usual(16, 60)])

    assert state_of(judge_load(before, last), Kind.ROWS) is State.FAILED


def test_the_more_is_asked_at_once_the_wider_are_the_limits() -> None:
    points = share_points([0.5] * 21)

    alone, among_many = judge(Kind.FILLED, points), judge(Kind.FILLED, points, 100)

    assert alone
    assert among_many
    assert alone.jump_limit < among_many.jump_limit
    assert alone.drift_limit < among_many.drift_limit


def test_what_few_rows_have_is_not_told() -> None:
    few = results(usual(1, LEAST_ROWS - 1), "g")
    rows = pl.concat([results(usual(2)), few])

    units = measured_of(rows)[Kind.UNITS]

    assert list(units) == ["2345-7|mg/dL"]
    assert measured_of(few) == {Kind.ROWS: {ROWS: Measured(19, 0, 19)}}


@pytest.mark.parametrize(
    ("patients", "is_told"), [(LEAST_PATIENTS - 1, False), (LEAST_PATIENTS, True)]
)
def test_what_few_patients_have_is_not_told(patients: int, *, is_told: bool) -> None:
    rows = results(usual(1))
    ids = [f"MRN-{number % patients}" for number in range(rows.height)]
    sample = Sample()
    sample.add(rows.with_columns(pl.Series("source_patient_id", ids)))

    measured = measure("lab_results", sample, "collected_at", MONDAY)

    for kind in (Kind.CODES, Kind.UNITS, Kind.VALUES, Kind.DELAYS):
        assert bool(measured[kind]) is is_told, kind
    assert measured[Kind.ROWS][ROWS].value == rows.height
    assert "MRN-" not in str(sample.rows().to_dicts())


def test_no_quantile_is_nearly_the_greatest_value() -> None:
    of_few = measured_of(results(usual(1, 99)))[Kind.VALUES]
    of_many = measured_of(results(usual(1, 100)))[Kind.VALUES]

    assert "2345-7|mg/dL|95 %" not in of_few
    assert "2345-7|mg/dL|95 %" in of_many
    assert "2345-7|mg/dL|50 %" in of_few


def test_no_text_that_somebody_wrote_is_measured() -> None:
    measured = measured_of(results(usual(1)))

    assert "Told to the ward." not in str(measured)


@pytest.mark.parametrize("filled", [0, 1, LEAST_ROWS - 1, LEAST_ROWS])
@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_every_feed_can_be_measured_however_little_of_it_is_filled(
    feed: Feed, filled: int
) -> None:
    empty = 2 * LEAST_ROWS - filled
    rows = pl.DataFrame(
        {
            name: [EXAMPLES[str(kind.base_type())]] * filled + [None] * empty
            for name, kind in column_types(feed).items()
        },
        schema=column_types(feed),
    )
    sample = Sample()
    sample.add(rows)

    for received_at in (MONDAY, None):
        measured = measure(feed.name, sample, feed.event_at, received_at)
        loads = [Load(MONDAY + timedelta(days=day), measured) for day in range(20)]
        assert judge_load(loads[:-1], loads[-1])


def test_what_is_kept_is_what_was_measured() -> None:
    values = measured_of(results(usual(1)))[Kind.VALUES]

    assert from_numbers(as_numbers(values)) == values


def test_of_a_large_load_rows_are_kept_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MOST_ROWS", 100)
    sample = Sample()
    for start in range(0, 1000, 7):
        sample.add(pl.DataFrame({"number": range(start, min(start + 7, 1000))}))

    kept = sample.rows()["number"].to_list()

    assert sample.row_count == 1000
    assert 50 < len(kept) <= 100
    assert {after - before for before, after in pairwise(kept)} == {kept[1]}
    assert kept[0] == 0


def at_days(*days: float) -> list[datetime]:
    """Return instants so many days after a Monday."""
    return [MONDAY + timedelta(days=day) for day in days]


def test_a_load_is_late_by_its_sources_own_rhythm() -> None:
    daily = at_days(*range(20))

    in_time = pause_of(daily, at_days(20.5)[0])
    late = pause_of(daily, at_days(20.6)[0])

    assert in_time
    assert not in_time.is_too_long
    assert late
    assert late.is_too_long


def test_a_weekend_is_no_delay_where_it_never_was_one() -> None:
    workdays = at_days(*(day for day in range(33) if day % 7 < 5))
    friday = workdays[-1]
    assert friday.weekday() == 4

    until_monday = pause_of(workdays, friday + timedelta(days=3))
    until_wednesday = pause_of(workdays, friday + timedelta(days=5))
    from_monday = pause_of(workdays[:-4], workdays[-5] + timedelta(days=2))

    assert until_monday
    assert not until_monday.is_too_long
    assert until_wednesday
    assert until_wednesday.is_too_long
    assert from_monday
    assert from_monday.is_too_long


def test_few_loads_have_no_rhythm() -> None:
    assert pause_of(at_days(*range(LEAST_LOADS)), at_days(99)[0]) is None
    assert pause_of(at_days(*range(LEAST_LOADS + 1)), at_days(99)[0])


def test_every_feed_is_asked_for_its_rows_and_its_rhythm() -> None:
    asked = {(check.feed, check.kind) for check in series_checks()}

    assert {feed for feed, kind in asked if kind == Kind.ROWS} == FEEDS.keys()
    assert {feed for feed, kind in asked if kind == RHYTHM} == FEEDS.keys()
    assert {kind for _, kind in asked} == {asked.kind for asked in ASKED}
    assert {asked.kind for asked in ASKED} == {*Kind, RHYTHM}
