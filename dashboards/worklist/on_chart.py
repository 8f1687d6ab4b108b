"""What of one patient waits for a doctor, on the chart: nobody need go back for it."""

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.results import RECENT
from dashboards.worklist.acknowledging import other_refusal
from dashboards.worklist.open_results import OpenResults, open_results
from dashboards.worklist.rows import show_row, waiting_text
from pipelines.record.actions.permissions import may

CRITICAL_RANK = 1


def show_open_results(
    rows: pd.DataFrame, findings: pd.DataFrame, as_of: pd.Timestamp
) -> None:
    """Show the patient's rows of the worklist, folded, this month's before older ones.

    ``as_of`` is the source's today; where it is not known, nothing is called old.
    """
    results = open_results(rows, findings)
    if results.rows.empty and results.waiting.empty:
        st.caption("No result of this patient waits to be acknowledged.")
        return
    count = len(results.rows)
    is_old = (results.rows["newest_open_at"] < as_of - RECENT) & ~results.rows[
        "is_changed_after_acknowledgement"
    ].astype(bool)
    is_critical = results.rows["urgency_rank"] == CRITICAL_RANK
    processed = len(results.waiting)
    being = f", {processed} being processed" if processed else ""
    st.subheader(f"Waiting to be acknowledged ({count}){being}", anchor=False)
    st.caption(
        f"Critical: {(is_critical & ~is_old).sum()} of the last 30 days, "
        f"{(is_critical & is_old).sum()} older."
    )
    if count and st.toggle("Show them", key="open_on_chart"):
        if not may(session.person(), "acknowledge"):
            st.caption("A doctor acknowledges results.")
        _show_rows(results, results.rows[~is_old])
        if is_old.any():
            st.caption("Older than 30 days:")
        _show_rows(results, results.rows[is_old])
    for row in results.waiting.itertuples():
        st.caption(f"✓ {waiting_text(results, row)}")
    if refusal := other_refusal():
        st.error(refusal)


def _show_rows(results: OpenResults, rows: pd.DataFrame) -> None:
    for row in rows.itertuples():
        show_row(results, row)
