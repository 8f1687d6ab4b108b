"""How the last loads of a source compare with those before, and whether one is late."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain
from dashboards.quality.mart_checks import SEVERITIES

# In the order in which they should be looked at; a sign beside each word.
STATES = {
    "failed": "■ Out of its limits",
    "passed": "● As before",
    "not_applicable": "○ Too few loads to compare with",
}


def show_series_checks(judged: pd.DataFrame) -> None:
    """Show what each comparison found, those that failed first."""
    st.subheader("From load to load", anchor=False)
    st.caption(
        "Each load is compared with those of its source before it: rows, filled "
        "columns, codes, units, numbers, delays. A feed is late when its source's own "
        "rhythm would have had it come."
    )
    if judged.empty:
        st.info("No load has been compared with others yet.")
        return
    counts = judged["state"].value_counts()
    told = [f"{STATES[state]}: {counts.get(state, 0)}" for state in STATES]
    st.markdown(" · ".join(told))
    for check in judged[judged["state"] == "failed"].itertuples():
        _show_failed(check)
    with st.expander("All comparisons"):
        st.dataframe(
            pd.DataFrame([_row(check) for check in judged.itertuples()]),
            hide_index=True,
        )


def _show_failed(check: Any) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(
            f"**{STATES['failed']}** · {plain(check.subject)} · "
            f"{SEVERITIES[check.severity]}"
        )
        st.markdown(
            f"**{plain(check.sentence)}** {check.broken_count:,} of "
            f"{check.applicable_count:,} numbers compared are out of their limits."
        )
        st.caption(
            f"Why it matters: {plain(check.reason)} · Limit "
            f"({check.threshold_origin}): {check.threshold} · Ask: {check.owner}."
        )


def _row(check: Any) -> dict[str, object]:
    return {
        "Feed": check.subject,
        "Check": check.sentence,
        "State": STATES[check.state],
        "Out of limits": check.broken_count,
        "Numbers": check.applicable_count,
        "Limit": check.threshold,
        "Kind": check.kahn_category.replace("/", ", "),
    }
