"""Who has run out of a medicine, or is about to, and has not asked for a refill."""

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.medicines import medicine_name
from dashboards.chart.words import date_text, plain
from dashboards.data import PatientList
from dashboards.writing.words import days_words
from pipelines.access.reading import Query

MOST_SHOWN = 50
# One line per order; of a product of several ingredients the first to run out counts.
REFILLS_DUE = """
    with due as (
        select
            refills.patient_key,
            refills.prescription_key,
            coalesce(
                min(history.drug_name), min(refills.ingredient_name)
            ) as drug_name,
            bool_or(refills.is_overdue) as is_overdue,
            max(refills.days_late) as days_late,
            min(refills.last_covered_on) as last_covered_on,
            min(refills.last_fill_on) as last_fill_on,
            max(refills.last_requested_at) as last_requested_at
        from marts.fct_refills as refills
        left join marts.fct_medication_history as history
            on refills.patient_key = history.patient_key
            and refills.prescription_key = history.prescription_key
        where refills.patient_key = any(%(patient_keys)s)
            and refills.refill_status_code in ('due', 'overdue')
        group by
            refills.patient_key,
            refills.prescription_key,
            case
                when refills.prescription_key is null then refills.ingredient_name
            end
        having sum(refills.open_requests_count) = 0
    )
    select *
    from due
    order by is_overdue desc, days_late desc, drug_name collate "C", patient_key
"""


def refills_due(
    patient_keys: Sequence[int], asked_for: Collection[str]
) -> pd.DataFrame:
    """Return what is due or overdue and not asked for, the latest first.

    ``asked_for`` are the keys of prescriptions, also of wishes that the marts do not
    know yet. In the trail it is a look at those of whom there is something.
    """
    query = Query(REFILLS_DUE, {"patient_keys": sorted(patient_keys)})
    read = session.reader().read("refills due", {"due": query})
    due = read.frames["due"]
    return due[~due["prescription_key"].isin(asked_for)]


def show_refills_due(due: pd.DataFrame, listed: PatientList, chart_page: str) -> None:
    """Show whose supply has run out, each with the way to the chart."""
    st.subheader(f"Due or overdue, and not asked for ({len(due)})", anchor=False)
    if due.empty:
        st.info("No medicine of your patients is due for a refill unasked.")
        return
    st.caption(
        "Told from what was handed out: due when the supply has run out, overdue after "
        "the days of grace for late refills. The latest come first."
    )
    for row in due[:MOST_SHOWN].itertuples():
        _show_due(row, listed, chart_page)
    if len(due) > MOST_SHOWN:
        st.caption(f"The latest {MOST_SHOWN} of {len(due)} are shown.")


def due_words(row: Any) -> str:
    """Return how late a refill is, and what was asked for since the last one."""
    state = "▲ Overdue" if row.is_overdue else "○ Due"
    late = days_words(int(row.days_late))
    told = f"{state}: supply until {date_text(row.last_covered_on)}, {late} ago"
    if pd.isna(row.last_requested_at):
        return told
    asked_on = row.last_requested_at.date()
    if asked_on < row.last_fill_on:
        return told
    return f"{told}; asked {date_text(asked_on)} and answered, not collected since"


def _show_due(row: Any, listed: PatientList, chart_page: str) -> None:
    name = listed.identity_of(row.patient_key).full_name
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if st.button("Chart", key=f"refill_{row.patient_key}_{row.Index}"):
            session.choose_patient(int(row.patient_key))
            st.switch_page(chart_page)
        st.markdown(f"**{plain(name)}**", width="content")
        st.markdown(plain(medicine_name(row.drug_name)), width="stretch")
        st.caption(plain(due_words(row)), width="content")
