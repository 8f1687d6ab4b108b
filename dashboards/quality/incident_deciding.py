"""What an officer decides about an incident: take it, assign, comment, waive."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.compliance.acting import decide
from pipelines.access.incidents import (
    Incident,
    assign,
    comment,
    end_waiver,
    waive,
)
from pipelines.access.reasons import LONGEST_REASON

USUAL_WAIVER = timedelta(days=30)
LONGEST_WAIVER = timedelta(days=366)


def show_decisions(incident: Any, key: str, owners: pd.DataFrame) -> None:
    """Offer what can be done with one incident."""
    last = incident.last_decision_id
    which = Incident(
        incident.source_system,
        incident.check_id,
        None if pd.isna(last) else int(last),
    )
    _show_taking(incident, which, key)
    with st.popover("Assign", type="tertiary"):
        _show_assigning(which, key, owners)
    with st.popover("Comment", type="tertiary"):
        _show_commenting(which, key)
    if incident.state_code == "waived":
        with st.popover("End the waiver", type="tertiary"):
            _show_ending(which, key)
    elif incident.state_code != "resolved":
        with st.popover("Waive until", type="tertiary"):
            _show_waiving(which, key)


def _show_taking(incident: Any, which: Incident, key: str) -> None:
    user_id = session.person().user_id
    if incident.owner_user_id == user_id:
        return
    if st.button("Take it", key=f"take_{key}", type="tertiary"):
        decide(
            lambda: assign(session.settings(), session.person(), which, user_id),
            "The incident is yours.",
        )


def _show_assigning(which: Incident, key: str, owners: pd.DataFrame) -> None:
    names = {
        row.user_id: f"{row.display_name} ({_role(row.role)})"
        for row in owners.itertuples()
    }
    with st.form(f"assign_{key}", border=False):
        owner = st.selectbox(
            "Who looks after it?",
            list(names),
            format_func=names.get,
            key=f"owner_{key}",
        )
        is_sent = st.form_submit_button("Assign it")
    if is_sent:
        decide(
            lambda: assign(session.settings(), session.person(), which, owner),
            f"The incident is assigned to {names[owner]}.",
        )


def _role(code: str) -> str:
    return "data engineer" if code == "engineer" else "quality staff"


def _show_commenting(which: Incident, key: str) -> None:
    with st.form(f"comment_{key}", border=False):
        words = st.text_area(
            "What should others know?",
            max_chars=LONGEST_REASON,
            key=f"comment_words_{key}",
            help="Write no patient's name here.",
        )
        is_sent = st.form_submit_button("Add the comment")
    if is_sent:
        decide(
            lambda: comment(session.settings(), session.person(), which, words),
            "The comment is kept.",
        )


def _show_waiving(which: Incident, key: str) -> None:
    today = datetime.now(UTC).astimezone(ZoneInfo(session.settings().time_zone)).date()
    with st.form(f"waive_{key}", border=False):
        until = st.date_input(
            "Until and with",
            value=today + USUAL_WAIVER,
            min_value=today + timedelta(days=1),
            max_value=today + LONGEST_WAIVER,
            key=f"until_{key}",
        )
        reason = st.text_area(
            "Why can it stay so long?",
            max_chars=LONGEST_REASON,
            key=f"waive_reason_{key}",
            help="If it gets worse than now, it comes back before that day.",
        )
        is_sent = st.form_submit_button("Waive it")
    if is_sent:
        decide(
            lambda: waive(session.settings(), session.person(), which, until, reason),
            "The incident is waived, unless it gets worse.",
        )


def _show_ending(which: Incident, key: str) -> None:
    with st.form(f"end_{key}", border=False):
        reason = st.text_area(
            "Why does the waiver end?",
            max_chars=LONGEST_REASON,
            key=f"end_reason_{key}",
        )
        is_sent = st.form_submit_button("End it now")
    if is_sent:
        decide(
            lambda: end_waiver(session.settings(), session.person(), which, reason),
            "The waiver is ended.",
        )
