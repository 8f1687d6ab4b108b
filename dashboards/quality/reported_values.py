"""Values that clinicians reported as wrong, and the answers of quality staff."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import capitalised, plain, time_text
from dashboards.compliance.acting import decide, show_done
from dashboards.freshness import show_freshness
from dashboards.quality.delivered_lines import show_lines
from dashboards.quality.incident_reading import read_reports
from dashboards.quality.words import count_text, feed_text
from dashboards.reported.words import STATES
from pipelines.access.value_reports import (
    ANSWERS,
    FAULTS,
    LONGEST_WORDS,
    UNANSWERED,
    Reported,
    ReportWords,
    answer_report,
)

FACT = ["feed", "fact_key"]


def show_reported_values() -> None:
    """Show the values that wait for an answer, then the answered ones."""
    reports, freshness = read_reports()
    st.title("Reported values", anchor=False)
    show_done()
    show_freshness(freshness)
    st.caption(
        "A doctor or nurse says that a value seems wrong. Here is where it came from, "
        "not whose it is. All who reported it see the answer."
    )
    if reports.empty:
        st.info("Nobody has reported a value.")
        return
    is_waiting = reports["state_code"].isin(UNANSWERED)
    waiting, answered = reports[is_waiting], reports[~is_waiting]
    if waiting.empty:
        st.success("Every reported value has its answer.")
    for _, of_fact in waiting.groupby(FACT, sort=False):
        _show(of_fact)
    if not answered.empty and st.toggle("Answered ones", key="answered_reports"):
        for _, of_fact in answered.groupby(FACT, sort=False):
            _show(of_fact)


def _show(reports: pd.DataFrame) -> None:
    """Show one value with all who reported it."""
    latest = next(reports.itertuples())
    key = str(latest.report_id)
    opener = ReportWords(session.settings())
    with st.container(border=True, gap="small"):
        st.markdown(
            f"**{STATES[latest.state_code]}** · "
            f"{plain(capitalised(feed_text(latest.feed)))} · "
            f"{plain(latest.source_system)} · {count_text(len(reports), 'report')}"
        )
        for report in reports.itertuples():
            words = opener.of_report(report.report_id, report.sealed_words)
            st.markdown(
                plain(
                    f"{FAULTS[report.fault_code]}: \u201c{words}\u201d "
                    f"({report.reporter_name}, {report.reporter_role}, "
                    f"{time_text(report.reported_at)})"
                )
            )
        st.caption(plain(_lineage(latest)))
        if isinstance(latest.sealed_answer, str):
            words = opener.of_answer(latest.answer_id, latest.sealed_answer)
            st.markdown(
                plain(
                    f"Last answer, {latest.answered_by}, "
                    f"{time_text(latest.answered_at)}: \u201c{words}\u201d"
                )
            )
        if st.toggle("The delivered line", key=f"line_{key}"):
            show_lines(_places(latest), latest.feed, key)
        _show_answering(latest, key)


def _lineage(report: Any) -> str:
    delivery = _number(report.delivery_id)
    place = f"file {_number(report.file_id)}, line {_number(report.line_number)}"
    known = time_text(report.known_from)
    return f"Delivery {delivery}, {place}, known since {known}"


def _number(value: float | None) -> str:
    return "not known" if pd.isna(value) else str(int(value))


def _places(report: Any) -> list[tuple[int, int]]:
    if pd.isna(report.file_id) or pd.isna(report.line_number):
        return []
    return [(int(report.file_id), int(report.line_number))]


def _show_answering(report: Any, key: str) -> None:
    with (
        st.popover("Answer", type="tertiary"),
        st.form(f"answer_{key}", border=False),
    ):
        code = st.selectbox(
            "What became of it?",
            list(ANSWERS),
            format_func=ANSWERS.get,
            key=f"answer_code_{key}",
        )
        words = st.text_area(
            "In words, for who reported it",
            max_chars=LONGEST_WORDS,
            key=f"answer_words_{key}",
        )
        is_sent = st.form_submit_button("Send the answer")
    if is_sent:
        reported = Reported(report.feed, report.fact_key, report.state_code)
        decide(
            lambda: answer_report(
                session.settings(), session.person(), reported, code, words
            ),
            "The answer is kept; who reported the value sees it.",
        )
