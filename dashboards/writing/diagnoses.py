"""Recording a diagnosis, and what becomes of one: over, refuted."""

from typing import Any

import streamlit as st

from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.forms.fields import Code, Values, choice, code, moment, reason
from dashboards.forms.form import Form, show_form
from dashboards.writing.parts import (
    act,
    chart_form,
    choose_entry,
    entries_of,
    find_codes,
    subject_of,
    told_elsewhere,
)
from dashboards.writing.words import entry_words
from pipelines.record.actions.diagnosing import (
    is_active,
    record_diagnosis,
    refute_diagnosis,
    resolve_diagnosis,
)
from pipelines.record.actions.entry import Entry

NEW, OVER, WRONG = "New", "It is over", "It was wrong"
CERTAINTIES = {"confirmed": "Confirmed", "provisional": "Suspected"}


def show_diagnoses(chart: Chart) -> None:
    """Show the form of a new diagnosis, or of the end of one."""
    what = st.segmented_control(
        "Diagnosis", [NEW, OVER, WRONG], default=NEW, key="diagnosis_what"
    )
    if what in (OVER, WRONG):
        _show_ending(chart, what)
        return
    show_form(_new(chart))


def _new(chart: Chart) -> Form:
    def save(values: dict[str, Any]) -> None:
        found: Code = values["code"]
        act(
            record_diagnosis,
            chart.patient_key,
            code=found.code,
            code_system=found.system,
            name=found.name,
            started_at=values["started_at"],
            certainty=values["certainty"],
        )

    return chart_form(
        chart,
        "diagnosis",
        "record a diagnosis",
        "Diagnosis recorded",
        (
            code("code", "Diagnosis", find_codes, is_required=True),
            choice("certainty", "Certainty", CERTAINTIES, is_required=True),
            moment("started_at", "Since", is_past=True, is_now=True),
        ),
        save,
        starts_with={"certainty": "confirmed"},
        warn=lambda values: _twice(chart, values),
    )


def _twice(chart: Chart, values: Values) -> list[str]:
    """Return a warning where the problem list has the diagnosis already."""
    known = {
        row.condition_code
        for row in chart.frames["problems"].itertuples()
        if row.is_active is True
    } | {
        entry.values["condition_code"]
        for entry in chart.saved.of("conditions")
        if is_active(entry)
    }
    if values["code"].code in known:
        return ["This diagnosis is on the problem list already."]
    return []


def _show_ending(chart: Chart, what: str) -> None:
    told_elsewhere(chart)
    active = [each for each in entries_of(chart, "conditions") if is_active(each)]
    if not active:
        st.info("No diagnosis that lasts was recorded here.")
        return
    entry = choose_entry("Which diagnosis", active, f"ending {chart.patient_key}")
    if entry is None:
        return
    st.markdown(plain(entry_words(entry)))
    show_form(_over(chart, entry) if what == OVER else _wrong(chart, entry))


def _over(chart: Chart, entry: Entry) -> Form:
    return chart_form(
        chart,
        f"resolve {entry.record_id}",
        f"say that this is over: {entry_words(entry)}",
        "Diagnosis resolved",
        (moment("ended_at", "Over since", is_past=True, is_now=True), reason()),
        lambda values: act(resolve_diagnosis, entry, **values),
    )


def _wrong(chart: Chart, entry: Entry) -> Form:
    return chart_form(
        chart,
        f"refute {entry.record_id}",
        f"say that {subject_of(chart).name} does not have: {entry_words(entry)}",
        "Diagnosis refuted",
        (reason("What disproved it"),),
        lambda values: act(refute_diagnosis, entry, **values),
    )
