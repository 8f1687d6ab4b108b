"""Recording an allergy, and saying that one was disproved."""

from typing import Any

import streamlit as st

from dashboards.data import Chart
from dashboards.forms.fields import Values, choice, line, moment, reason
from dashboards.forms.form import Form, show_form
from dashboards.writing.allergy_warnings import is_on_record
from dashboards.writing.parts import (
    act,
    chart_form,
    choose_entry,
    entries_of,
    told_elsewhere,
)
from dashboards.writing.words import entry_words
from pipelines.record.actions.catalogue import options, row
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.taking_history import (
    CATEGORIES,
    CRITICALITIES,
    KINDS,
    SEVERITIES,
    record_allergy,
    refute_allergy,
)

NEW, WRONG = "New", "Disproved"
UNLISTED = "another"


def show_allergy_forms(chart: Chart) -> None:
    """Show the form of a new allergy, or of one that was disproved."""
    what = st.segmented_control(
        "Allergy", [NEW, WRONG], default=NEW, key="allergy_what"
    )
    if what != WRONG:
        show_form(_allergy(chart))
        return
    told_elsewhere(chart)
    standing = [
        each
        for each in entries_of(chart, "allergies")
        if not each.is_entered_in_error
        and each.values["verification_status_code"] != "refuted"
    ]
    if not standing:
        st.info("No allergy that stands was recorded here.")
        return
    entry = choose_entry("Which allergy", standing, f"allergy {chart.patient_key}")
    if entry is not None:
        show_form(_refuted(chart, entry))


def _allergy(chart: Chart) -> Form:
    listed = options("allergens", "substance_code", "substance_name")
    substances = listed | {UNLISTED: "Another substance"}

    def save(values: dict[str, Any]) -> None:
        reaction, severity = values["reaction"], values.get("severity")
        is_listed = values["substance"] != UNLISTED
        act(
            record_allergy,
            chart.patient_key,
            substance=values["substance"] if is_listed else values["name"],
            category=values["category"],
            kind=values["kind"],
            criticality=values["criticality"],
            reactions=[(reaction, severity)] if reaction else [],
            started_at=values["started_at"],
        )

    return chart_form(
        chart,
        "allergy",
        "record an allergy",
        "Allergy recorded",
        (
            choice(
                "substance",
                "Substance",
                substances,
                is_required=True,
                fills=_category_of,
            ),
            line(
                "name",
                "Name of the substance",
                is_required=True,
                is_shown=lambda typed: typed.get("substance") == UNLISTED,
            ),
            choice("category", "Category", CATEGORIES, is_required=True),
            choice("kind", "Kind", KINDS, is_required=True),
            choice("criticality", "Criticality", CRITICALITIES, is_required=True),
            line("reaction", "Reaction"),
            choice(
                "severity",
                "Severity of the reaction",
                SEVERITIES,
                is_required=True,
                is_shown=lambda typed: bool(typed.get("reaction")),
            ),
            moment("started_at", "Since", is_past=True, is_now=True),
        ),
        save,
        starts_with={"kind": "allergy"},
        warn=lambda values: _twice(chart, values),
    )


def _twice(chart: Chart, values: Values) -> list[str]:
    listed = row("allergens", "substance_code", values["substance"])
    name = listed["substance_name"] if listed else values["name"]
    if is_on_record(chart, name):
        return ["An allergy to this is on record already."]
    return []


def _category_of(substance: str) -> dict[str, str]:
    listed = row("allergens", "substance_code", substance)
    return {"category": listed["category_code"]} if listed else {}


def _refuted(chart: Chart, entry: Entry) -> Form:
    return chart_form(
        chart,
        f"refute allergy {entry.record_id}",
        f"say that this was disproved: {entry_words(entry)}",
        "Allergy refuted",
        (reason("What disproved it"),),
        lambda values: act(refute_allergy, entry, **values),
        warn=lambda _: ["Medicines will no longer be checked against it."],
    )
