"""One whole line, for a reason that the audit keeps; gone at the next click."""

import streamlit as st

from dashboards import session
from dashboards.failures import capitalised_sentence
from pipelines.access.refused_rows import (
    LONGEST_REASON,
    RefusedRowError,
    read_whole_line,
)


def show_whole_line(row_id: int) -> None:
    """Offer one line unmasked; it is shown once, in this run of the page alone."""
    with st.popover("Show the whole line", type="tertiary"):
        with st.form(f"whole_line_{row_id}", border=False):
            reason = st.text_input(
                "Why do you need it?",
                key=f"reason_{row_id}",
                max_chars=LONGEST_REASON,
                help="Your name, this row and the reason go into the audit before "
                "the line is shown. Write no patient's name here.",
            )
            is_asked = st.form_submit_button("Show it")
        if is_asked:
            _show(row_id, reason)


def _show(row_id: int, reason: str) -> None:
    try:
        line = read_whole_line(session.settings(), session.person(), row_id, reason)
    except RefusedRowError as error:
        st.error(capitalised_sentence(str(error)))
    else:
        st.code(line, language=None, wrap_lines=True)
        st.caption("Recorded in the audit.")
