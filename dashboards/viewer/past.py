"""The results as they were known at a moment, said so loudly that nobody errs."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards import session
from dashboards.chart.words import time_text
from dashboards.viewer import choices

DAY, TIME = "viewer_past_day", "viewer_past_time"


def ask_known_at() -> None:
    """Offer to see what was known at a moment."""
    with st.popover("As known at", icon=":material/history:"):
        st.caption(
            "What the warehouse knew at a moment: without what came or was corrected "
            "later."
        )
        now = datetime.now(UTC).astimezone(_zone())
        st.date_input("Day", value=now.date(), max_value=now.date(), key=DAY)
        st.time_input(
            "Time", value=now.time().replace(second=0, microsecond=0), key=TIME, step=60
        )
        st.button("Show what was known", on_click=_go)
        if st.session_state.get(choices.KNOWN_AT):
            st.button("Back to now", on_click=choices.know, args=(None,), key="now_1")


def show_banner(known_at: datetime | None) -> None:
    """Say that the page shows the past, and offer the way back."""
    if known_at is None:
        return
    moment = time_text(known_at.astimezone(_zone()))
    with st.container(border=True):
        st.error(
            f"**This is the past: results as they were known on {moment}.** What came "
            "or was corrected later is not shown. Flags are those of today's rules. "
            "Do not treat by it.",
            icon=":material/history:",
        )
        st.button("Back to now", on_click=choices.know, args=(None,), type="primary")


def _go() -> None:
    """Take the moment as the hospital's clock shows it."""
    day, time = st.session_state[DAY], st.session_state[TIME]
    choices.know(datetime.combine(day, time, _zone()))


def _zone() -> ZoneInfo:
    return ZoneInfo(session.settings().time_zone)
