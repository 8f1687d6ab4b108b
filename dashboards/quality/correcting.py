"""Corrections of codes and units that a source delivers, from the rows that wait."""

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.failures import capitalised_sentence
from dashboards.quality.deciding import act_on
from dashboards.quality.words import feed_text
from pipelines.access.acting import RuleError
from pipelines.access.refused_decisions import (
    SourceCorrection,
    correct_source,
    correctable,
    read_delivered_values,
)
from pipelines.access.refused_row import Choice
from pipelines.access.refused_rows import LONGEST_REASON

LONGEST_TEXT = 100
HIDDEN = "texts of few patients, not shown"


def show_correcting(choice: Choice, sources: list[str]) -> None:
    """Offer to correct a code or a unit of the feed that is chosen."""
    if choice.feed is None:
        st.caption("Choose a feed to correct a code or a unit of it.")
        return
    columns = correctable(choice.feed)
    if not columns:
        return
    with st.expander(f"Correct a code or a unit of {feed_text(choice.feed)}"):
        st.caption(
            "A correction holds for all that this source delivers from now on, and for "
            "rows that wait once they are read again. What has landed stays as it is. "
            "The line as it was delivered is kept."
        )
        if st.button("Show the codes and units of the rows that wait"):
            _show_values(choice)
        _ask(choice.feed, columns, sources)


def _show_values(choice: Choice) -> None:
    try:
        found = read_delivered_values(session.settings(), session.person(), choice)
    except RuleError as error:
        st.error(capitalised_sentence(str(error)))
        return
    if not found:
        st.info("None of the rows that wait has a code or unit that can be read.")
        return
    st.dataframe(
        pd.DataFrame(
            [
                (each.source_system, each.column, each.text or HIDDEN, each.rows)
                for each in found
            ],
            columns=["Source", "Column", "Delivered", "Rows"],
        ),
        hide_index=True,
    )


def _ask(feed: str, columns: list[str], sources: list[str]) -> None:
    with st.form("refused_correction", border=False):
        source = st.selectbox("Source", sources, key="correction_source")
        column = st.selectbox("Column", columns, key="correction_column")
        delivered = st.text_input(
            "Delivered as", key="correction_delivered", max_chars=LONGEST_TEXT
        )
        mapped = st.text_input(
            "Stands for",
            key="correction_mapped",
            max_chars=LONGEST_TEXT,
            help="Left empty, a correction made before is taken back.",
        )
        reason = st.text_input(
            "Why?", key="correction_reason", max_chars=LONGEST_REASON
        )
        is_asked = st.form_submit_button("Correct it")
    if is_asked:
        correction = SourceCorrection(source, feed, column, delivered, mapped or None)
        act_on(lambda: corrected(correction, reason))


def corrected(correction: SourceCorrection, reason: str) -> str:
    """Make a correction, or take it back; return what to say of it."""
    correct_source(session.settings(), session.person(), correction, reason)
    if correction.mapped is None:
        return "The correction is taken back."
    return "Corrected. What waits is read with it once you have it read again."
