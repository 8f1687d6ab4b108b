"""Corrections of the names of columns that a source delivers."""

from collections.abc import Mapping

import streamlit as st

from dashboards.quality.correcting import corrected
from dashboards.quality.deciding import act_on
from pipelines.access.refused_decisions import SourceCorrection, tables_of
from pipelines.access.refused_rows import LONGEST_REASON

LONGEST_NAME = 63
TAKEN_BACK = "none: take a correction back"


def show_naming_columns(adapters: Mapping[str, str]) -> None:
    """Offer to say which column of a table another name stands for.

    ``adapters`` names what reads each source that has rows that wait.
    """
    with st.expander("Correct the name of a column"):
        st.caption(
            "For files that lack a column because the source now calls it otherwise. "
            "The name holds for later deliveries, and for files that wait once they "
            "are read again."
        )
        source = st.selectbox("Source", list(adapters), key="naming_source")
        tables = tables_of(adapters[source])
        if not tables:
            st.info("Its columns are named in its mapping file: correct them there.")
            return
        table = st.selectbox("Table", list(tables), key="naming_table")
        _ask(source, table, tables[table])


def _ask(source: str, table: str, columns: tuple[str, ...]) -> None:
    with st.form("refused_naming", border=False):
        delivered = st.text_input(
            "Delivered as",
            key="naming_delivered",
            max_chars=LONGEST_NAME,
            help="As in the header, in lower case.",
        )
        column = st.selectbox(
            "Stands for the column", [*columns, TAKEN_BACK], key="naming_column"
        )
        reason = st.text_input("Why?", key="naming_reason", max_chars=LONGEST_REASON)
        is_asked = st.form_submit_button("Correct the name")
    if is_asked:
        mapped = None if column == TAKEN_BACK else column
        correction = SourceCorrection(source, table, "", delivered.strip(), mapped)
        act_on(lambda: corrected(correction, reason))
