"""Adherence: the share of days covered, by class and ingredient, and the days."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import date_text, plain
from dashboards.glass.hidden import KEPT_BACK
from dashboards.medicines.adherence_words import (
    arithmetic_of,
    assumed_text,
    name_of,
    share_text,
    verdict_of,
)
from dashboards.medicines.days import calendar_of, days_of, legend_of
from dashboards.medicines.joining import dispenses_without_days
from dashboards.medicines.reading import History
from dashboards.medicines.tables import show_rows

YEAR, MEASURE = "adherence_year", "adherence_measure"
KINDS = {"class": "class", "ingredient": "medicine"}
NOT_WHOLE = (
    "Some medicines of this patient are kept to the treating team: they, and the "
    "classes that they belong to, are not shown here. Ask the team."
)
NO_FILLS = (
    "Not enough data: no dispense outside a stay that tells how many days it lasts. "
    "Orders alone say nothing of what was collected."
)
DEFINITION = (
    "Proportion of days covered (PQA): the share of days on which what was handed out "
    "would have lasted, were it taken as prescribed. Handed out is not taken: it is a "
    "reason to ask, no proof."
)


def show_adherence(history: History) -> None:
    """Show the shares of a year, then the days of one class or medicine."""
    st.caption(DEFINITION)
    if not history.is_whole:
        st.warning(NOT_WHOLE, icon=":material/visibility_off:")
    measures = history.frames["adherence"]
    if measures.empty:
        st.info(NO_FILLS if history.is_whole else KEPT_BACK)
        return
    years = sorted(measures["calendar_year"].unique(), reverse=True)
    year = st.selectbox("Year", [int(each) for each in years], key=YEAR)
    of_year = measures[measures["calendar_year"] == year]
    show_rows(
        [_row(measure) for measure in of_year.itertuples()],
        f"Share of days covered in {year}",
        most=len(of_year),
    )
    measure = _chosen(of_year)
    _show_measure(history, measure)


def _row(measure: Any) -> dict[str, str]:
    return {
        "Class or medicine": f"{name_of(measure)} ({KINDS[measure.measure_kind_code]})",
        "Days covered": f"{measure.days_covered} of {measure.days_in_period}",
        "Share": share_text(measure),
        "Threshold": verdict_of(measure),
        "Days in hospital, left out": str(measure.inpatient_days),
    }


def _chosen(of_year: pd.DataFrame) -> Any:
    """Return what was chosen; of those that count the lowest share is first."""
    ordered = of_year.sort_values(
        ["is_eligible", "proportion_of_days_covered"], ascending=[False, True]
    )
    by_key = {
        f"{measure.measure_kind_code}|{measure.measure_name}": measure
        for measure in ordered.itertuples()
    }
    key = st.selectbox(
        "Days of",
        list(by_key),
        format_func=lambda each: (
            f"{name_of(by_key[each])} ({KINDS[by_key[each].measure_kind_code]}), "
            f"{share_text(by_key[each])}"
        ),
        # Another year has others to choose from.
        key=f"{MEASURE}_{of_year['calendar_year'].iloc[0]}",
    )
    return by_key[key]


def _show_measure(history: History, measure: Any) -> None:
    frames = history.frames
    intervals = _of(frames["covered"], measure)
    days = days_of(measure, intervals, frames["stays"])
    st.subheader(f"{plain(name_of(measure))}, {measure.calendar_year}", anchor=False)
    st.markdown(f"**{share_text(measure)}. {verdict_of(measure)}.**")
    without_days = _dispenses_without_days(history, measure)
    steps = [
        *arithmetic_of(measure),
        assumed_text(without_days, int(measure.calendar_year)),
    ]
    st.markdown("\n".join(f"1. {plain(step)}" for step in steps))
    st.altair_chart(calendar_of(days), width="stretch")
    st.caption(legend_of(days))
    rows = _interval_rows(intervals, measure.period_ends_on)
    st.markdown("**Covered intervals**")
    show_rows(rows, "Covered intervals", most=len(rows))


def _of(rows: pd.DataFrame, measure: Any) -> pd.DataFrame:
    """Return the intervals of a measure that begin in its period."""
    is_its = (
        (rows["measure_kind_code"] == measure.measure_kind_code)
        & (rows["measure_name"] == measure.measure_name)
        & (rows["calendar_year"] == measure.calendar_year)
        & (rows["starts_on"] <= measure.period_ends_on)
    )
    return rows[is_its].sort_values("starts_on")


def _dispenses_without_days(history: History, measure: Any) -> int:
    """Return how many dispenses of the year tell no days; for a class, of all."""
    dispenses = dispenses_without_days(history.frames)
    of_year = dispenses[dispenses["calendar_year"] == measure.calendar_year]
    if measure.measure_kind_code == "ingredient":
        of_year = of_year[of_year["ingredient_name"] == measure.measure_name]
    return len(of_year)


def _interval_rows(
    intervals: pd.DataFrame, period_ends_on: date
) -> list[dict[str, str]]:
    """Return a row per covered interval, cut at the end of the period."""
    rows = list(intervals.itertuples())
    following = [row.starts_on for row in rows[1:]] + [None]
    return [
        {
            "From": date_text(row.starts_on),
            "To": date_text(min(row.ends_on, period_ends_on)),
            "Days": str((min(row.ends_on, period_ends_on) - row.starts_on).days + 1),
            "Handed out": str(row.fills_count),
            "Then not covered": _uncovered(
                min(row.ends_on, period_ends_on), begins, period_ends_on
            ),
        }
        for row, begins in zip(rows, following, strict=True)
    ]


def _uncovered(ends: date, begins: date | None, period_ends_on: date) -> str:
    """Return the days from the end of an interval to the next, or the period's end."""
    days = (begins - ends).days - 1 if begins else (period_ends_on - ends).days
    return f"{days} {'day' if days == 1 else 'days'}" if days else ""
