"""A form: ask, check, let confirm, save once, and say what was saved.

The last step before saving reads everything back with the patient's name. A second
click saves nothing: what is saved is taken out of the form's memory first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.failures import capitalised_sentence, told_failure
from dashboards.forms.fields import Field, Values
from dashboards.forms.memory import Memory, memory_of, untold_result
from dashboards.forms.reading import read_values, told, unusual
from dashboards.forms.widgets import show_field
from pipelines.access.acting import RuleError
from pipelines.record.actions.failures import ActionError


@dataclass(frozen=True)
class Subject:
    """Whom a form is about."""

    patient_key: int
    name: str
    number: str = ""

    def __str__(self) -> str:
        """Return the patient's name with the record number."""
        return (
            f"{self.name} (record number {self.number})" if self.number else self.name
        )


def nothing_wrong(_: Values) -> dict[str, str]:
    """Return no error: most forms are right if their fields are."""
    return {}


def nothing_to_add(_: Values) -> Sequence[str]:
    """Return no line and no warning."""
    return ()


def nothing_to_keep(_: Values) -> None:
    """Keep nothing of what stands on the page."""


@dataclass(frozen=True)
class Form:
    """One form.

    ``name`` is its own on the page and, with the patient, that of its draft.
    ``doing`` ends the sentence "You are about to ...", ``done`` begins the line that
    says what was saved. ``save`` gets the values and raises ``ActionError`` in words.
    ``check`` returns errors by field; ``tell`` more lines for the last step; ``warn``
    what has to be ticked before it can be saved. ``stands`` is told what the form holds
    once all of it stands on the page. ``refresh`` runs before the last step
    and after saving: what the page has read before is then read anew.
    """

    name: str
    doing: str
    done: str
    fields: Sequence[Field]
    save: Callable[[dict[str, Any]], object]
    subject: Subject | None = None
    starts_with: dict[str, Any] = field(default_factory=dict)
    check: Callable[[Values], dict[str, str]] = nothing_wrong
    tell: Callable[[Values], Sequence[str]] = nothing_to_add
    warn: Callable[[Values], Sequence[str]] = nothing_to_add
    stands: Callable[[Values], None] = nothing_to_keep
    refresh: Callable[[], None] | None = None
    columns: int = 1
    where: str = "The chart shows it at once."

    @property
    def key(self) -> str:
        """Return the name of the form and of its draft."""
        return f"{self.name} {self.subject.patient_key}" if self.subject else self.name


def show_form(form: Form) -> None:
    """Show a form at its stage."""
    memory = memory_of(form.key, form.starts_with)
    with st.container(border=True, key=f"form_{form.key}".replace(" ", "_")):
        if memory.result:
            untold_result()
            st.success(plain(memory.result))
        if memory.refusal:
            st.error(plain(memory.refusal))
        if memory.checked is None:
            _ask(form, memory)
        else:
            _confirm(form, memory)
    form.stands(memory.typed if memory.checked is None else memory.checked)


def _ask(form: Form, memory: Memory) -> None:
    if memory.is_draft:
        st.info("What you typed before is still here; nothing of it is saved yet.")
    _show_fields(form, memory)
    with st.container(horizontal=True):
        goes_on = st.button(
            "Check and go on", key=memory.widget_key("go on"), type="primary"
        )
        throws_away = memory.typed != form.starts_with and st.button(
            "Throw away", key=memory.widget_key("throw away"), type="tertiary"
        )
    if throws_away:
        memory.begin_anew(form.starts_with)
        st.rerun()
    if goes_on:
        _check(form, memory)
        st.rerun()


def _show_fields(form: Form, memory: Memory) -> None:
    shown = [each for each in form.fields if each.is_shown(memory.typed)]
    # Columns of their own for each row: on a phone they stand in the order of reading.
    for start in range(0, len(shown), form.columns):
        row = shown[start : start + form.columns]
        for place, each in zip(st.columns(form.columns), row, strict=False):
            with place:
                show_field(each, memory)


def _check(form: Form, memory: Memory) -> None:
    """Go on to the last step, or say what is wrong with which field."""
    zone = ZoneInfo(session.settings().time_zone)
    values, errors = read_values(form.fields, memory.typed, zone)
    memory.errors = errors or form.check(values)
    memory.result = memory.refusal = ""
    if memory.errors:
        memory.refusal = "Not saved: some of it has to be mended first."
    else:
        memory.checked = values
        if form.refresh:
            form.refresh()


def _confirm(form: Form, memory: Memory) -> None:
    values = memory.checked or {}
    about = f" for **{plain(str(form.subject))}**" if form.subject else ""
    st.markdown(f"You are about to {plain(form.doing)}{about}:")
    st.markdown("\n".join(_lines(form, values)))
    told_twice = [*form.warn(values), *unusual(form.fields, values)]
    warnings = list(dict.fromkeys(told_twice))
    for each in warnings:
        st.warning(plain(each))
    is_considered = not warnings or st.checkbox(
        "I have considered this", key=memory.widget_key("considered")
    )
    with st.container(horizontal=True):
        saves = st.button(
            "Save",
            key=memory.widget_key("save"),
            type="primary",
            disabled=not is_considered,
        )
        goes_back = st.button("Back", key=memory.widget_key("back"))
    if goes_back:
        memory.checked = None
        st.rerun()
    if saves and is_considered:
        with st.spinner("Saving"):
            _save(form, memory)
        st.rerun()


def _lines(form: Form, values: Values) -> list[str]:
    return [
        f"- {plain(each.label)}: **{plain(told(each, values[each.name]))}**"
        for each in form.fields
        if values.get(each.name) is not None
    ] + [f"- {plain(each)}" for each in form.tell(values)]


def _save(form: Form, memory: Memory) -> None:
    """Save what was confirmed; what is refused stays in the form, with the reason."""
    values, memory.checked = memory.checked, None
    if values is None:
        return
    try:
        form.save(values)
    except (ActionError, RuleError) as error:
        memory.refusal = capitalised_sentence(str(error))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        memory.refusal = told_failure(error)
    else:
        memory.begin_anew(form.starts_with, _result(form))
        if form.refresh:
            form.refresh()


def _result(form: Form) -> str:
    at = datetime.now(ZoneInfo(session.settings().time_zone))
    whose = f" for {form.subject.name}" if form.subject else ""
    return f"{form.done}{whose}, {time_text(at)}. {form.where}"
