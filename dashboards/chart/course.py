"""The course of one analyte in words: slope, own baseline, time in range, forecast.

Each sentence says how much it rests on. What is not known is said or left out, never
made up, and a forecast is called one.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import date_text, number_text, plain, unit_text

NO_SLOPE = {
    "unit_missing": "sent without a unit, so nothing is worked out",
    "too_few_results": "on too few days to tell a rise or fall",
    "too_short": "over too short a time to tell a rise or fall",
}
NO_BASELINE = {
    "too_few_results": "No own baseline: too few results in the year before.",
    "latest_contradictory": "Two latest results of one time differ: not compared.",
}
FORECAST = ["forecast_value", "forecast_low", "forecast_high", "forecast_at"]
DAYS_OF_MONTH, DAYS_OF_YEAR = 30.44, 365.25
LONGEST_IN_DAYS, LONGEST_IN_MONTHS = 60, 730
FINE_PERCENT = 10


def forecasts_ahead(
    trends: pd.DataFrame, as_of: pd.Timestamp, *, is_deceased: bool
) -> pd.DataFrame:
    """Return trends with those forecasts only that speak of a time to come.

    Nothing is foretold of the deceased, nor where the data's today is not known.
    """
    times = pd.to_datetime(trends["forecast_at"], utc=True)  # of no forecast, too
    is_ahead = (times > pd.to_datetime(as_of, utc=True)) & (not is_deceased)
    return trends.assign(**{name: trends[name].where(is_ahead) for name in FORECAST})


def in_unit(trends: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return those of an analyte's trends that are in one unit: one a material."""
    return trends[trends["unit"] == unit].sort_values("material_code")


def show_course(trends: pd.DataFrame) -> None:
    """Say what the results of one analyte and unit amount to, one line a material."""
    for trend in trends.itertuples():
        st.markdown(plain(course_text(trend)))
        forecast = forecast_text(trend)
        if forecast:
            st.markdown(f"**Forecast, no result:** {plain(forecast)}")


def course_text(trend: Any) -> str:
    """Return slope, latest against the own baseline, and time in range in words."""
    material = f"{trend.material_code.capitalize()}: " if trend.material_code else ""
    return material + " ".join(_sentences(trend))


def forecast_text(trend: Any) -> str:
    """Return what is expected, with its interval and time; empty without a forecast."""
    if pd.isna(trend.forecast_value):
        return ""
    unit = _unit(trend)
    return (
        f"about {_short(trend.forecast_value)}{unit} on "
        f"{date_text(trend.forecast_at)} (95 in 100 such results lie between "
        f"{_short(trend.forecast_low)} and {_short(trend.forecast_high)}), if the "
        "course goes on in a straight line. It knows no treatment."
    )


def _sentences(trend: Any) -> Iterator[str]:
    yield _slope_text(trend)
    if trend.result_count > 1 and not _is(trend.slope_missing_reason, "unit_missing"):
        yield _change_text(trend)
    if not pd.isna(trend.time_in_range_share):
        yield (
            f"In range {trend.time_in_range_share * 100:.0f} % of "
            f"{trend.time_in_range_days:.0f} days between results close enough to tell."
        )


def _slope_text(trend: Any) -> str:
    counted = _counted(trend)
    if not pd.isna(trend.slope_missing_reason):
        return f"{counted}, {NO_SLOPE[trend.slope_missing_reason]}."
    low, high = float(trend.slope_low_per_year), float(trend.slope_high_per_year)
    unit = f"{_unit(trend)} a year"
    if low <= 0 <= high:
        interval = f"({_short(low)} to {_short(high)}{unit})"
        return f"No certain rise or fall {interval}, {counted}."
    way = "Rising" if low > 0 else "Falling"
    nearer, further = sorted((abs(low), abs(high)))
    size = _short(abs(float(trend.slope_per_year)))
    interval = f"({_short(nearer)} to {_short(further)})"
    return f"{way} by {size}{unit} {interval}, {counted}."


def _change_text(trend: Any) -> str:
    if not pd.isna(trend.baseline_missing_reason):
        return NO_BASELINE[trend.baseline_missing_reason]
    baseline = (
        f"the own baseline of {number_text(trend.baseline_value)}{_unit(trend)} "
        f"(median of {trend.baseline_count:.0f} in the year before)"
    )
    if pd.isna(trend.change_from_baseline_percent):
        return f"Latest {number_text(trend.last_value)}, {baseline[4:]}."
    change = float(trend.change_from_baseline_percent)
    size = _percent(change)
    if change == 0:
        return f"Latest equal to {baseline}."
    way = "above" if change > 0 else "below"
    return f"Latest {size} {way} {baseline}; {_usual_text(trend)}."


def _usual_text(trend: Any) -> str:
    if pd.isna(trend.is_significant_change):
        return "how much is usual for this test is not known"
    size = _percent(float(trend.reference_change_percent))
    compared = "more than" if trend.is_significant_change else "within"
    return f"{compared} usual variation of {size} by {trend.reference_change_source}"


def _counted(trend: Any) -> str:
    """Return how many results there are, and over how long."""
    count = int(trend.result_count)
    if count == 1:
        return "1 result"
    days = (trend.last_collected_at - trend.first_collected_at) / pd.Timedelta(days=1)
    return f"{count} results {_within(days)}"


def _within(days: float) -> str:
    if days < 1:
        return "within a day"
    if days < LONGEST_IN_DAYS:
        return _several(days, "day")
    if days < LONGEST_IN_MONTHS:
        return _several(days / DAYS_OF_MONTH, "month")
    return _several(days / DAYS_OF_YEAR, "year")


def _several(number: float, name: str) -> str:
    whole = round(number)
    return f"in {whole} {name}{'' if whole == 1 else 's'}"


def _short(value: float) -> str:
    """Return a number with three significant digits: an estimate has no more."""
    return number_text(float(f"{float(value):.3g}"))


def _percent(value: float) -> str:
    size = abs(value)
    return f"{size:.1f} %" if size < FINE_PERCENT else f"{size:.0f} %"


def _unit(trend: Any) -> str:
    unit = unit_text(trend.unit)
    return f" {unit}" if unit else ""


def _is(reason: Any, name: str) -> bool:
    return not pd.isna(reason) and reason == name
