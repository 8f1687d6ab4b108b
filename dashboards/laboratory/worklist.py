"""Open orders and specimens, the longest waiting first, and how far they have come."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import date_text, plain, time_text
from dashboards.forms.form import Form, show_form
from dashboards.laboratory.matching import people, words_of
from dashboards.laboratory.statuses import (
    entry_with_key,
    show_entry,
    specimen_form,
    status_form,
    status_words,
)
from dashboards.writing.parts import act
from pipelines.access.reading import Query
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.laboratory_work import STATUSES, next_statuses
from pipelines.record.actions.reading_entries import pending

MOST_LISTED = 100
ORDERS, SPECIMENS = "Orders", "Specimens"
FEEDS = {ORDERS: "lab_orders", SPECIMENS: "specimens"}
STATEMENTS = {
    ORDERS: """
        select
            lab_order_key as fact_key, patient_key, test_name as what, priority_code,
            status_code, ordered_at as since, is_overdue, source_system
        from marts.fct_open_orders
        where category_code = 'laboratory'
        order by urgency_rank, ordered_at nulls first, lab_order_key
        limit %(most)s
    """,
    SPECIMENS: """
        select
            specimen_key as fact_key, patient_key, specimen_type_name as what,
            accession_number, status_code,
            coalesce(collected_at, status_at) as since, source_system
        from marts.fct_open_specimens
        order by coalesce(collected_at, status_at) nulls first, specimen_key
        limit %(most)s
    """,
}
STATUS, SPECIMEN = "Goes on", "Specimen taken"
LISTED_AGAIN = "Refresh the list to see what has left it."


def show_worklist() -> None:
    """Show the list, and the form of the row that was chosen."""
    which = st.segmented_control(
        "What",
        [ORDERS, SPECIMENS],
        default=ORDERS,
        required=True,
        key="laboratory_what",
    )
    query = Query(STATEMENTS[which], {"most": MOST_LISTED})
    listed = session.reader().read("laboratory", {"open": query}).frames["open"]
    if listed.empty:
        st.info("Nothing is open.")
        return
    st.caption(
        "The longest waiting first"
        + (", the most urgent before." if which == ORDERS else ".")
        + (f" The first {MOST_LISTED} are shown." if len(listed) == MOST_LISTED else "")
    )
    keys = sorted({int(key) for key in listed["patient_key"]})
    names = words_of(people(keys))
    saved = {each.key: each for each in act(pending, [FEEDS[which]], keys)}
    _show_table(listed, names, saved)
    _show_chosen(which, listed, names)


def _show_table(
    listed: pd.DataFrame, names: dict[int, str], saved: dict[str, Entry]
) -> None:
    rows = [
        {
            "Since": time_text(row.since) if not pd.isna(row.since) else "",
            "Patient": names.get(int(row.patient_key), ""),
            "What": row.what or "",
            "Number": getattr(row, "accession_number", None)
            or getattr(row, "priority_code", None)
            or "",
            "Status": _status(row, saved.get(row.fact_key)),
        }
        for row in listed.itertuples()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _status(row: Any, saved: Entry | None) -> str:
    if saved:
        return f"{status_words(saved)}, being processed"
    words = STATUSES.get(row.status_code, row.status_code or "")
    late = getattr(row, "is_overdue", None)
    return words if pd.isna(late) or not late else f"{words}, overdue"


def _show_chosen(which: str, listed: pd.DataFrame, names: dict[int, str]) -> None:
    by_key = {row.fact_key: row for row in listed.itertuples()}

    def words(key: str) -> str:
        row = by_key[key]
        since = "" if pd.isna(row.since) else f", {date_text(row.since)}"
        return f"{names.get(int(row.patient_key), '')}: {row.what}{since}"

    chosen = st.selectbox(
        "Which one",
        list(by_key),
        index=None,
        format_func=words,
        placeholder="Choose",
        key=f"laboratory|{which}",
    )
    row = by_key.get(chosen)
    if row is None:
        return
    if row.source_system != "operational":
        source = plain(row.source_system)
        st.info(f"Delivered by {source}: its status is set there.")
        return
    entry = entry_with_key(int(row.patient_key), FEEDS[which], row.fact_key)
    if entry is None or not next_statuses(entry):
        st.info(f"This is done with. {LISTED_AGAIN}")
        return
    show_entry(entry)
    show_form(_form_for(which)(entry, names.get(int(row.patient_key), "")))


def _form_for(which: str) -> Callable[[Entry, str], Form]:
    """Return the form that is wanted; only an order asks for a specimen."""
    if which == SPECIMENS:
        return status_form
    doing = st.segmented_control(
        "With this order",
        [STATUS, SPECIMEN],
        default=STATUS,
        required=True,
        key="laboratory_doing",
    )
    return specimen_form if doing == SPECIMEN else status_form
