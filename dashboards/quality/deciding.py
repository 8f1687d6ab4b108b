"""Decisions about refused rows: the chosen ones, or all that match and wait."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from dashboards import session
from dashboards.failures import capitalised_sentence, told_failure
from dashboards.quality.words import count_text
from pipelines.access.acting import RuleError
from pipelines.access.refused_decisions import (
    close_refused,
    discard_refused,
    release_refused,
    replay_refused,
)
from pipelines.access.refused_row import Choice, RefusedRow
from pipelines.access.refused_rows import LONGEST_REASON

DONE = "refused_done"
PICKED = "refused_picked_"
WAITING = "waiting"
ACTS = {
    "Read again, and land what breaks no rule now": replay_refused,
    "Release: land in spite of the limits that are broken": release_refused,
    "Discard: never to land": discard_refused,
    "Close those whose record was delivered again since": close_refused,
}
HELP = (
    "Released can be what breaks a limit or an order of times. A row without a key, "
    "one that cannot be read or lacks what every fact of its kind has, or that holds "
    "an identifier keeps waiting. What lands is on charts after the next build."
)


def offer_choosing(row: RefusedRow) -> None:
    """Offer to choose one row that waits."""
    if row.status == WAITING:
        st.checkbox("Choose this row", key=f"{PICKED}{row.row_id}")


def picked(rows: Sequence[RefusedRow]) -> tuple[int, ...]:
    """Return which of the rows shown are chosen."""
    return tuple(
        row.row_id
        for row in rows
        if row.status == WAITING and st.session_state.get(f"{PICKED}{row.row_id}")
    )


def show_deciding(choice: Choice, rows: Sequence[RefusedRow], waiting: int) -> None:
    """Ask for a decision about rows that wait; how many is told before."""
    if not waiting:
        return
    chosen = picked(rows)
    st.subheader("Decide about rows that wait", anchor=False)
    count = len(chosen) or waiting
    about = "chosen above" if chosen else "that match and wait"
    st.markdown(f"This is about **{count_text(count, 'row')}** {about}.")
    with st.form("refused_decision", border=True):
        act = st.radio("What is to become of them?", list(ACTS), help=HELP)
        reason = st.text_input(
            "Why?",
            key="refused_decision_reason",
            max_chars=LONGEST_REASON,
            help="Kept with the rows and in the audit, with your name. Write no "
            "patient's name here.",
        )
        is_sure = st.checkbox(f"Yes, {count_text(count, 'row')}", key="refused_is_sure")
        is_asked = st.form_submit_button("Decide")
    if not is_asked:
        return
    if not is_sure:
        st.warning("Nothing was decided: tick that the number of rows is right.")
        return
    about_rows = Choice(row_ids=chosen) if chosen else replace(choice, status=None)
    act_on(lambda: _decided(act, about_rows, reason))


def _decided(act: str, choice: Choice, reason: str) -> str:
    decide = ACTS[act]
    return decide(session.settings(), session.person(), choice, reason).words


def act_on(do: Callable[[], str]) -> None:
    """Do it and say so on the page that follows; otherwise say why not."""
    try:
        done = do()
    except RuleError as error:
        st.error(capitalised_sentence(str(error)))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.error(told_failure(error))
    else:
        st.session_state[DONE] = done
        for key in [each for each in st.session_state if str(each).startswith(PICKED)]:
            del st.session_state[key]
        st.rerun()


def show_done() -> None:
    """Say once what was done a moment ago."""
    if done := st.session_state.pop(DONE, None):
        st.success(done)
