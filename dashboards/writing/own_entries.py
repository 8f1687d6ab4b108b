"""Correcting what one wrote: old and new side by side, with the reason."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.data import Chart
from dashboards.forms.fields import Field, Values, choice, line, moment, number, reason
from dashboards.forms.fields import text as long_text
from dashboards.forms.form import Form, show_form
from dashboards.writing.local_time import local
from dashboards.writing.measurements import words_of
from dashboards.writing.parts import act, chart_form, choose_entry, entries_of
from dashboards.writing.words import (
    KINDS_OF_ENTRY,
    author_words,
    entry_words,
    processed_words,
)
from pipelines.record.actions.catalogue import listed_signs
from pipelines.record.actions.correcting import (
    CORRECTABLE,
    correct,
    enter_in_error,
    is_own,
)
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.permissions import may_correct
from pipelines.record.actions.taking_history import CRITICALITIES, SEVERITIES

CORRECT_IT, IN_ERROR = "Correct it", "It was entered in error"
LONG = frozenset({"note_text", "goal_text", "outcome_text", "question_text"})
NUMBERS = frozenset({"quantity", "days_supply", "onset_age_years"})
TIMES = frozenset({"started_at", "measured_at", "answered_at", "administered_at"})
CHOICES = {
    "criticality_code": CRITICALITIES,
    "reaction_1_severity_code": SEVERITIES,
}


def show_own_entries(chart: Chart) -> None:
    """Show what one wrote about a patient, to correct it or take it back."""
    mine = [
        each
        for feed in CORRECTABLE
        if may_correct(session.person(), feed)
        for each in entries_of(chart, feed)
        if is_own(session.person(), each) and not each.is_entered_in_error
    ]
    if not mine:
        st.info("You have written nothing about this patient that could be corrected.")
        return
    entry = choose_entry("Which entry", mine, f"own {chart.patient_key}", _listed)
    if entry is None:
        return
    st.caption(plain(f"{author_words(entry)}{processed_words(entry)}"))
    what = st.segmented_control(
        "What", [CORRECT_IT, IN_ERROR], default=CORRECT_IT, key="own_what"
    )
    show_form(in_error(chart, entry) if what == IN_ERROR else _correction(chart, entry))


def in_error(chart: Chart, entry: Entry) -> Form:
    """Return the form by which an entry is taken back."""
    return chart_form(
        chart,
        f"in error {entry.record_id}",
        f"say that this was entered in error: {entry_words(entry)}",
        "Marked as entered in error",
        (reason(),),
        lambda values: act(enter_in_error, entry, **values),
    )


def _listed(entry: Entry) -> str:
    return f"{KINDS_OF_ENTRY[entry.feed]}: {entry_words(entry)}"


def _correction(chart: Chart, entry: Entry) -> Form:
    columns = CORRECTABLE[entry.feed]

    def save(values: dict[str, Any]) -> None:
        why = values.pop("reason")
        changed = {
            name: values[name]
            for name in columns
            if not _is_same(entry.values[name], values[name])
        }
        act(correct, entry, values=changed, reason=why)

    return chart_form(
        chart,
        f"correct {entry.record_id}",
        f"correct: {_listed(entry)}",
        "Corrected",
        (*(_field(name, label, entry) for name, label in columns.items()), reason()),
        save,
        starts_with={name: _start(entry.values[name]) for name in columns},
        tell=lambda values: _before(entry, values),
    )


def _field(name: str, label: str, entry: Entry) -> Field:
    must = {"is_required": entry.values[name] is not None}
    sign = listed_signs().get(entry.values.get("observation_code"))
    if sign and name == "value_text":
        return choice(name, label, words_of(sign), **must)
    if name in CHOICES:
        return choice(name, label, CHOICES[name], **must)
    if name in TIMES:
        return moment(name, label, is_past=True, **must)
    if name in NUMBERS:
        return number(name, label, **must)
    return long_text(name, label, **must) if name in LONG else line(name, label, **must)


def _start(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _before(entry: Entry, values: Values) -> list[str]:
    return [
        f"{label} before: {_told(entry.values[name])}"
        for name, label in CORRECTABLE[entry.feed].items()
        if not _is_same(entry.values[name], values.get(name))
    ]


def _is_same(before: Any, after: Any) -> bool:
    if isinstance(before, datetime) and isinstance(after, datetime):
        minute = {"second": 0, "microsecond": 0}
        return before.replace(**minute) == after.replace(**minute)
    return before == after


def _told(value: Any) -> str:
    if value is None:
        return "nothing"
    return (
        time_text(local(value)) if isinstance(value, datetime) else str(_start(value))
    )
