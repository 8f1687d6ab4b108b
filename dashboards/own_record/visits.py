"""My visits: when, what kind, why, where and with whom."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain
from dashboards.own_record.wording import (
    day_words,
    person_words,
    place_words,
    spelled_out,
)

CARD_PIXELS = 620
CARDS_AT_ONCE = 15
SHOWN = "shown_visits"
DEFINITION = (
    "Every visit and every stay in hospital that was sent to this record, the newest "
    "first. Visits that are planned do not stand here."
)


def show_visits(visits: pd.DataFrame) -> None:
    """Show the visits of one patient, the newest first."""
    if visits.empty:
        st.info("No visit has come in for you.")
        return
    st.caption(DEFINITION)
    shown = st.session_state.get(SHOWN, CARDS_AT_ONCE)
    for row in visits.head(shown).itertuples():
        _show_visit(row)
    if len(visits) > shown:
        st.button(
            f"Show more visits ({len(visits) - shown} left)",
            on_click=lambda: st.session_state.update({SHOWN: shown + CARDS_AT_ONCE}),
        )


def length_words(row: Any) -> str:
    """Return how long a visit took, in days, where it was more than one."""
    if row.is_open:
        return "it has not ended, as far as is known"
    if row.has_time_conflict or pd.isna(row.ended_at) or pd.isna(row.started_at):
        return ""
    days = (row.ended_at.normalize() - row.started_at.normalize()).days
    if days == 0:
        return ""
    return (
        f"until {day_words(row.ended_at)} ({days} {'night' if days == 1 else 'nights'})"
    )


def _show_visit(row: Any) -> None:
    with st.container(border=True, width=CARD_PIXELS):
        length = length_words(row)
        day = day_words(row.started_at)
        st.markdown(f"##### {day}{f', {length}' if length else ''}")
        st.markdown(row.type_words or row.kind_words)
        facts = {
            "Why": spelled_out(row.reason_name),
            "Where": _where(row),
            "With": _with(row),
        }
        for question, answer in facts.items():
            if answer:
                st.markdown(f"{question}: {plain(answer)}")


def _where(row: Any) -> str:
    houses = (row.organization_name, row.location_name)
    names = [place_words(name) for name in houses if name]
    # "General Hospital, 3 North Medicine" holds the ward already.
    is_told_twice = len(names) > 1 and names[1] in names[0]
    return ", ".join(names[:1] if is_told_twice else names)


def _with(row: Any) -> str:
    specialty = place_words(row.specialty_name or row.service_name)
    names = (person_words(row.practitioner_name), specialty)
    return ", ".join(name for name in names if name)
