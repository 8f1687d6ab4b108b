"""What the patient's forms share: own entries, the form, the head of a page."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence
from dashboards.forms.fields import Field
from dashboards.forms.form import Form
from dashboards.own_record.freshness import freshness_words
from dashboards.own_record.page import IN_NEED
from dashboards.own_record.reading import read_profile
from dashboards.own_record.wording import day_words
from dashboards.writing.local_time import local
from dashboards.writing.parts import entries_about, forget_entries
from pipelines.record.actions.asking import own_key
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError

CARD_PIXELS = 620
ANSWERS = {
    "requested": "waits for an answer",
    "approved": "agreed",
    "denied": "not agreed",
    "done": "done",
    "withdrawn": "taken back",
    "accepted": "agreed",
    "booked": "booked",
    "arrived": "you came",
    "fulfilled": "over",
    "cancelled": "cancelled",
    "noshow": "missed",
}
ANSWERED_LATER = "It shows below at once. Your care team answers here."


def show_page(title: str, caption: str, *parts: Callable[[], None]) -> None:
    """Show a page of the patient; what cannot be read is told in a sentence."""
    st.title(title, anchor=False)
    st.caption(caption)
    st.caption(freshness_words(read_profile(), local(datetime.now(UTC))))
    st.info(IN_NEED, icon=":material/emergency:")
    for part in parts:
        try:
            part()
        except ActionError as error:
            st.error(plain(capitalised_sentence(str(error))))


def own_entries(feed: str) -> list[Entry]:
    """Return the own entries of a feed that stand, the newest first."""
    found = entries_about(own_key(session.person()), feed)
    standing = [each for each in found if not each.is_entered_in_error]
    return sorted(standing, key=lambda each: each.changed_at, reverse=True)


def own_form(
    name: str,
    doing: str,
    done: str,
    fields: Sequence[Field],
    save: Callable[[dict[str, Any]], object],
    **more: Any,
) -> Form:
    """Return a form about the person signed in."""
    return Form(
        name=name,
        doing=doing,
        done=done,
        fields=fields,
        save=save,
        refresh=forget_entries,
        **more,
    )


def choose(
    label: str, listed: Sequence[Entry], words: Callable[[Entry], str], key: str
) -> Entry | None:
    """Let one entry be chosen."""
    by_id = {each.record_id: each for each in listed}
    chosen = st.selectbox(
        label,
        list(by_id),
        index=None,
        format_func=lambda each: words(by_id[each]),
        placeholder="Choose",
        key=f"own|{key}",
    )
    return by_id.get(chosen)


def day_of(entry: Entry, column: str) -> str:
    """Return a day of an entry in words; empty where there is none."""
    at = entry.values[column]
    return day_words(local(at)) if at else ""


def moment_of(entry: Entry, column: str) -> str:
    """Return day and time of an entry in words; empty where there is none."""
    at = entry.values[column]
    return f"{day_words(local(at))}, {local(at):%H:%M}" if at else ""


def processed(entry: Entry) -> str:
    """Return that an entry is not in the marts yet, if so."""
    return " (being processed)" if entry.is_pending else ""
