"""The text of a note that was written here, opened for who may see the patient."""

import streamlit as st

from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.writing.parts import choose_entry, entries_of
from dashboards.writing.words import author_words, processed_words
from pipelines.record.actions.failures import ActionError


def show_note_texts(chart: Chart) -> None:
    """Let a note be chosen, and show its text; asked for, because it is long."""
    if not st.toggle("Read notes", key="read_notes"):
        return
    try:
        notes = [
            each for each in entries_of(chart, "notes") if not each.is_entered_in_error
        ]
    except ActionError:
        st.warning("Notes cannot be read just now; try again.")
        return
    if not notes:
        st.caption("No note was written here.")
        return
    note = choose_entry("Which note", notes, f"read note {chart.patient_key}")
    if note is None:
        return
    st.caption(plain(f"{author_words(note)}{processed_words(note)}"))
    if note.values["status_code"] == "corrected":
        st.caption(plain(f"Corrected: {note.change_reason_text}"))
    for paragraph in (note.values["note_text"] or "").split("\n"):
        st.markdown(plain(paragraph))
