"""Reports of imaging: what was said, how final it is, and what it said before."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import capitalised, plain, time_text
from dashboards.reports.reading import Reports, texts_of_reports
from pipelines.access.protected_text import FormerText, Texts

PER_PAGE = 20
NONE = "No report of imaging has been delivered for this patient."
HEADINGS = {"impression_text": "Impression", "report_text": "Findings"}
STATUSES = {
    "final": "● Final",
    "corrected": "◆ Corrected",
    "amended": "◆ Amended",
    "preliminary": "○ Preliminary",
    "registered": "○ Not yet reported",
    "cancelled": "✕ Cancelled",
    "entered-in-error": "✕ Withdrawn",
}
NOT_KNOWN = "○ Status not known"
GONE = ("cancelled", "entered-in-error")
CAUTIONS = {
    "cancelled": "This report was cancelled: what it says does not hold.",
    "entered-in-error": "This report was withdrawn: what it says does not hold.",
    "preliminary": "This report is not final: it may still change.",
    "registered": "This report is not final: it may still change.",
}
CAUTION_NOT_KNOWN = "It is not known whether this report is final."


def show_imaging(reports: Reports, nothing: str) -> None:
    """Show the reports of imaging, the newest first; each text behind one click."""
    imaging = reports.frames["imaging"]
    if imaging.empty:
        st.info(nothing)
    versions = reports.frames["imaging_versions"]
    shown = _count("imaging", reports.patient_key)
    for row in imaging.head(shown).itertuples():
        of_report = versions[versions["imaging_report_key"] == row.imaging_report_key]
        with st.container(border=True):
            _show_report(reports, row, of_report)
    _show_more("imaging", reports.patient_key, shown, len(imaging))
    _show_studies(reports.frames["studies"])


def status_text(row: Any) -> str:
    """Return how final a report is: a sign and a word."""
    return STATUSES.get(row.report_status_code, NOT_KNOWN)


def report_title(row: Any) -> str:
    """Return what a report is of."""
    what = capitalised(row.procedure_name) or row.modality_code or "Report of imaging"
    where = capitalised(row.body_site_name)
    return f"{what}, {where.lower()}" if where else what


def _show_report(reports: Reports, row: Any, versions: pd.DataFrame) -> None:
    words, button = st.columns([4, 1], vertical_alignment="center")
    facts = [
        time_text(row.reported_at),
        row.author_name or "author not delivered",
        f"{len(versions)} versions" if len(versions) > 1 else "",
    ]
    told = plain(" · ".join(fact for fact in facts if fact))
    title, status = plain(report_title(row)), plain(status_text(row))
    words.markdown(f"**{title}** · {status}  \n{told}")
    key = f"report_{row.imaging_report_key}"
    if button.toggle("Read it", key=key):
        _show_text(reports.patient_key, row, versions)


def _show_text(patient_key: int, row: Any, versions: pd.DataFrame) -> None:
    texts, former = texts_of_reports(patient_key)
    if row.report_status_code not in STATUSES:
        st.warning(CAUTION_NOT_KNOWN)
    elif caution := CAUTIONS.get(row.report_status_code):
        st.warning(caution)
    told = False
    for column, heading in HEADINGS.items():
        if text := texts.of(row.imaging_report_key, column):
            told = True
            st.markdown(f"**{heading}**")
            _show_paragraphs(text, is_struck=row.report_status_code in GONE)
    if not told:
        st.caption("No text was delivered with it.")
    _show_former(row, versions, texts, former)


def _show_former(
    row: Any, versions: pd.DataFrame, texts: Texts, former: Sequence[FormerText]
) -> None:
    """Show what the report said before, struck through, the latest first."""
    now = {
        column: text
        for column in HEADINGS
        if (text := texts.of(row.imaging_report_key, column))
    }
    before = versions[~versions["is_current"].astype(bool)]
    for version in reversed(list(before.itertuples())):
        title = plain(
            f"Former version {version.version_number}, "
            f"{status_text(version)[2:].lower()}, {time_text(version.reported_at)}"
        )
        said = [
            each
            for each in former
            if each.fact_key == row.imaging_report_key
            and each.version_instant == version.version_instant
        ]
        if {each.column: each.text for each in said} == now:
            st.caption(f"{title}: the same text.")
            continue
        st.markdown(f"**{title}**: no longer holds")
        if not said:
            st.caption("No text was delivered with it.")
        for column, heading in HEADINGS.items():
            for each in said:
                if each.column == column:
                    st.caption(heading)
                    _show_paragraphs(each.text, is_struck=True)


def _show_paragraphs(text: str, *, is_struck: bool) -> None:
    for paragraph in text.split("\n"):
        if words := plain(paragraph):
            st.markdown(f"~~{words}~~" if is_struck else words)


def _show_studies(studies: pd.DataFrame) -> None:
    if studies.empty:
        return
    with st.expander(f"Studies without a delivered report ({len(studies)})"):
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Taken": time_text(row.started_at),
                        "Of": capitalised(row.procedure_name)
                        or row.modality_name
                        or row.modality_code
                        or "not told",
                        "Body site": capitalised(row.body_site_name),
                    }
                    for row in studies.itertuples()
                ]
            ),
            hide_index=True,
        )


def _count(name: str, patient_key: int) -> int:
    return st.session_state.get(f"shown_{name}_{patient_key}", PER_PAGE)


def _show_more(name: str, patient_key: int, shown: int, total: int) -> None:
    if total > shown and st.button(
        f"Show {min(PER_PAGE, total - shown)} more of {total}", key=f"more_{name}"
    ):
        st.session_state[f"shown_{name}_{patient_key}"] = shown + PER_PAGE
        st.rerun()
