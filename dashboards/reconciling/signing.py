"""The form of a reconciliation: a decision for each line, and the signature."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import streamlit as st

from dashboards.chart.words import capitalised
from dashboards.data import Chart
from dashboards.forms.fields import Field, Values, choice, line, reason, text, tick
from dashboards.forms.form import show_form
from dashboards.reconciling.lines import Line
from dashboards.reconciling.words import line_words
from dashboards.writing.allergy_warnings import allergy_warnings
from dashboards.writing.parts import act, chart_form
from pipelines.record.actions.prescribing import STOP_REASONS
from pipelines.record.actions.reconciling_medicines import (
    CONTINUE,
    DECISIONS,
    OCCASIONS,
    WITH_REASON,
    Decided,
    Reconciled,
    sign_list,
    withdraw_list,
)


def show_signing(chart: Chart, lines: Sequence[Line], before: Reconciled) -> None:
    """Show the form in which every line is decided, and the way to take it back."""
    names = {each.name: field_name(each) for each in lines}

    def save(values: dict[str, Any]) -> None:
        act(
            sign_list,
            chart.patient_key,
            [_decided(each, names[each.name], values) for each in lines],
            before=before,
            occasion=values["occasion"],
            conclusion=values["conclusion"],
            is_signed=values["is_signed"],
        )

    show_form(
        chart_form(
            chart,
            "reconciliation",
            "sign off the list of medicines",
            "List of medicines reconciled",
            (
                choice("occasion", "Reconciled at", OCCASIONS, is_required=True),
                *(one for each in lines for one in _fields(each, names[each.name])),
                text("conclusion", "Conclusion", is_required=True),
                tick("is_signed", "I have decided every line", is_required=True),
            ),
            save,
            tell=lambda values: _told(lines, names, values),
            warn=lambda values: _warnings(chart, lines, names, values),
        )
    )
    if before.is_signed:
        with st.expander("Withdraw the last reconciliation"):
            _show_withdrawing(chart, before)


def field_name(each: Line) -> str:
    """Return under which name a line is asked for; a draft is kept by it."""
    return f"line {sha256(each.name.encode()).hexdigest()[:12]}"


def _show_withdrawing(chart: Chart, before: Reconciled) -> None:
    show_form(
        chart_form(
            chart,
            "withdraw_reconciliation",
            "withdraw the last reconciliation of the list of medicines",
            "Reconciliation withdrawn",
            (reason("Why it is withdrawn"),),
            lambda values: act(withdraw_list, chart.patient_key, before, **values),
        )
    )


def _fields(each: Line, name: str) -> tuple[Field, ...]:
    marks = "; ".join(mark.words for mark in each.marks)
    told = "; ".join(line_words(each))
    return (
        choice(
            name,
            f"{capitalised(each.name)}{f' [{marks}]' if marks else ''}",
            DECISIONS,
            is_required=True,
            help=told,
        ),
        choice(
            f"{name} why",
            f"{capitalised(each.name)}: why",
            STOP_REASONS,
            is_required=True,
            is_shown=lambda typed: typed.get(name) in WITH_REASON,
        ),
        line(
            f"{name} remark",
            f"{capitalised(each.name)}: remark",
            is_shown=lambda typed: bool(typed.get(name)),
        ),
    )


def _decided(each: Line, name: str, values: Values) -> Decided:
    return Decided(
        medicine=each.name,
        decision=values[name],
        why=values.get(f"{name} why") or "",
        remark=values.get(f"{name} remark") or "",
        seen=each.digests,
        told="; ".join(line_words(each)),
        prescriptions=tuple(
            fact.entry for fact in each.facts if fact.entry is not None
        ),
    )


def _told(
    lines: Sequence[Line], names: dict[str, str], values: Values
) -> Sequence[str]:
    """Return which own prescriptions stop with the signature."""
    stopped = [
        fact.drug_name
        for each in lines
        if values.get(names[each.name]) == "stop"
        for fact in each.facts
        if fact.entry is not None
    ]
    return [f"Stops with the signature: {name}" for name in stopped]


def _warnings(
    chart: Chart, lines: Sequence[Line], names: dict[str, str], values: Values
) -> list[str]:
    """Return the allergies that match what goes on."""
    return [
        warning
        for each in lines
        if values.get(names[each.name]) == CONTINUE
        for fact in each.facts
        for warning in allergy_warnings(chart, fact.drug_name)
    ]
