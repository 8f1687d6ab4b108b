"""Vital signs of all of a nurse's patients in one grid, saved at once.

A value that is not possible keeps the whole round from being saved, and is named with
its patient.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards import data, session
from dashboards.chart.words import plain, time_text
from dashboards.failures import capitalised_sentence, told_failure
from dashboards.forms.fields import text
from dashboards.forms.memory import Memory, memory_of, set_typed, untold_result
from dashboards.freshness import show_freshness
from dashboards.quality.words import count_text
from dashboards.ward.round import (
    SIGNS,
    grid_of,
    heading,
    read_round,
    typed_of,
    unusual_values,
)
from dashboards.writing.measurements import HELP
from dashboards.writing.parts import act, forget_entries
from pipelines.access.identity import Identity
from pipelines.record.actions.catalogue import listed_signs, vital_signs
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.measuring import Measured, record_vital_signs

NAME = "ward round"
GRID = text("grid", "Values")


def show_ward_vitals() -> None:
    """Show the grid, then what is about to be saved, then what was saved."""
    st.title("Ward round", anchor=False)
    mine, freshness = data.my_patients()
    show_freshness(freshness)
    if mine.is_empty:
        st.info("No patient is assigned to you now.")
        return
    names = {
        int(key): _name(mine.identity_of(key)) for key in mine.patients["patient_key"]
    }
    memory = memory_of(NAME, {})
    if memory.result:
        untold_result()
        st.success(plain(memory.result))
    if memory.refusal:
        st.error(plain(memory.refusal))
    if memory.checked is None:
        _ask(names, memory)
    else:
        _confirm(names, memory)


def _name(who: Identity) -> str:
    """Return a name that tells two patients of one name apart."""
    return (
        f"{who.full_name}, {who.record_number}" if who.record_number else who.full_name
    )


def _ask(names: Mapping[int, str], memory: Memory) -> None:
    st.caption(
        "Fill in what you measured now, and leave out the rest. Nothing is saved "
        "before the last step; what you type is kept as a draft."
    )
    if memory.is_draft:
        st.info("What you typed before is still here; nothing of it is saved yet.")
    # The grid begins with the draft and keeps its own changes from then on.
    begin = memory.widget_key("beginning")
    if begin not in st.session_state:
        st.session_state[begin] = grid_of(names, memory.typed.get(GRID.name) or {})
    edited = st.data_editor(
        st.session_state[begin],
        key=memory.widget_key("grid"),
        hide_index=True,
        disabled=["Patient"],
        column_config={heading(code): _column(code) for code in SIGNS},
        width="stretch",
        placeholder="",
    )
    typed = typed_of(edited)
    if typed != (memory.typed.get(GRID.name) or {}):
        set_typed(memory, GRID, typed)
    if st.button("Check and go on", type="primary", key=memory.widget_key("go on")):
        _check(names, memory)
        st.rerun()


def _column(code: str) -> object:
    if sign := listed_signs().get(code):
        return st.column_config.SelectboxColumn(options=list(sign.answers))
    measure = vital_signs()[code]
    step = 10.0**-measure.decimals
    return st.column_config.NumberColumn(
        min_value=float(measure.possible[0]),
        max_value=float(measure.possible[1]),
        step=step,
        format=f"%.{measure.decimals}f",
        help=HELP.get(code),
    )


def _check(names: Mapping[int, str], memory: Memory) -> None:
    at = datetime.now(ZoneInfo(session.settings().time_zone)).replace(
        second=0, microsecond=0
    )
    measured, wrong = read_round(memory.typed.get(GRID.name) or {}, names, at)
    memory.result = memory.refusal = ""
    if wrong:
        memory.refusal = f"Not saved. {' '.join(wrong)}"
    elif not measured:
        memory.refusal = "Not saved: no value is filled in."
    else:
        memory.checked = {"measured": measured}


def _confirm(names: Mapping[int, str], memory: Memory) -> None:
    measured: list[Measured] = (memory.checked or {})["measured"]
    st.markdown(
        f"You are about to record **{_how_much(measured)}**, "
        f"measured {plain(time_text(measured[0].measured_at))}:"
    )
    st.markdown("\n".join(f"- {plain(_told(each, names))}" for each in measured))
    warnings = unusual_values(measured, names)
    for each in warnings:
        st.warning(plain(each))
    is_considered = not warnings or st.checkbox(
        "I have considered this", key=memory.widget_key("considered")
    )
    with st.container(horizontal=True):
        saves = st.button(
            "Save", type="primary", disabled=not is_considered,
            key=memory.widget_key("save"),
        )  # fmt: skip
        goes_back = st.button("Back", key=memory.widget_key("back"))
    if goes_back:
        _reopen(memory)
        st.rerun()
    if saves and is_considered:
        with st.spinner("Saving"):
            _save(memory, measured)
        st.rerun()


def _told(each: Measured, names: Mapping[int, str]) -> str:
    values = [
        f"{vital_signs()[code].name} {value:f}" for code, value in each.values.items()
    ]
    words = [
        f"{listed_signs()[code].name} {answer}" for code, answer in each.answers.items()
    ]
    told = ", ".join([*values, *words])
    return f"{names.get(each.patient_key, 'a patient')}: {told}"


def _reopen(memory: Memory) -> None:
    """Go back to the grid, which begins with what was typed."""
    memory.checked = None
    st.session_state.pop(memory.widget_key("beginning"), None)


def _how_much(measured: list[Measured]) -> str:
    values = sum(len(each.values) + len(each.answers) for each in measured)
    return f"{count_text(values, 'value')} of {count_text(len(measured), 'patient')}"


def _save(memory: Memory, measured: list[Measured]) -> None:
    if memory.checked is None:
        return
    _reopen(memory)
    try:
        act(record_vital_signs, measured)
    except ActionError as error:
        memory.refusal = capitalised_sentence(str(error))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        memory.refusal = told_failure(error)
    else:
        memory.begin_anew(
            {},
            f"{_how_much(measured)} recorded. They show on the charts at once.",
        )
        forget_entries()
