"""Break-the-glass reviews: each opening is judged, the oldest first."""

from typing import Any

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.compliance.acting import decide, show_done
from dashboards.compliance.statements import GLASS
from dashboards.compliance.words import (
    REASONS,
    days_since,
    role_words,
    waiting_words,
    who_words,
)
from pipelines.access.compliance import RESULTS, review_glass
from pipelines.access.identity import Identity
from pipelines.access.reading import Query, Reading

DAYS_TO_REVIEW = 3
DECIDED_SHOWN = 20
FOLLOWED_UP = "followed_up"


def show_glass() -> None:
    """Show the openings that wait for a decision, then those decided."""
    reading = session.reader().read("glass reviews", {"glass": Query(GLASS, {})})
    glass = reading.frames["glass"]
    st.title("Broken glass", anchor=False)
    show_done()
    st.caption(
        "A restricted record was opened for an hour, with a reason. Each opening is "
        f"reviewed within {DAYS_TO_REVIEW} days."
    )
    if glass.empty:
        st.info("Nobody has broken the glass.")
        return
    is_open = glass["reviewed_at"].isna() | (glass["review_result_code"] == FOLLOWED_UP)
    waiting, decided = glass[is_open], glass[~is_open]
    if waiting.empty:
        st.success("Every opening has been decided.")
    for each in waiting.itertuples():
        _show(each, reading, is_waiting=True)
    if not decided.empty:
        st.subheader("Decided", anchor=False)
    latest = decided.sort_values("reviewed_at", ascending=False).head(DECIDED_SHOWN)
    for each in latest.itertuples():
        _show(each, reading, is_waiting=False)


def _show(each: Any, reading: Reading, *, is_waiting: bool) -> None:
    identity = reading.identities.get(int(each.patient_key), Identity())
    with st.container(border=True, gap="small"):
        days = days_since(each.opened_at)
        late = " ▲ late" if is_waiting and days >= DAYS_TO_REVIEW else ""
        state = f"{waiting_words(days)}{late}" if is_waiting else _decision(each)
        who = plain(who_words(each.display_name, each.user_id))
        st.markdown(f"**{who}**, {role_words(each.role)} · {state}")
        st.markdown(
            f"Opened the record of **{plain(identity.full_name)}** "
            f"({plain(identity.record_number)}) on {time_text(each.opened_at)}, until "
            f"{each.ends_at:%H:%M}; {int(each.looks)} events in that time"
        )
        reason = REASONS.get(each.reason_code, each.reason_code)
        st.markdown(f"Reason: {reason}. {plain(each.reason_text)}")
        if each.reviewed_by:
            st.caption(
                f"{plain(each.reviewed_by)}, {time_text(each.reviewed_at)}: "
                f"{plain(each.review_text)}"
            )
        if is_waiting:
            _ask_decision(each)


def _decision(each: Any) -> str:
    return RESULTS.get(each.review_result_code, each.review_result_code)


def _ask_decision(each: Any) -> None:
    if each.user_id == session.person().user_id:
        st.caption("This is your own; another officer decides.")
        return
    offered = [code for code in RESULTS if code != each.review_result_code]
    with st.form(f"glass_{each.break_glass_id}", border=False):
        result = st.radio("Was it right?", offered, format_func=RESULTS.get, index=None,
                          horizontal=True)  # fmt: skip
        comment = st.text_input("Why, and what follows", max_chars=500)
        is_decided = st.form_submit_button("Decide")
    if is_decided and result is None:
        st.error("Choose whether it was right.")
    elif is_decided:
        glass = (each.break_glass_id, int(each.patient_key))
        decide(
            lambda: review_glass(
                session.settings(), session.person(), glass, result, comment
            ),
            f"Decided: {RESULTS[result].lower()}.",
        )
