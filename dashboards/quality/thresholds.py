"""Deciding which share of the rows may break a check of a mart."""

from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.compliance.acting import decide
from dashboards.quality.reading import read_threshold
from dashboards.quality.seen_versions import version_seen
from pipelines.access.acting import RuleError
from pipelines.access.reasons import LONGEST_REASON
from pipelines.access.thresholds import change_threshold

MOST, STEP = 50.0, 0.1
HELP = (
    "Kept with your name. The counts of the last build are judged by it at once, for "
    "every source; what was found before stays as it was judged."
)


def show_threshold(judged: pd.DataFrame) -> None:
    """Ask for a check and let its threshold be changed; failed ones come first."""
    order = judged["state"].map({"failed": 0}).fillna(1)
    checks = judged.loc[order.sort_values(kind="stable").index]
    checks = checks.drop_duplicates("check_id").set_index("check_id", drop=False)
    with st.expander("Change a threshold: which share of the rows may break a check"):
        check_id = st.selectbox(
            "Check",
            list(checks.index),
            index=None,
            format_func=lambda each: (
                f"{checks.sentence[each]} ({checks.subject[each]})"
            ),
            key="threshold_check",
        )
        if check_id is not None:
            _show_form(checks.loc[check_id])


def _show_form(check: Any) -> None:
    story = read_threshold(check.check_id)
    version = 0 if story.empty else int(story["version"].max())
    seen = version_seen(f"threshold_{check.check_id}", version)
    share = check.share if story.empty else story["share"].iloc[0]
    st.markdown(plain(f"Now ({check.threshold_origin}): {check.threshold}."))
    with st.form(f"threshold_{check.check_id}", border=False):
        percent = st.number_input(
            "Share of the rows that may break it, in %",
            min_value=0.0,
            max_value=MOST,
            value=_offered(share),
            step=STEP,
            format="%.3f",
            key=f"share_{check.check_id}",
            help=HELP,
        )
        reason = st.text_area(
            "Why?",
            max_chars=LONGEST_REASON,
            key=f"threshold_reason_{check.check_id}",
        )
        is_sent = st.form_submit_button("Change the threshold")
    if is_sent:
        decide(
            lambda: change_threshold(
                session.settings(),
                session.person(),
                check.check_id,
                _share_of(percent),
                reason,
                seen,
            ),
            "The threshold is changed, and the last counts are judged by it.",
        )
    for decision in story.itertuples():
        st.caption(plain(_told(decision)))


def _offered(share: Any) -> float | None:
    """Return a share in percent; none where it is above what people may decide."""
    percent = float(share) * 100
    return percent if percent <= MOST else None


def _share_of(percent: float | None) -> Decimal:
    """Return a share exactly as it was written: 0.3 % is 0.003.

    Raises:
        RuleError: none was written.
    """
    if percent is None:
        msg = "write which share of the rows may break it, from 0 to 50 %"
        raise RuleError(msg)
    return Decimal(f"{percent:.3f}") / 100


def _told(decision: Any) -> str:
    return (
        f"{time_text(decision.decided_at)} · version {decision.version}: "
        f"{float(decision.share):.3%} by {decision.decided_by}: {decision.words}"
    )
