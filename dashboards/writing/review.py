"""Medication review: a verdict for each medicine, and the signature."""

from typing import Any

import streamlit as st

from dashboards.data import Chart
from dashboards.forms.fields import Field, Values, choice, line, text, tick
from dashboards.forms.form import show_form
from dashboards.writing.allergy_warnings import allergy_warnings, show_allergies_beside
from dashboards.writing.parts import act, chart_form, told_elsewhere
from dashboards.writing.prescriptions import current_of
from dashboards.writing.words import entry_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import STOP_REASONS
from pipelines.record.actions.reviewing_medicines import (
    STOP,
    VERDICTS,
    Reviewed,
    review_medicines,
)


def show_review(chart: Chart) -> None:
    """Show the review of all medicines that run."""
    show_allergies_beside(chart)
    told_elsewhere(chart)
    current = current_of(chart)
    if not current:
        st.info("No medicine that runs was prescribed here.")
        return

    def save(values: dict[str, Any]) -> None:
        act(
            review_medicines,
            chart.patient_key,
            [_reviewed(each, values) for each in current],
            conclusion=values["conclusion"],
            is_signed=values["is_signed"],
        )

    fields = [field for each in current for field in _fields(each)]
    show_form(
        chart_form(
            chart,
            "review",
            "sign off a medication review",
            "Medication review signed off",
            (
                *fields,
                text("conclusion", "Conclusion", is_required=True),
                tick("is_signed", "I have reviewed every medicine", is_required=True),
            ),
            save,
            warn=lambda _: [
                warning
                for each in current
                for warning in allergy_warnings(chart, each.values["drug_name"])
            ],
        )
    )


def _fields(entry: Entry) -> tuple[Field, ...]:
    name = entry.record_id

    def is_stopped(typed: Values) -> bool:
        return typed.get(name) == STOP

    return (
        choice(name, entry_words(entry), VERDICTS, is_required=True),
        choice(
            f"{name} why",
            "Why it is stopped",
            STOP_REASONS,
            is_required=True,
            is_shown=is_stopped,
        ),
        line(f"{name} remark", "Remark", is_shown=lambda typed: bool(typed.get(name))),
    )


def _reviewed(entry: Entry, values: Values) -> Reviewed:
    name = entry.record_id
    return Reviewed(
        prescription=entry,
        verdict=values[name],
        why=values.get(f"{name} why") or "",
        remark=values.get(f"{name} remark") or "",
    )
