"""Who a patient is on paper: what is asked for, and changing it with a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from dashboards.chart.words import plain
from dashboards.desk.patient import AtDesk
from dashboards.desk.words import changes_told, value_words
from dashboards.forms.fields import Field, choice, day, line, moment, reason
from dashboards.forms.form import show_form
from dashboards.writing.local_time import local
from dashboards.writing.parts import act, chart_form
from dashboards.writing.words import author_words, processed_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.registering import (
    DEMOGRAPHICS,
    ETHNICITIES,
    MARITAL,
    OF_THE_ADDRESS,
    RACES,
    SEXES,
    change_demographics,
)

REQUIRED = frozenset({"family_name", "given_name", "birth_date", "sex_code"})
OPTIONS: Mapping[str, Mapping[str, str]] = {
    "sex_code": SEXES,
    "marital_status_code": MARITAL,
    "race_code": RACES,
    "ethnicity_code": ETHNICITIES,
}
OF_ANOTHER_ADDRESS = (
    "The address changes and the county stays {}. Is it the county of the new address?"
)


def demographic_fields(*left_out: str) -> list[Field]:
    """Return the fields of who somebody is."""
    return [
        _field(name, label, is_required=name in REQUIRED)
        for name, label in DEMOGRAPHICS.items()
        if name not in left_out
    ]


def show_demographics(patient: AtDesk) -> None:
    """Show who somebody is on paper, and the form that changes it."""
    entry = patient.registration
    if entry is None:
        st.info(
            "This patient was delivered by another system. Who they are is changed "
            "there, and comes here with its next delivery."
        )
        return
    shown = {
        label: value_words(name, entry.values[name])
        for name, label in DEMOGRAPHICS.items()
    }
    table = {"What": list(shown), "Value": list(shown.values())}
    st.dataframe(table, hide_index=True, height="content")
    st.caption(plain(f"{author_words(entry)}{processed_words(entry)}"))

    def save(values: dict[str, Any]) -> None:
        why = values.pop("reason")
        act(change_demographics, entry, values=_unchanged(entry, values), reason=why)

    show_form(
        chart_form(
            patient,
            f"demographics {entry.version_id}",
            "change who this is on paper",
            "Demographics changed",
            (*demographic_fields(), reason()),
            save,
            starts_with={
                name: _typed(entry.values[name], OPTIONS.get(name))
                for name in DEMOGRAPHICS
            },
            tell=lambda values: changes_told(
                entry, DEMOGRAPHICS, _unchanged(entry, values)
            ),
            warn=lambda values: _warn_of_county(entry, values),
            columns=2,
        )
    )


def _warn_of_county(entry: Entry, values: Mapping[str, Any]) -> list[str]:
    """Return a warning where a county would stay beside another address."""
    county = values.get("county")
    is_moved = any(
        (values.get(name) or None) != (entry.values.get(name) or None)
        for name in OF_THE_ADDRESS
    )
    is_same = bool(county) and county == entry.values.get("county")
    return [OF_ANOTHER_ADDRESS.format(county)] if is_moved and is_same else []


def _field(name: str, label: str, *, is_required: bool) -> Field:
    if name in OPTIONS:
        return choice(name, label, OPTIONS[name], is_required=is_required)
    if name == "birth_date":
        return day(name, label, is_required=is_required, is_past=True)
    if name == "deceased_at":
        return moment(name, label, is_past=True)
    return line(name, label, is_required=is_required)


def _typed(value: Any, options: Mapping[str, str] | None) -> Any:
    if isinstance(value, datetime):
        return local(value)
    return value if options is None or value in options else None


def _unchanged(entry: Entry, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values, with those as they were that the form cannot show exactly.

    A code of the former system that is none of the options stays, unless another one is
    chosen; a time stays with its seconds.
    """
    kept = dict(values)
    for name, value in values.items():
        before = entry.values.get(name)
        is_hidden = name in OPTIONS and value is None and before not in OPTIONS[name]
        if is_hidden or _is_same_minute(before, value):
            kept[name] = before
    return kept


def _is_same_minute(before: Any, after: Any) -> bool:
    if not isinstance(before, datetime) or not isinstance(after, datetime):
        return False
    exact = {"second": 0, "microsecond": 0}
    return before.replace(**exact) == after.replace(**exact)
