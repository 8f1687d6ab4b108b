"""My requests: a refill, an appointment, a correction; and their answers."""

from typing import Any

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.forms.fields import choice, several, text
from dashboards.forms.form import Form, show_form
from dashboards.own_record.medicines import short_name
from dashboards.own_wishes.parts import (
    ANSWERED_LATER,
    ANSWERS,
    CARD_PIXELS,
    choose,
    day_of,
    moment_of,
    own_entries,
    own_form,
    processed,
)
from dashboards.own_wishes.refills import refill_form
from dashboards.writing.parts import act
from pipelines.record.actions.asking import (
    DAYS,
    LONGEST_WISH,
    SUBJECTS,
    ask_for_appointment,
    ask_for_correction,
)
from pipelines.record.actions.catalogue import options
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.following_up import is_wanted_at_another_time
from pipelines.record.actions.prescribing import is_current
from pipelines.record.actions.withdrawing import (
    ask_for_another_time,
    is_movable,
    is_withdrawable,
    withdraw_request,
)

REFILL, APPOINTMENT, CORRECTION = "A refill", "An appointment", "A correction"
ANOTHER_TIME = "Another time"
MOST_SHOWN = 20
KINDS = {
    "new": "A new medicine",
    "refill": "A refill",
    "dose_change": "Another dose",
    "stop": "Stopping a medicine",
    "review": "A review of the medicines",
}


def show_asking() -> None:
    """Show the form of what somebody wants to ask for."""
    what = st.pills(
        "I want to ask for",
        [REFILL, APPOINTMENT, ANOTHER_TIME, CORRECTION],
        key="own_request",
    )
    if what == REFILL:
        _show_refill()
    elif what == APPOINTMENT:
        show_form(_appointment())
    elif what == ANOTHER_TIME:
        _show_moving()
    elif what == CORRECTION:
        show_form(_correction())


def show_asked() -> None:
    """Show what was asked for, and the answers."""
    st.subheader("What you asked for", anchor=False)
    asked = [
        each
        for feed in ("medication_requests", "appointments", "correction_requests")
        for each in own_entries(feed)
        if each.values["requested_at"] is not None
    ]
    asked.sort(key=lambda each: each.values["requested_at"], reverse=True)
    if not asked:
        st.markdown("You have not asked for anything yet.")
    for entry in asked[:MOST_SHOWN]:
        _show_asked(entry)
    if len(asked) > MOST_SHOWN:
        st.caption(f"The newest {MOST_SHOWN} of {len(asked)} are shown.")


def _show_refill() -> None:
    running = [each for each in own_entries("prescriptions") if is_current(each)]
    if not running:
        st.info(
            "No medicine that you take now was prescribed here. Ask whoever "
            "prescribed it, or your care team."
        )
        return
    entry = choose("Medicine", running, _medicine_words, "refill")
    if entry is not None:
        show_form(refill_form(entry))


def _medicine_words(entry: Entry) -> str:
    since = day_of(entry, "started_at")
    name = short_name(entry.values["drug_name"])
    return f"{name}, since {since}" if since else name


def _appointment() -> Form:
    specialties = options("specialties", "specialty_name", "specialty_name")
    return own_form(
        "own appointment",
        "ask for an appointment",
        "Asked for an appointment",
        (
            choice("specialty", "With whom", specialties, is_required=True),
            text("reason", "What it is about", is_required=True, longest=LONGEST_WISH),
            several("preferred_days", "Days that suit you", {day: day for day in DAYS}),
        ),
        _save_appointment,
        where="It shows below at once. The office gives it a time.",
    )


def _save_appointment(values: dict[str, Any]) -> None:
    days = values["preferred_days"] or ()
    act(ask_for_appointment, **{**values, "preferred_days": days})


def _show_moving() -> None:
    booked = [each for each in own_entries("appointments") if is_movable(each)]
    if not booked:
        st.info("No appointment of yours is booked here.")
        return
    entry = choose("Appointment", booked, _booked_words, "moving")
    if entry is not None:
        show_form(_moving(entry))


def _booked_words(entry: Entry) -> str:
    return f"{_title(entry)}, {moment_of(entry, 'starts_at')}"


def _moving(entry: Entry) -> Form:
    return own_form(
        f"another time {entry.version_id}",
        f"ask for another time: {_booked_words(entry)}",
        "Asked for another time",
        (
            text("reason", "Why, and what suits you", is_required=True,
                 longest=LONGEST_WISH),
            several("preferred_days", "Days that suit you", {day: day for day in DAYS}),
        ),
        lambda values: act(
            ask_for_another_time,
            entry,
            reason=values["reason"],
            preferred_days=values["preferred_days"] or (),
        ),
        where="Until the office has answered, your appointment stands as it is.",
    )  # fmt: skip


def _correction() -> Form:
    return own_form(
        "own correction",
        "ask for a correction of your record",
        "Asked for a correction",
        (
            choice("subject", "What is wrong", SUBJECTS, is_required=True),
            text(
                "wish",
                "What stands there, and what it should be",
                is_required=True,
                longest=LONGEST_WISH,
            ),
        ),
        lambda values: act(ask_for_correction, **values),
        where=ANSWERED_LATER,
    )


def _show_asked(entry: Entry) -> None:
    values = entry.values
    status = ANSWERS.get(values["status_code"], values["status_code"])
    with st.container(border=True, width=CARD_PIXELS):
        st.markdown(f"**{plain(_title(entry))}**: {plain(status)}{processed(entry)}")
        st.markdown(f"Asked on {day_of(entry, 'requested_at')}")
        wish = values.get("request_text") or values.get("reason_text")
        if wish:
            st.markdown(f"> {plain(wish)}")
        if when := _when(entry):
            st.markdown(when)
        if values.get("answer_text"):
            st.markdown(f"Answer: {plain(values['answer_text'])}")
        if values.get("answered_by_name"):
            by, day = values["answered_by_name"], day_of(entry, "answered_at")
            st.markdown(f"Answered by {plain(by)} {day}".rstrip())
        if is_withdrawable(session.person(), entry):
            with st.expander("Take it back"):
                show_form(_withdrawing(entry))


def _withdrawing(entry: Entry) -> Form:
    keeps_time = is_wanted_at_another_time(entry)
    told = "Your appointment stays as it is." if keeps_time else "Nobody answers it."
    return own_form(
        f"take back {entry.version_id}",
        f"take back what you asked for: {_title(entry)}",
        "Taken back",
        (),
        lambda _: act(withdraw_request, entry),
        where=f"It shows below at once. {told}",
    )


def _title(entry: Entry) -> str:
    values = entry.values
    if entry.feed == "medication_requests":
        kind = KINDS.get(values["request_type_code"], "A medicine")
        drug = values["drug_name"]
        return f"{kind}: {short_name(drug)}" if drug else kind
    if entry.feed == "appointments":
        what = values["specialty_name"] or values["appointment_type_name"]
        return f"An appointment: {what}" if what else "An appointment"
    subject = SUBJECTS.get(values["subject_code"], values["subject_code"])
    return f"A correction: {subject.lower().replace('_', ' ')}"


def _when(entry: Entry) -> str:
    """Return when an appointment is, also while another time is asked for."""
    if entry.feed != "appointments":
        return ""
    when = moment_of(entry, "starts_at")
    if is_wanted_at_another_time(entry):
        return f"You asked for another time. Until it is answered, {when} stands."
    return f"Booked for {when}" if entry.values["status_code"] == "booked" else ""
