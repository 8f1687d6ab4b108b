"""Where the laboratory's flags differ from ranges, and where units seem mixed up."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain
from dashboards.quality.prepared import show_prepared
from dashboards.quality.reading import read_flags_and_units
from dashboards.quality.shares import COUNT, SHARE, share_number

ALL = "All sources"
DIRECTIONS = {
    "low": "▽ low",
    "normal": "● normal",
    "high": "△ high",
    "abnormal": "■ abnormal",
    "none": "no flag",
}
RANGES = {
    "delivered_range": "its own range",
    "site_range": "the site's range",
    "default_range": "a default range",
}


def show_flags_and_units() -> None:
    """Show both kinds of findings, of all sources or of one."""
    st.title("Flags and units", anchor=False)
    if not show_prepared():
        return
    st.caption(
        "Findings to look into with whoever sent the results. Nothing is changed by "
        "them: flags and units stay as they were delivered. Counted anew every night."
    )
    frames = read_flags_and_units()
    both = [frames["mixes"], frames["differences"]]
    sources = sorted({each for frame in both for each in frame["source_system"]})
    source = ALL
    if len(sources) > 1:
        source = st.selectbox("Source", [ALL, *sources], key="flags_source")
    mixes, differences = (
        frame if source == ALL else frame[frame["source_system"] == source]
        for frame in both
    )
    _show_mixes(mixes)
    _show_differences(differences)


def _show_mixes(mixes: pd.DataFrame) -> None:
    st.subheader("Units that seem mixed up", anchor=False)
    st.caption(
        "Numbers of one test under one unit that lie in two groups, a known factor "
        "apart: at least 10 results and 5 different numbers in each, a gap between "
        "them, and medians apart by the factor, give or take a tenth."
    )
    if mixes.empty:
        st.success("No test looks so.")
    for mix in mixes.itertuples():
        _show_mix(mix)


def _show_mix(mix: Any) -> None:
    unit = f"under {plain(mix.unit)}" if mix.unit else "without a unit"
    with st.container(border=True, gap="small"):
        sign = "○" if mix.is_between_patients else "▲"
        st.markdown(
            f"**{sign} {plain(mix.analyte)}** · {plain(mix.source_system)} · {unit}"
        )
        st.markdown(
            f"{mix.lower_count:,} results lie about {float(mix.median_ratio):.1f} "
            f"times lower than {mix.upper_count:,} others. {_suspicion(mix)}"
        )
        st.caption(
            f"Code {plain(mix.test_code)} · nothing lies between: the next number is "
            f"{float(mix.gap_ratio):.1f} times as large"
        )


def _suspicion(mix: Any) -> str:
    if mix.is_between_patients:
        return (
            f"{mix.patients_on_both_sides_count:,} patients have both, where "
            f"{float(mix.patients_by_chance_count):.0f} would if units changed by "
            "chance: patients seem to differ, not units. No check fails by it."
        )
    factor = f"{float(mix.factor):.4g}"
    if mix.smaller_unit is None:
        return f"A factor of {factor}: a decimal point, or a prefix of the unit?"
    return (
        f"Between {plain(mix.smaller_unit)} and {plain(mix.larger_unit)} the factor is "
        f"{factor}: were some told in the other unit?"
    )


def _show_differences(differences: pd.DataFrame) -> None:
    st.subheader("Flags that differ from the range", anchor=False)
    st.caption(
        "The direction of a result by the range against that of the laboratory's own "
        "flag. Abnormal without a direction agrees with low and high; no flag counts "
        "only for tests that the laboratory flags at times."
    )
    if differences.empty:
        st.success("No flag differs.")
        return
    st.markdown(f"**{differences['results_count'].sum():,} results differ.**")
    st.dataframe(
        pd.DataFrame([_row(each) for each in differences.itertuples()]),
        column_config={"Results": COUNT, "Share": SHARE, "Compared": COUNT},
        hide_index=True,
    )


def _row(each: Any) -> dict[str, object]:
    return {
        "Test": each.analyte,
        "Results": each.results_count,
        "By the range": DIRECTIONS[each.range_direction_code],
        "By the laboratory": DIRECTIONS[each.laboratory_direction_code],
        "Share": share_number(each.results_count, each.compared_count),
        "Compared": each.compared_count,
        "Range": RANGES[each.judged_by_code],
        "Code": each.analyte_code,
        "Source": each.source_system,
    }
