"""What would become of a file: its counts, a verdict for each row, and submitting."""

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence, told_failure
from dashboards.uploads.choosing import PROBLEM, put_away
from dashboards.uploads.rows import show_rows
from dashboards.uploads.words import TO_BE_CONFIRMED, VERDICTS, rows_text
from pipelines.record.actions.examination import Examination
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.uploading import submit

SUBMITTED = "upload_submitted"
FILTER = "verdict_filter"


def show_verdicts(examination: Examination) -> None:
    """Show the verdicts on a file, and offer to submit it."""
    st.subheader(plain(examination.file_name), anchor=False)
    reason = examination.cannot_be_submitted_because
    if reason:
        st.error(f"Cannot be submitted: {plain(reason)}")
    if examination.note:
        st.caption(capitalised_sentence(plain(examination.note)))
    if len(examination.rows):
        _show_rows(examination)
    _show_books(examination)
    _show_end(examination, can_submit=reason is None)


def _show_rows(examination: Examination) -> None:
    counts = examination.counts
    present = [verdict for verdict in VERDICTS if counts.get(verdict)]
    labels = {
        verdict: f"{VERDICTS[verdict].label}: {counts[verdict]:,}"
        for verdict in present
    }
    chosen = st.pills(
        "Rows by verdict; choose some to see only those",
        present,
        format_func=labels.get,
        selection_mode="multi",
        key=FILTER,
    )
    for verdict in present:
        if not chosen or verdict in chosen:
            of_verdict = examination.rows[examination.rows["verdict"] == verdict]
            show_rows(verdict, of_verdict)


def _show_books(examination: Examination) -> None:
    """Show that every record and every row is accounted for."""
    books = examination
    st.caption(
        f"In the file: {books.records:,} records = {books.mapped:,} read + "
        f"{books.excluded:,} left out + {books.refused_records:,} not readable. "
        f"Of these {rows_text(books.made)} = {books.landed:,} that go in + "
        f"{books.unchanged:,} already here + {books.refused_rows:,} refused."
    )


def _show_end(examination: Examination, *, can_submit: bool) -> None:
    """Offer to submit, where that is possible, and to put the file away."""
    counts = examination.counts
    is_confirmed = True
    if can_submit and any(counts.get(verdict) for verdict in TO_BE_CONFIRMED):
        is_confirmed = st.checkbox(
            "I have compared the rows marked ◆ with the tubes and want them as they "
            "stand in the file",
            key="is_confirmed",
        )
    with st.container(horizontal=True):
        if can_submit:
            st.button(
                f"Submit {rows_text(examination.landed)}",
                key="submit",
                type="primary",
                disabled=not is_confirmed,
                on_click=_submit,
                args=(examination,),
            )
        st.button("Put the file away", key="put_away", on_click=put_away)


def _submit(examination: Examination) -> None:
    if session.check() is None:  # a click runs before the page looks
        return
    try:
        upload = submit(session.settings(), session.person(), examination)
    except ActionError as error:
        st.session_state[PROBLEM] = capitalised_sentence(str(error))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.session_state[PROBLEM] = told_failure(error)
    else:
        put_away()
        st.session_state[SUBMITTED] = upload
