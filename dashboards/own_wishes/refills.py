"""Asking for a refill beside the medicine, and what became of the last such wish."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence
from dashboards.forms.fields import text
from dashboards.forms.form import Form, show_form
from dashboards.forms.memory import untold_result
from dashboards.own_record.medicine_card import ShowRefill
from dashboards.own_record.medicines import short_name
from dashboards.own_wishes.parts import (
    ANSWERED_LATER,
    ANSWERS,
    day_of,
    own_entries,
    own_form,
    processed,
)
from dashboards.writing.parts import act
from pipelines.record.actions import answering_requests
from pipelines.record.actions.asking import LONGEST_WISH, ask_for_refill
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.prescribing import is_current

OPEN = "open_refill"
# An answer stands beside its medicine for a month; all of them stand under My requests.
ANSWER_SHOWN = timedelta(days=30)
ELSEWHERE = (
    "This was not prescribed here: ask whoever prescribed it, or your pharmacy, for a "
    "refill."
)


def refills_of_own() -> ShowRefill:
    """Return what shows the way to a refill of the first that was prescribed here.

    A record that cannot be read hides no medicine: the page says so, once.
    """
    try:
        prescriptions = own_entries("prescriptions")
        asked = own_entries(answering_requests.FEED)
    except ActionError as error:
        st.error(plain(capitalised_sentence(str(error))))
        return lambda _: None
    by_key = {each.key: each for each in prescriptions if is_current(each)}
    if told := untold_result():  # the form of what is asked for is gone
        st.success(plain(told))

    def show(prescription_keys: Sequence[str]) -> None:
        entry = next((by_key[key] for key in prescription_keys if key in by_key), None)
        if entry is None:
            st.markdown(ELSEWHERE)
            return
        newest = newest_wish(asked, entry)
        if newest is not None:
            st.markdown(wish_words(newest))
        if newest is None or not answering_requests.is_open(newest):
            _show_way(entry)

    return show


def newest_wish(asked: list[Entry], prescription: Entry) -> Entry | None:
    """Return the last wish for a refill that waits, or was answered of late."""
    keys = (prescription.record_id, prescription.key)
    told = [
        each
        for each in asked
        if each.values["request_type_code"] == "refill"
        and each.values["prescription_id"] in keys
        and (answering_requests.is_open(each) or _is_of_late(each))
    ]
    return max(told, key=lambda each: each.values["requested_at"], default=None)


def wish_words(wish: Entry) -> str:
    """Return what became of a wish for a refill."""
    state = ANSWERS.get(wish.values["status_code"], wish.values["status_code"])
    told = f"You asked for a refill on {day_of(wish, 'requested_at')}: **{state}**"
    answered = wish.values["answer_text"]
    answer = f". Answer: {plain(answered)}" if answered else ""
    return f"{told}{processed(wish)}{answer}"


def _show_way(entry: Entry) -> None:
    """Show the button that opens the form; one is open at a time."""
    if st.session_state.get(OPEN) == entry.record_id:
        show_form(refill_form(entry))
        return
    if st.button("Ask for a refill", key=f"refill_{entry.record_id}"):
        st.session_state[OPEN] = entry.record_id
        st.rerun()


def _is_of_late(wish: Entry) -> bool:
    answered_at = wish.values["answered_at"] or wish.changed_at
    return datetime.now(UTC) - answered_at <= ANSWER_SHOWN


def refill_form(entry: Entry) -> Form:
    """Return the form that asks for a refill of a prescription."""
    return own_form(
        f"refill {entry.record_id}",
        f"ask for a refill of {short_name(entry.values['drug_name'])}",
        "Asked for a refill",
        (text("wish", "What your care team should know", longest=LONGEST_WISH),),
        lambda values: act(ask_for_refill, entry, wish=values["wish"] or ""),
        where=ANSWERED_LATER,
    )
