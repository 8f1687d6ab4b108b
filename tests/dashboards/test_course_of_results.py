"""The course of results in words: what it rests on, and nothing made up."""

from types import SimpleNamespace

import pandas as pd
import pytest

from dashboards.chart.course import (
    NO_BASELINE,
    NO_SLOPE,
    course_text,
    forecast_text,
    forecasts_ahead,
    in_unit,
)
from dashboards.chart.forecast import forecasts_to_draw
from tests.dbt.test_marts_described import MARTS, described

OZTURK = "Ozturk 2013 (stable renal transplant)"
RISING = {
    "unit": "mmol/L",
    "material_code": "",
    "result_count": 9,
    "last_value": 4.7,
    "slope_per_year": 4.1,
    "slope_low_per_year": 2.0,
    "slope_high_per_year": 6.2,
    "slope_missing_reason": None,
    "baseline_value": 4.2,
    "baseline_count": 5,
    "baseline_missing_reason": None,
    "change_from_baseline_percent": 12.4,
    "reference_change_percent": 5.88,
    "reference_change_source": OZTURK,
    "is_significant_change": True,
    "time_in_range_share": None,
    "time_in_range_days": None,
    "forecast_value": None,
    "forecast_low": None,
    "forecast_high": None,
    "forecast_at": pd.NaT,
    "first_collected_at": pd.Timestamp("2023-06-10", tz="UTC"),
    "last_collected_at": pd.Timestamp("2026-06-10", tz="UTC"),
}
NO_NUMBERS = dict.fromkeys(
    ("slope_per_year", "slope_low_per_year", "slope_high_per_year")
)
NOT_COMPARED = {
    "baseline_value": None,
    "change_from_baseline_percent": None,
    "is_significant_change": None,
}
ONE = {**NO_NUMBERS, **NOT_COMPARED, "result_count": 1}
FEW = {"slope_missing_reason": "too_few_results"}
JUNE = pd.Timestamp("2026-06-30", tz="UTC")


def told(**other: object) -> str:
    """Return what is said of the rising course, with some of it changed."""
    return course_text(SimpleNamespace(**RISING | other))


def test_a_course_is_told_with_its_interval_and_the_own_baseline() -> None:
    assert told() == (
        "Rising by 4.1 mmol/L a year (2 to 6.2), 9 results in 3 years. Latest 12 % "
        "above the own baseline of 4.2 mmol/L (median of 5 in the year before); more "
        f"than usual variation of 5.9 % by {OZTURK}."
    )


@pytest.mark.parametrize(
    ("slope", "low", "high", "words"),
    [
        (-0.0412, -0.06, -0.0224, "Falling by 0.0412 mmol/L a year (0.0224 to 0.06),"),
        (0.5, -0.1, 1.1, "No certain rise or fall (-0.1 to 1.1 mmol/L a year),"),
        (0.5, 0.0, 1.0, "No certain rise or fall (0 to 1 mmol/L a year),"),
        (-0.5, -1.0, 0.0, "No certain rise or fall (-1 to 0 mmol/L a year),"),
        (1234.5, 1000.4, 1468.6, "Rising by 1230 mmol/L a year (1000 to 1470),"),
    ],
)
def test_a_rise_is_called_one_where_its_interval_is_above_zero(
    slope: float, low: float, high: float, words: str
) -> None:
    said = told(slope_per_year=slope, slope_low_per_year=low, slope_high_per_year=high)

    assert said.startswith(words)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"is_significant_change": False, "change_from_baseline_percent": -3.21},
         "Latest 3.2 % below the own baseline of 4.2 mmol/L (median of 5 in the year "
         f"before); within usual variation of 5.9 % by {OZTURK}."),
        ({"is_significant_change": None, "reference_change_percent": None},
         "Latest 12 % above the own baseline of 4.2 mmol/L (median of 5 in the year "
         "before); how much is usual for this test is not known."),
        ({"change_from_baseline_percent": 0, "is_significant_change": False},
         "Latest equal to the own baseline of 4.2 mmol/L (median of 5 in the year "
         "before)."),
        ({"change_from_baseline_percent": None, "baseline_value": -2.0,
          "is_significant_change": None, "last_value": -3.0},
         "Latest -3, own baseline of -2 mmol/L (median of 5 in the year before)."),
        ({**NOT_COMPARED, "baseline_missing_reason": "latest_contradictory"},
         NO_BASELINE["latest_contradictory"]),
        ({**NOT_COMPARED, "baseline_missing_reason": "too_few_results"},
         NO_BASELINE["too_few_results"]),
        ({"time_in_range_share": 0.784, "time_in_range_days": 320.4},
         "In range 78 % of 320 days between results close enough to tell."),
    ],
)  # fmt: skip
def test_the_latest_is_told_against_the_own_baseline(
    other: dict[str, object], words: str
) -> None:
    assert told(**other).endswith(words)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (ONE | FEW, f"1 result, {NO_SLOPE['too_few_results']}."),
        (
            ONE | {"result_count": 4, "slope_missing_reason": "unit_missing",
                   "baseline_missing_reason": "unit_missing", "unit": ""},
            f"4 results in 3 years, {NO_SLOPE['unit_missing']}.",
        ),
        ({"material_code": "urine", **ONE, **FEW},
         f"Urine: 1 result, {NO_SLOPE['too_few_results']}."),
    ],
)  # fmt: skip
def test_where_nothing_can_be_told_the_reason_is(
    other: dict[str, object], words: str
) -> None:
    assert told(**other) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0.5, "9 results within a day"),
        (1, "9 results in 1 day"),
        (59, "9 results in 59 days"),
        (60, "9 results in 2 months"),
        (729, "9 results in 24 months"),
        (730, "9 results in 2 years"),
    ],
)
def test_how_long_the_course_is_stands_beside_the_slope(
    days: float, words: str
) -> None:
    first = RISING["last_collected_at"] - pd.Timedelta(days=days)

    assert f"{words}." in told(first_collected_at=first)


def test_a_forecast_is_told_with_its_interval_its_day_and_its_limits() -> None:
    trend = RISING | {
        "forecast_value": 6.912345,
        "forecast_low": 6.1,
        "forecast_high": 7.7,
        "forecast_at": pd.Timestamp("2026-09-08 07:00", tz="UTC"),
    }

    assert forecast_text(SimpleNamespace(**trend)) == (
        "about 6.91 mmol/L on 8 Sep 2026 (95 in 100 such results lie between 6.1 and "
        "7.7), if the course goes on in a straight line. It knows no treatment."
    )
    assert forecast_text(SimpleNamespace(**RISING)) == ""


@pytest.mark.parametrize(
    ("at", "as_of", "is_deceased", "is_shown"),
    [
        ("2026-07-01", JUNE, False, True),
        ("2026-06-30", JUNE, False, False),
        ("2026-06-29", JUNE, False, False),
        ("2026-07-01", JUNE, True, False),
        ("2026-07-01", pd.NaT, False, False),
    ],
)
def test_nothing_is_foretold_of_what_is_past_nor_of_the_deceased(
    at: str,
    as_of: pd.Timestamp,
    is_deceased: bool,  # noqa: FBT001
    is_shown: bool,  # noqa: FBT001
) -> None:
    when = pd.Timestamp(at, tz="UTC")
    foretold = {"forecast_value": 5.0, "forecast_low": 4.0, "forecast_high": 6.0}
    trends = pd.DataFrame([RISING | foretold | {"forecast_at": when}])

    shown = forecasts_ahead(trends, as_of, is_deceased=is_deceased)

    assert len(forecasts_to_draw(shown)) == int(is_shown)
    assert (forecast_text(next(shown.itertuples())) != "") == is_shown


def test_a_patient_without_any_forecast_has_a_page() -> None:
    for trends in (pd.DataFrame([RISING]), pd.DataFrame(columns=[*RISING])):
        empty = trends.assign(forecast_at=None)
        shown = forecasts_ahead(empty, JUNE, is_deceased=False)

        assert forecasts_to_draw(shown).empty


def test_units_are_never_told_together() -> None:
    rows = [RISING | {"unit": unit} for unit in ("mg/dL", "mmol/L", "")]
    trends = pd.DataFrame([*rows, RISING | {"material_code": "urine"}])

    assert list(in_unit(trends, "mmol/L")["material_code"]) == ["", "urine"]
    assert list(in_unit(trends, "")["unit"]) == [""]


def test_every_reason_of_the_mart_has_words() -> None:
    """Another one would break a chart; that of a missing unit is said of the slope."""
    (mart,) = (each for each in MARTS if each.stem == "fct_result_trends")
    meanings = {
        each["name"]: each["description"] for each in described(mart)["columns"]
    }

    for reason in NO_SLOPE:
        assert reason in meanings["slope_missing_reason"]
    for reason in NO_BASELINE:
        assert reason in meanings["baseline_missing_reason"]
    assert {*NO_SLOPE} == {"unit_missing", "too_few_results", "too_short"}
    assert {*NO_BASELINE} | {"unit_missing"} == {
        *("unit_missing", "latest_contradictory", "too_few_results")
    }
