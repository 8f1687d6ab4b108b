"""The checks of the marts: what the scan after the last whole build found."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain, time_text
from dashboards.compliance.acting import show_done
from dashboards.quality.thresholds import show_threshold

# In the order in which they should be looked at; a sign beside each word.
STATES = {
    "failed": "■ Failed",
    "passed": "● Passed",
    "not_applicable": "○ Not applicable: no rows to judge",
}
SEVERITIES = {"critical": "grave", "warning": "a warning", "info": "a note"}


def show_mart_checks(judged: pd.DataFrame) -> None:
    """Show what each check found, those that failed first."""
    st.subheader("Marts", anchor=False)
    show_done()
    st.caption(
        "After every whole build each mart is judged in one scan. Nothing is held back "
        "by it; who is named can mend what is behind a failure."
    )
    if judged.empty:
        st.info("The marts have not been judged yet.")
        return
    counts = judged["state"].value_counts()
    told = [f"{STATES[state]}: {counts.get(state, 0)}" for state in STATES]
    st.markdown(" · ".join(told))
    for check in judged[judged["state"] == "failed"].itertuples():
        _show_failed(check)
    with st.expander("All checks of the marts"):
        st.dataframe(
            pd.DataFrame([_row(check) for check in judged.itertuples()]),
            hide_index=True,
        )
    show_threshold(judged)


def _show_failed(check: Any) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(
            f"**{STATES['failed']}** · {plain(check.subject)} · "
            f"{SEVERITIES[check.severity]}"
        )
        st.markdown(
            f"**{plain(check.sentence)}** {check.broken_count:,} of "
            f"{check.applicable_count:,} rows break it."
        )
        st.caption(
            f"Why it matters: {plain(check.reason)} · Limit "
            f"({check.threshold_origin}): {check.threshold}{_signed(check)} · Ask: "
            f"{check.owner}."
        )


def _signed(check: Any) -> str:
    """Return who decided its limit, when and in which version; empty if nobody did.

    Who signed the ends of a limit need not have decided its threshold.
    """
    if pd.isna(check.signed_version):
        return ""
    what = "; the limit itself is" if check.level == "limit" else ","
    return (
        f"{what} version {int(check.signed_version)} by {plain(check.signed_by)}, "
        f"{time_text(check.signed_at)}"
    )


def _row(check: Any) -> dict[str, object]:
    return {
        "Mart": check.subject,
        "Check": check.sentence,
        "State": STATES[check.state],
        "Broken": check.broken_count,
        "Rows": check.applicable_count,
        "Limit": check.threshold,
        "From": check.threshold_origin,
        "Ask": check.owner,
        "Kind": check.kahn_category.replace("/", ", "),
    }
