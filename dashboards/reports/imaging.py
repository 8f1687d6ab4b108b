"""Reports of imaging: what was said, how final it is, and what it said before."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import capitalised, plain, time_text
from dashboards.reports.reading import Reports, texts_of_reports
from pipelines.access.protected_text import FormerText

PER_PAGE = 20
NONE = "No report of imaging has been delivered for this patient."
HEADINGS = {"impression_text": "Impression", "report_text": "Findings"}
STATUSES = {
    "final": "● Final",
    "f": "● Final",
    "corrected": "◆ Corrected",
    "c": "◆ Corrected",
    "preliminary": "○ Preliminary",
    "p": "○ Preliminary",
    "cancelled": "✕ Cancelled",
    "x": "✕ Cancelled",
}


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
    code = row.status_code or ""
    return STATUSES.get(code, f"○ {capitalised(code) or 'Status not told'}")


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
    if row.is_cancelled:
        st.warning("This report was cancelled: what it says does not hold.")
    elif row.is_final is pd.NA or row.is_final is None:
        st.warning("It is not known whether this report is final.")
    elif not row.is_final:
        st.warning("This report is not final: it may still change.")
    told = False
    for column, heading in HEADINGS.items():
        if text := texts.of(row.imaging_report_key, column):
            told = True
            st.markdown(f"**{heading}**")
            _show_paragraphs(text, is_struck=bool(row.is_cancelled))
    if not told:
        st.caption("No text was delivered with it.")
    _show_former(row, versions, former)


def _show_former(
    row: Any, versions: pd.DataFrame, former: Sequence[FormerText]
) -> None:
    """Show what the report said before, struck through, the latest first."""
    before = versions[~versions["is_current"].astype(bool)]
    for version in reversed(list(before.itertuples())):
        title = plain(
            f"Former version {version.version_number}, "
            f"{status_text(version)[2:].lower()}, {time_text(version.reported_at)}"
        )
        st.markdown(f"**{title}**: no longer holds")
        said = [
            each
            for each in former
            if each.fact_key == row.imaging_report_key
            and each.version_instant == version.version_instant
        ]
        if not said:
            st.caption("Its text is not kept, or was the same.")
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
