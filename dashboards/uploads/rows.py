"""The rows of one verdict: told one by one where a person must look, else a table."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain, unit_text
from dashboards.uploads.words import TOLD_ONE_BY_ONE, VERDICTS, rows_text

MOST_TOLD = 50
MOST_IN_TABLE = 500
TABLE = {
    "line": "Line",
    "patient": "Patient",
    "patient_number": "Number",
    "test": "Test",
    "result": "Result",
    "range": "Range",
    "collected": "Collected",
    "record": "Record",
}


def show_rows(verdict: str, rows: pd.DataFrame) -> None:
    """Show the rows of one verdict under its name and what it means."""
    words = VERDICTS[verdict]
    st.markdown(f"**{words.label}: {rows_text(len(rows))}**")
    st.caption(words.meaning)
    is_told = verdict in TOLD_ONE_BY_ONE
    most = MOST_TOLD if is_told else MOST_IN_TABLE
    if is_told:
        for row in rows.head(most).itertuples():
            _tell(row)
    else:
        st.dataframe(_table(rows.head(most)), hide_index=True)
    if len(rows) > most:
        st.caption(f"The first {most:,} of {rows_text(len(rows))} are shown.")


def _tell(row: Any) -> None:
    """Show one row: what it says, then why it is here."""
    with st.container(border=True, gap="small"):
        st.markdown(f"Line {row.line} · {plain(_subject(row))}")
        if row.why:
            st.markdown(f"**{plain(_sentence(row.why))}** {plain(row.remedy)}")
        for column, before, after in row.changes:
            st.markdown(
                f"{plain(column)}: **{plain(before)}** here now, "
                f"**{plain(after)}** in the file"
            )


def _subject(row: Any) -> str:
    """Return whose result a row is, and which."""
    if not (row.patient_number or row.test or row.value):
        return "not readable as a row"
    number = row.patient_number or "no number"
    patient = (
        f"{row.patient}, {number}"
        if row.is_patient_known
        else (f"{number}, not known here")
    )
    result = f"{row.test} {row.value} {unit_text(row.unit)}".strip()
    parts = [patient, result, f"collected {row.collected}" if row.collected else ""]
    return " · ".join(part for part in parts if part)


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}."


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    units = rows["unit"].map(unit_text)
    named = rows.assign(
        patient=rows["patient"].where(rows["is_patient_known"], "not known here"),
        result=(rows["value"] + " " + units).str.strip(),
    )
    return named[list(TABLE)].rename(columns=TABLE)
