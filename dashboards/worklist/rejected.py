"""Rejected specimens: who ordered is told why, and that another has to be taken."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.results import RECENT
from dashboards.chart.words import capitalised, plain, time_text
from dashboards.data import KEPT_CHART
from dashboards.failures import capitalised_sentence, told_failure
from pipelines.access.acting import RuleError
from pipelines.access.seen_rejections import note_seen_rejection
from pipelines.record.actions.laboratory_work import REJECTIONS
from pipelines.record.actions.permissions import may

TITLE = "Rejected specimens"
DEFINITION = (
    "The laboratory could not examine these specimens, and no other of the same order "
    "and material has come. They stay until a doctor has seen them or another comes; "
    "on the chart until another comes."
)
AGAIN = "Please collect again."
ORDER_AGAIN = "Please collect again; the laboratory has not asked for another specimen."
REFUSED = "rejection_refused"
MOST_SHOWN = 50


def show_rejected(
    rows: pd.DataFrame,
    counts: pd.DataFrame,
    patient_words: Callable[[Any], str],
    chart_page: str,
) -> None:
    """Show the rejected specimens of a worklist; none takes one line."""
    new, old = (int(counts.iloc[0][each]) for each in ("new_count", "old_count"))
    if new:
        st.subheader(f"{TITLE} ({new})", anchor=False, help=DEFINITION)
    else:
        st.caption(f"{TITLE} to collect again: none of the last 30 days.")
    _show_refusal()
    for row in rows.itertuples():
        with st.container(border=True):
            words, buttons = st.columns([2, 1], vertical_alignment="center")
            words.markdown(f"{patient_words(row)}  \n{rejection_text(row)}")
            with buttons.container(horizontal=True, horizontal_alignment="right"):
                if st.button("Open chart", key=f"chart_of_{row.specimen_key}"):
                    session.choose_patient(int(row.patient_key))
                    st.switch_page(chart_page)
                _show_seen(row)
    if new > len(rows):
        st.caption(f"The first {len(rows)} of {new} are shown.")
    if old:
        st.caption(f"{old} more, older than 30 days; each stands on its chart.")


def show_rejected_on_chart(rows: pd.DataFrame, as_of: pd.Timestamp) -> None:
    """Show the rejected specimens of one patient until others have come."""
    if rows.empty:
        return
    _show_refusal()
    is_old = rows["rejected_at"] < (as_of - RECENT)
    for row in rows[~is_old].itertuples():
        with st.container(border=True):
            st.markdown(rejection_text(row))
            if pd.isna(row.seen_at):
                _show_seen(row)
            else:
                st.caption(plain(_seen_text(row)))
    if is_old.any():
        with st.expander(f"Rejected specimens older than 30 days ({is_old.sum()})"):
            for row in rows[is_old].itertuples():
                st.markdown(rejection_text(row))


def rejection_text(row: Any) -> str:
    """Return what was rejected, why and when, and what has to be done."""
    what = capitalised(row.test_name) or "Order not delivered"
    reason = REJECTIONS.get((row.rejection_reason_name or "").lower()) or capitalised(
        row.rejection_reason_name
    )
    facts = [
        capitalised(row.specimen_type_name),
        f"number {row.accession_number}" if row.accession_number else "",
        f"taken {time_text(row.collected_at)}" if not pd.isna(row.collected_at) else "",
        f"rejected {time_text(row.rejected_at)}"
        if not pd.isna(row.rejected_at)
        else "",
        f"ordered by {row.practitioner_name}" if row.practitioner_name else "",
    ]
    told = plain(" · ".join(fact for fact in facts if fact))
    why = plain(reason or "reason not told")
    do = AGAIN if row.is_asked_again else ORDER_AGAIN
    return f"✕ **Specimen rejected: {why}.** {plain(what)} · {told}  \n**{do}**"


def _seen_text(row: Any) -> str:
    return (
        f"Seen by {row.seen_by_name}, {time_text(row.seen_at)}; no other specimen has "
        "come."
    )


def _show_seen(row: Any) -> None:
    if may(session.person(), "acknowledge"):
        st.button(
            "Seen",
            key=f"seen_{row.specimen_key}",
            type="primary",
            on_click=_note_seen,
            args=(int(row.patient_key), row.specimen_key),
        )


def _note_seen(patient_key: int, specimen_key: str) -> None:
    """Note it; what failed is told above the list, and the row stays."""
    if session.check() is None:
        return
    try:
        note_seen_rejection(
            session.settings(), session.person(), patient_key, specimen_key
        )
    except RuleError as error:
        st.session_state[REFUSED] = capitalised_sentence(str(error))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.session_state[REFUSED] = told_failure(error)
    else:
        # The chart was read before; the next look shall know of it.
        st.session_state.pop(KEPT_CHART, None)


def _show_refusal() -> None:
    if refusal := st.session_state.pop(REFUSED, None):
        st.error(f"Not noted: {refusal}")
