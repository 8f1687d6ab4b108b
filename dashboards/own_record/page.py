"""What every page of the patient begins with: whose it is, how fresh, what in need."""

from datetime import UTC, date, datetime

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain
from dashboards.own_record.freshness import freshness_words
from dashboards.own_record.reading import OwnRecord
from dashboards.own_record.wording import day_words
from dashboards.writing.local_time import local

IN_NEED = (
    "In an emergency call the emergency number (112 or 911) or go to the nearest "
    "emergency department; do not wait for this page. With questions about what stands "
    "here, ask your care team."
)


def show_head(title: str, record: OwnRecord, news: str) -> None:
    """Show title, name, how fresh the part is, and what to do in an emergency.

    ``news`` tells the newest fact of this part, as a sentence; empty where there is
    none.
    """
    st.title(title, anchor=False)
    st.markdown(f"**{plain(own_name(record))}**")
    freshness = freshness_words(record.profile, local(datetime.now(UTC)))
    st.caption(" ".join(part for part in (news, freshness) if part))
    st.info(IN_NEED, icon=":material/emergency:")


def show_quietly(text: str) -> None:
    """Show what explains rather than tells: grey, dark enough to read, full size."""
    st.markdown(f":gray[{plain(text)}]")


def own_name(record: OwnRecord) -> str:
    """Return the patient's name as one says it; the account's, where none was sent."""
    identity = record.identity
    names = (identity.given_name, identity.family_name)
    return (
        " ".join(name for name in names if name)
        or "Your name was not sent with this record"
    )


def newest_words(what: str, rows: pd.DataFrame, column: str) -> str:
    """Return when the newest row is from, as a sentence; empty where there is none."""
    newest = rows[column].max()
    return "" if pd.isna(newest) else f"{what}: {day_words(newest)}."


def today_of(record: OwnRecord) -> date:
    """Return the day as of which the record is seen: today, or that of an old one."""
    seen_at = record.profile["as_of"].max()
    return (local(datetime.now(UTC)) if pd.isna(seen_at) else seen_at).date()
