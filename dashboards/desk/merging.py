"""Merging two registrations of one person, and taking it back."""

from collections.abc import Mapping

import streamlit as st

from dashboards import data, session
from dashboards.chart.words import plain, time_text
from dashboards.data import PatientList
from dashboards.desk.patient import AtDesk, registrations_of
from dashboards.desk.side_by_side import show_side_by_side
from dashboards.desk.statements import MERGE_CHANGES
from dashboards.forms.fields import reason
from dashboards.forms.form import show_form
from dashboards.writing.local_time import local
from dashboards.writing.parts import act, chart_form
from dashboards.writing.words import processed_words
from pipelines.access.reading import Query
from pipelines.access.search import is_long_enough
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.linking import (
    MERGE,
    links_of,
    merge_patients,
    merges_in_force,
    unmerge_patients,
)

MERGED, PARTED = "Merged", "Taken back"


def show_merging(patient: AtDesk) -> None:
    """Show what was merged, the way to merge, and what changed by it."""
    links = act(links_of, [patient.patient_key])
    merged = merges_in_force(links)
    _show_history(links)
    for key in merged:
        _show_unmerging(patient, key, merged[key])
    if patient.patient_key not in merged:
        _show_choice(patient)
    _show_changes({patient.patient_key, *(link.patient_key for link in links)})


def _show_history(links: list[Entry]) -> None:
    for link in reversed(links):
        is_merge = link.values["link_type_code"] == MERGE
        st.markdown(
            plain(
                f"{MERGED if is_merge else PARTED}, "
                f"{time_text(local(link.values['linked_at']))}, "
                f"{link.changed_by_name}: {link.change_reason_text or 'no reason told'}"
                f"{processed_words(link)}"
            )
        )


def _show_choice(patient: AtDesk) -> None:
    """Let the other registration be found, and compared before anything is merged."""
    text = st.text_input(
        "Find the other registration of this person",
        placeholder="Name, record number or birth date",
        key="merge_search",
    )
    if not is_long_enough(text):
        return
    found = data.search_patients(text)
    others = [
        int(key)
        for key in found.patients["patient_key"]
        if int(key) != patient.patient_key
    ]
    other = st.selectbox(
        "The other registration",
        others,
        index=None,
        format_func=lambda key: _name(found, key),
        placeholder="Choose" if others else "Nobody else matches",
        key="merge_other",
    )
    if other is not None:
        _show_merge(patient, other, _name(found, other))


def _name(found: PatientList, patient_key: int) -> str:
    identity = found.identity_of(patient_key)
    return (
        f"{identity.full_name}, record number {identity.record_number or 'not known'}"
    )


def _show_merge(patient: AtDesk, other: int, name: str) -> None:
    keys = (patient.patient_key, other)
    show_side_by_side(registrations_of(keys), *keys)
    st.warning(
        "The record of this registration goes on under the other one: allergies, "
        "medicines, results and claims of both are shown together. Merge only what is "
        "certainly one person; if in doubt, ask the patient."
    )
    show_form(
        chart_form(
            patient,
            f"merge {other}",
            f"let this registration go on under {name}",
            "Merged",
            (reason("Why this is one person"),),
            lambda values: act(
                merge_patients,
                patient_key=patient.patient_key,
                surviving_patient_key=other,
                **values,
            ),
            where="Charts show both together within a minute or so.",
        )
    )


def _show_unmerging(patient: AtDesk, merged: int, survivor: int) -> None:
    """Offer to take a merge back, with both registrations beside each other."""
    st.markdown("**Merged now.** Both registrations, as they were made:")
    show_side_by_side(registrations_of([merged, survivor]), merged, survivor)
    show_form(
        chart_form(
            patient,
            f"unmerge {merged}",
            "take the merge back, so that each registration stands for itself",
            "Merge taken back",
            (reason("Why these are two people"),),
            lambda values: act(unmerge_patients, patient_key=merged, **values),
            where="Charts show each for itself within a minute or so.",
        )
    )


def _show_changes(patient_keys: set[int]) -> None:
    """Show what a build that took in a merge or its end changed, mart by mart."""
    query = Query(MERGE_CHANGES, {"patient_keys": sorted(patient_keys)})
    queries: Mapping[str, Query] = {"changes": query}
    changes = session.reader().read("merge", queries, sorted(patient_keys))
    frame = changes.frames["changes"]
    if frame.empty:
        return
    st.markdown("**What changed by it**, in rows of each table:")
    st.dataframe(
        frame.rename(
            columns={
                "build_id": "Build",
                "change_code": "Change",
                "mart": "Table",
                "rows_of_patient_before": "This, before",
                "rows_of_survivor_before": "Other, before",
                "rows_of_patient_after": "This, after",
                "rows_of_survivor_after": "Other, after",
            }
        ),
        hide_index=True,
    )
