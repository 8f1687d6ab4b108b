"""Booking a follow-up, moving and cancelling it, and giving a time to a request."""

from typing import Any

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.forms.fields import Values, choice, line, moment, reason, whole
from dashboards.forms.form import Form, show_form
from dashboards.writing.parts import Known, act, chart_form, choose_entry, entries_of
from dashboards.writing.words import entry_words
from pipelines.record.actions.double_booking import bookings_at
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.following_up import (
    MOST_MINUTES,
    book_follow_up,
    cancel_appointment,
    is_to_come,
    move_appointment,
)

NEW, MOVE, CANCEL = "New", "Another time", "Cancel"
KINDS = ("Follow-up", "Check of results", "Procedure", "Phone call", "Video call")
BOOKED_ALREADY = (
    "At this time there is another appointment with the same member of staff. Two at "
    "once are meant only where that is usual there."
)
STARTS = moment("starts_at", "Begins", is_required=True)
LASTS = whole(
    "minutes", "Lasts", unit="minutes", is_required=True, possible=(1, MOST_MINUTES)
)


def show_appointments(chart: Chart) -> None:
    """Show the form of a new appointment, of another time, or of cancelling one."""
    what = st.segmented_control(
        "Follow-up", [NEW, MOVE, CANCEL], default=NEW, key="appointment_what"
    )
    if what not in (MOVE, CANCEL):
        show_form(_new(chart))
        return
    to_come = [each for each in entries_of(chart, "appointments") if is_to_come(each)]
    if not to_come:
        st.info("No appointment is asked for or booked here.")
        return
    entry = choose_entry("Which one", to_come, f"appointment {chart.patient_key}")
    if entry is None:
        return
    st.markdown(plain(entry_words(entry)))
    if entry.values["reason_text"]:
        st.markdown(f"> {plain(entry.values['reason_text'])}")
    show_form(moving(chart, entry) if what == MOVE else cancelling(chart, entry))


def _new(chart: Chart) -> Form:
    def save(values: dict[str, Any]) -> None:
        values["reason"] = values["reason"] or ""
        act(book_follow_up, chart.patient_key, **values)

    return chart_form(
        chart,
        "appointment",
        "book an appointment with you",
        "Appointment booked",
        (
            choice("kind", "Kind", {each: each for each in KINDS}, is_required=True),
            STARTS,
            LASTS,
            line("reason", "What it is about"),
        ),
        save,
        starts_with={"kind": KINDS[0], "minutes": "20"},
        warn=lambda values: warn_of_booked(session.person().practitioner_id, values),
    )


def warn_of_booked(
    practitioner_id: str | None, values: Values, besides: str | None = None
) -> list[str]:
    """Return a warning where somebody has another appointment at the time."""
    starts_at, minutes = values.get("starts_at"), values.get("minutes")
    if not practitioner_id or starts_at is None or minutes is None:
        return []
    booked = act(
        bookings_at,
        practitioner_id=practitioner_id,
        starts_at=starts_at,
        minutes=minutes,
        besides=besides,
    )
    return [BOOKED_ALREADY] if booked else []


def moving(chart: Known, entry: Entry) -> Form:
    """Return the form of another time."""
    return chart_form(
        chart,
        f"move {entry.record_id}",
        f"book another time: {entry_words(entry)}",
        "Appointment moved",
        (STARTS, LASTS, reason()),
        lambda values: act(move_appointment, entry, **values),
        starts_with={"minutes": "20"},
        warn=lambda values: warn_of_booked(
            entry.values["practitioner_id"], values, entry.record_id
        ),
    )


def cancelling(chart: Known, entry: Entry) -> Form:
    """Return the form that cancels."""
    return chart_form(
        chart,
        f"cancel appointment {entry.record_id}",
        f"cancel: {entry_words(entry)}",
        "Appointment cancelled",
        (reason(),),
        lambda values: act(cancel_appointment, entry, **values),
    )
