"""How the trail reads to a compliance officer."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboards import session
from pipelines.access.people import PersonRole

RESULTS = {
    "ok": "● done",
    "denied": "✕ refused",
    "error": "▲ failed",
    "intended": "○ announced",
}
REASONS = {
    "emergency": "Emergency treatment",
    "covering": "Covering for a colleague",
    "consult": "Asked for advice by the treating team",
    "result_follow_up": "Following up a result or an order",
    "other": "Other",
}
DAY_SECONDS = 86_400


def role_words(code: str | None) -> str:
    """Return a role in words; of operators and unknown names what they are."""
    if code in set(PersonRole):
        return PersonRole(code).title.lower()
    return "operator" if code == "ehr_owner" else "not signed in"


def who_words(display_name: str | None, user_id: str) -> str:
    """Return a person's name with the user id."""
    return user_id if pd.isna(display_name) else f"{display_name} ({user_id})"


def days_since(moment: datetime) -> int:
    """Return how many days a moment of the hospital's clock is ago."""
    zone = ZoneInfo(session.settings().time_zone)
    now = datetime.now(UTC).astimezone(zone).replace(tzinfo=None)
    return int((now - moment).total_seconds() // DAY_SECONDS)


def waiting_words(days: int) -> str:
    """Return how long something waits."""
    if days < 1:
        return "waiting since today"
    return f"waiting for {days} {'day' if days == 1 else 'days'}"


def ask_period(key: str, days: int) -> tuple[datetime, datetime]:
    """Ask from which day to which, both included; return the moments."""
    zone = ZoneInfo(session.settings().time_zone)
    today = datetime.now(UTC).astimezone(zone).date()
    chosen = st.date_input(
        "From day to day",
        (today - timedelta(days=days), today),
        max_value=today,
        key=key,
    )
    first, last = (
        (chosen[0], chosen[-1]) if isinstance(chosen, tuple) else (chosen,) * 2
    )
    begin = datetime.combine(first, time.min, zone)
    return begin, datetime.combine(last + timedelta(days=1), time.min, zone)
