"""Insurances at the desk: adding, changing and ending them."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards import session
from dashboards.desk.listing import show_entries
from dashboards.desk.patient import AtDesk
from dashboards.desk.words import changes_told, coverage_words
from dashboards.forms.fields import Field, choice, day, line, reason
from dashboards.forms.form import Form, show_form
from dashboards.writing.local_time import local
from dashboards.writing.parts import act, chart_form, choose_entry, entries_of
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.insuring import (
    COLUMNS,
    FEED,
    HOLDERS,
    PLANS,
    RANKS,
    add_coverage,
    change_coverage,
    end_coverage,
    is_running,
)

ADD, CHANGE, END = "Add", "Change", "End"
RANKS_ASKED = {str(rank): words for rank, words in RANKS.items()}
OPTIONS = {
    "plan_type_code": PLANS,
    "subscriber_relationship_code": HOLDERS,
    "priority_number": RANKS_ASKED,
}
REQUIRED = frozenset({"payer_name", "plan_type_code", "priority_number", "started_at"})


def show_coverages(patient: AtDesk) -> None:
    """Show who pays, and the forms that change it."""
    listed = entries_of(patient, FEED)
    show_entries(listed, coverage_words, "No insurance is known.")
    what = st.segmented_control(
        "Insurance", [ADD, CHANGE, END], default=ADD, key="coverages_what"
    )
    if what not in (CHANGE, END):
        show_form(_add(patient))
        return
    running = [each for each in listed if is_running(each)]
    entry = choose_entry(
        "Which insurance", running, f"coverage {patient.patient_key}", coverage_words
    )
    if entry is not None:
        show_form(_change(patient, entry) if what == CHANGE else _end(patient, entry))


def _fields() -> tuple[Field, ...]:
    return tuple(_field(name, label) for name, label in COLUMNS.items())


def _field(name: str, label: str) -> Field:
    must = {"is_required": name in REQUIRED}
    if name in OPTIONS:
        return choice(name, label, OPTIONS[name], **must)
    return (
        day(name, label, **must) if name == "started_at" else line(name, label, **must)
    )


def _add(patient: AtDesk) -> Form:
    return chart_form(
        patient,
        "coverage",
        "add an insurance",
        "Insurance added",
        _fields(),
        lambda values: act(add_coverage, patient.patient_key, values=_recorded(values)),
        starts_with={"priority_number": "1", "subscriber_relationship_code": "self"},
        columns=2,
    )


def _change(patient: AtDesk, entry: Entry) -> Form:
    def save(values: dict[str, Any]) -> None:
        why = values.pop("reason")
        act(change_coverage, entry, values=_recorded(values, entry), reason=why)

    return chart_form(
        patient,
        f"coverage {entry.version_id}",
        f"change an insurance: {coverage_words(entry)}",
        "Insurance changed",
        (*_fields(), reason()),
        save,
        starts_with={name: _typed(name, entry.values[name]) for name in COLUMNS},
        tell=lambda values: changes_told(entry, COLUMNS, _recorded(values, entry)),
        columns=2,
    )


def _end(patient: AtDesk, entry: Entry) -> Form:
    def save(values: dict[str, Any]) -> None:
        ended = midnight(values["ended_on"])
        act(end_coverage, entry, ended_at=ended, reason=values["reason"])

    return chart_form(
        patient,
        f"end coverage {entry.version_id}",
        f"end an insurance: {coverage_words(entry)}",
        "Insurance ended",
        (
            day(
                "ended_on",
                "Ends with the beginning of",
                is_required=True,
                help="The first day on which it pays no longer.",
            ),
            reason(),
        ),
        save,
    )


def midnight(on: date) -> datetime:
    """Return the beginning of a day on the site's clock."""
    return datetime.combine(on, time(), ZoneInfo(session.settings().time_zone))


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "priority_number":
        return str(value)
    return local(value).date() if isinstance(value, datetime) else value


def _recorded(values: dict[str, Any], before: Entry | None = None) -> dict[str, Any]:
    """Return the values as recorded; a day that is the same keeps its time."""
    recorded = {name: value for name, value in values.items() if name in COLUMNS}
    recorded["priority_number"] = int(values["priority_number"])
    started = before.values["started_at"] if before else None
    is_same_day = started and _typed("started_at", started) == values["started_at"]
    recorded["started_at"] = started if is_same_day else midnight(values["started_at"])
    return recorded
