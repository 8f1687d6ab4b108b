"""Appointments at the desk: booking, another time, cancelling, arrived, missed."""

from typing import Any

import streamlit as st

from dashboards import session
from dashboards.desk.listing import show_entries
from dashboards.desk.patient import AtDesk
from dashboards.desk.statements import PRACTITIONERS
from dashboards.forms.fields import Code, Values, choice, code, line
from dashboards.forms.form import Form, show_form
from dashboards.writing.appointments import (
    KINDS,
    LASTS,
    STARTS,
    cancelling,
    moving,
    warn_of_booked,
)
from dashboards.writing.parts import act, chart_form, choose_entry, entries_of
from dashboards.writing.words import entry_words
from pipelines.access.reading import Query
from pipelines.record.actions.booking import (
    book_appointment,
    is_booked,
    mark_arrived,
    mark_missed,
)
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.following_up import FEED, is_to_come

NEW, MOVE, CANCEL = "New", "Another time", "Cancel"
ARRIVED, MISSED = "Has come", "Did not come"
RECENT = 10


def show_desk_appointments(patient: AtDesk) -> None:
    """Show the appointments, and the form of what is to be done."""
    listed = entries_of(patient, FEED)
    newest = sorted(listed, key=lambda each: each.changed_at)[-RECENT:]
    show_entries(newest, entry_words, "No appointment is known.")
    what = st.segmented_control(
        "Appointments",
        [NEW, MOVE, CANCEL, ARRIVED, MISSED],
        default=NEW,
        key="desk_appointment_what",
    )
    if what in (None, NEW):
        show_form(_new(patient))
        return
    allowed = is_to_come if what in (MOVE, CANCEL) else is_booked
    entry = choose_entry(
        "Which one",
        [each for each in listed if allowed(each)],
        f"desk appointment {patient.patient_key}",
    )
    if entry is not None:
        show_form(_form(patient, what, entry))


def _form(patient: AtDesk, what: str, entry: Entry) -> Form:
    if what == MOVE:
        return moving(patient, entry)
    if what == CANCEL:
        return cancelling(patient, entry)
    is_arrived = what == ARRIVED
    return chart_form(
        patient,
        f"{what} {entry.version_id}",
        f"say that the patient {what.lower()}: {entry_words(entry)}",
        "Appointment changed",
        (),
        lambda _: act(mark_arrived if is_arrived else mark_missed, entry),
    )


def _new(patient: AtDesk) -> Form:
    def save(values: dict[str, Any]) -> None:
        found: Code = values.pop("practitioner")
        values["reason"] = values["reason"] or ""
        act(
            book_appointment,
            patient.patient_key,
            practitioner_id=found.code,
            specialty=found.system or None,
            **values,
        )

    return chart_form(
        patient,
        "desk appointment",
        "book an appointment",
        "Appointment booked",
        (
            code("practitioner", "With", find_practitioners, is_required=True),
            choice("kind", "Kind", {each: each for each in KINDS}, is_required=True),
            STARTS,
            LASTS,
            line("reason", "What it is about"),
        ),
        save,
        starts_with={"kind": KINDS[0], "minutes": "20"},
        warn=lambda values: warn_of_booked(_practitioner_id(values), values),
    )


def _practitioner_id(values: Values) -> str | None:
    found = values.get("practitioner")
    return found.code if found else None


def find_practitioners(sought: str) -> list[Code]:
    """Return members of staff by a part of their name or specialty."""
    query = Query(PRACTITIONERS, {"sought": sought})
    found = session.reader().read("staff", {"staff": query}).frames["staff"]
    return [
        Code(
            row.specialty_name or "",
            str(row.practitioner_key).partition(":")[2],
            ", ".join(filter(None, (row.practitioner_name, row.specialty_name))),
        )
        for row in found.itertuples()
    ]
