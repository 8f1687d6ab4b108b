"""How long critical results wait until somebody says that they were seen."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.quality.clock_words import ACKNOWLEDGED, BANDS, OPEN, minutes_text
from dashboards.quality.laboratory_charts import CLOCK_COLOURS, clock_chart
from dashboards.quality.prepared import show_prepared
from dashboards.quality.reading import read_clocks, read_sources_with_clocks
from dashboards.quality.shares import COUNT, percent
from dashboards.quality.words import count_text

NONE = "-"


def show_critical_results() -> None:
    """Show the clocks of one source, all together and by test."""
    st.title("Critical results", anchor=False)
    if not show_prepared():
        return
    st.caption(
        "The clock runs from the release of a critical result to the first "
        "acknowledgement of what it reads. Without a time of release it begins when "
        "the result came in; after a correction, when the correction came in."
    )
    sources = read_sources_with_clocks()
    if not sources:
        st.info("There is no critical result.")
        return
    source = st.selectbox("Source", sources, key="clocks_source")
    clocks = read_clocks(source)
    together = next(clocks[clocks["scope_code"] == "source"].itertuples())
    _show_numbers(together)
    _show_without_clock(together)
    _show_distribution(together)
    _show_tests(clocks[clocks["scope_code"] == "analyte"])


def _show_numbers(clocks: Any) -> None:
    seen = int(clocks.acknowledged_count)
    quick = int(clocks.acknowledged_in_30_minutes_count)
    with st.container(horizontal=True):
        st.metric("Critical results", f"{clocks.critical_count:,}", border=True)
        st.metric("Still waiting", f"{clocks.open_count:,}", border=True)
        st.metric(
            "Within 30 minutes",
            percent(quick, seen) if seen else NONE,
            border=True,
            help="Of those that were acknowledged and have a clock",
        )
        st.metric(
            "Half of them within",
            _time(clocks.median_minutes),
            border=True,
            help="Median of those that were acknowledged",
        )
        st.metric(
            "Nine of ten within",
            _time(clocks.ninetieth_minutes),
            border=True,
            help="90th percentile of those that were acknowledged",
        )
    if clocks.open_count:
        st.warning(
            f"{count_text(clocks.open_count, 'critical result')} waited to be "
            "acknowledged when the data was last prepared, the longest for "
            f"{minutes_text(float(clocks.longest_open_minutes))}."
        )


def _show_without_clock(clocks: Any) -> None:
    """Say what is not in the times: nobody shall take it for quick."""
    first = int(clocks.first_load_open_count + clocks.first_load_acknowledged_count)
    if first:
        st.caption(
            f"{count_text(first, 'result')} came with the first load of the source, or "
            "to a closed collection, and could not be acknowledged here in time: no "
            "clock. Of these "
            f"{clocks.first_load_acknowledged_count:,} have been acknowledged since, "
            f"{clocks.first_load_open_count:,} not."
        )
    if clocks.unclear_count:
        st.caption(
            f"{count_text(clocks.unclear_count, 'result')} acknowledged before the "
            "stated time of release: one of the two clocks is wrong. Not in the times."
        )


def _show_distribution(clocks: Any) -> None:
    st.subheader("How long it takes", anchor=False)
    timed = int(clocks.acknowledged_count + clocks.open_count)
    if not timed:
        st.info("No critical result with a clock yet.")
        return
    for state, prefix in ((ACKNOWLEDGED, "acknowledged"), (OPEN, "open")):
        total = int(getattr(clocks, f"{prefix}_count"))
        if not total:
            continue
        st.markdown(f"**{state}: {total:,}**")
        bands = pd.DataFrame(
            {
                "band": list(BANDS.values()),
                "results": [
                    int(getattr(clocks, f"{prefix}_{band}_count")) for band in BANDS
                ],
            }
        )
        bands["told"] = [
            f"{count:,} ({percent(count, total)})" for count in bands["results"]
        ]
        st.altair_chart(clock_chart(bands, CLOCK_COLOURS[prefix]))


def _show_tests(tests: pd.DataFrame) -> None:
    st.subheader("By test", anchor=False)
    st.dataframe(
        pd.DataFrame([_row(test) for test in tests.itertuples()]),
        column_config={
            "Critical": COUNT,
            "Waiting": COUNT,
            "Acknowledged": COUNT,
            "No clock": COUNT,
        },
        hide_index=True,
        height="content",
    )


def _row(test: Any) -> dict[str, object]:
    seen = test.acknowledged_count
    return {
        "Test": test.analyte,
        "Critical": test.critical_count,
        "Waiting": test.open_count,
        "Longest": _time(test.longest_open_minutes),
        "Acknowledged": seen,
        "Within 30 min": percent(test.acknowledged_in_30_minutes_count, seen)
        if seen
        else NONE,
        "Median": _time(test.median_minutes),
        "Nine of ten": _time(test.ninetieth_minutes),
        "No clock": test.first_load_open_count
        + test.first_load_acknowledged_count
        + test.unclear_count,
    }


def _time(minutes: Any) -> str:
    return NONE if pd.isna(minutes) else minutes_text(float(minutes))
