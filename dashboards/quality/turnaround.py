"""How long the laboratory takes, by test and priority, the slowest first."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.quality.clock_words import minutes_text
from dashboards.quality.prepared import show_prepared
from dashboards.quality.reading import read_sources_with_turnarounds, read_turnarounds
from dashboards.quality.shares import COUNT
from dashboards.quality.turnaround_chart import turnaround_chart
from dashboards.quality.words import count_text

STEPS = {
    "collected_to_first": "Collected to first result",
    "collected_to_final": "Collected to final",
    "ordered_to_final": "Ordered to final",
    "ordered_to_collected": "Ordered to collected",
    "collected_to_received": "Collected to received",
    "received_to_first": "Received to first result",
}
PERIODS = {
    "30_days": "Last 30 days",
    "365_days": "Last 365 days",
    "all": "All",
}
PRIORITIES = {
    "asap": "as soon as possible",
    "other": "another priority",
    "not_told": "priority not told",
}
# Fewer say little: of nine results the ninetieth percentile is the slowest.
FEW = 10
MOST_DRAWN = 25
NONE = "-"


def show_turnarounds() -> None:
    """Show a step of one source and period: picture, table, what has no time."""
    st.title("Turn-around times", anchor=False)
    if not show_prepared():
        return
    sources = read_sources_with_turnarounds()
    if not sources:
        st.info("No result of a laboratory has come.")
        return
    with st.container(horizontal=True):
        source = st.selectbox("Source", sources, key="turnaround_source")
        step = st.selectbox(
            "Step", list(STEPS), format_func=STEPS.get, key="turnaround_step"
        )
        period = st.selectbox(
            "Specimens of",
            list(PERIODS),
            index=2,
            format_func=PERIODS.get,
            key="turnaround_period",
        )
    st.caption(
        "Counted each night over the results that were neither withdrawn nor "
        "cancelled. Half of them were done within the median, nine of ten within the "
        "ninetieth percentile."
    )
    times = read_turnarounds(source, step, period)
    if times.empty:
        st.info("No specimen of this time.")
        return
    _show_totals(times)
    timed = worst_first(times[times["timed_count"] > 0])
    if timed.empty:
        st.info("No result has both times of this step.")
    else:
        _show_picture(timed)
    _show_table(pd.concat([timed, times[times["timed_count"] == 0]]))


def worst_first(times: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with times: enough of them before few, the slowest first."""
    return times.assign(is_few=times["timed_count"] < FEW).sort_values(
        ["is_few", "ninetieth_minutes", "analyte"],
        ascending=[True, False, True],
        kind="stable",
    )


def priority_text(code: str) -> str:
    """Return a priority in words."""
    return PRIORITIES.get(code, code)


def _show_totals(times: pd.DataFrame) -> None:
    total, timed = int(times["results_count"].sum()), int(times["timed_count"].sum())
    untimed = int(times["untimed_count"].sum())
    turned = int(times["reversed_count"].sum())
    with st.container(horizontal=True):
        st.metric("Results", f"{total:,}", border=True)
        st.metric("With both times", f"{timed:,}", border=True)
        st.metric("A time is missing", f"{untimed:,}", border=True)
        st.metric(
            "Ends before it begins",
            f"{turned:,}",
            border=True,
            help="Asked of a specimen that was there already, or a wrong clock.",
        )
    if untimed + turned:
        st.caption(
            f"{count_text(untimed + turned, 'result')} without a time of this step "
            "stand in the table and in no percentile."
        )


def _show_picture(timed: pd.DataFrame) -> None:
    enough = timed[~timed["is_few"]]
    drawn = (timed if enough.empty else enough).head(MOST_DRAWN)
    if enough.empty:
        st.caption(f"No test has {FEW} results with both times; all are few.")
    bars = pd.DataFrame(
        {
            "test": [
                f"{row.analyte}, {priority_text(row.priority_code)}"
                for row in drawn.itertuples()
            ],
            "median": drawn["median_minutes"].astype(float).to_numpy(),
            "ninetieth": drawn["ninetieth_minutes"].astype(float).to_numpy(),
            "told": [
                f"{_time(row.median_minutes)} / {_time(row.ninetieth_minutes)} "
                f"(n = {int(row.timed_count)})"
                for row in drawn.itertuples()
            ],
        }
    )
    st.altair_chart(turnaround_chart(bars), width="stretch")
    st.caption(
        "Bar: ninetieth percentile. Stroke: median. "
        + (
            f"The {MOST_DRAWN} slowest are drawn; all stand in the table."
            if len(enough) > MOST_DRAWN
            else ""
        )
    )


def _show_table(times: pd.DataFrame) -> None:
    st.dataframe(
        pd.DataFrame([_row(row) for row in times.itertuples()]),
        column_config={
            "Results": COUNT,
            "Timed": COUNT,
            "Time missing": COUNT,
            "Reversed": COUNT,
        },
        hide_index=True,
    )


def _row(row: Any) -> dict[str, object]:
    timed = int(row.timed_count)
    return {
        "Test": row.analyte,
        "Priority": priority_text(row.priority_code),
        "Median": _time(row.median_minutes),
        "Nine of ten": _time(row.ninetieth_minutes),
        "Note": f"few: {timed}" if 0 < timed < FEW else ("" if timed else "no times"),
        "Results": int(row.results_count),
        "Timed": timed,
        "Time missing": int(row.untimed_count),
        "Reversed": int(row.reversed_count),
    }


def _time(minutes: Any) -> str:
    return NONE if pd.isna(minutes) else minutes_text(float(minutes))
