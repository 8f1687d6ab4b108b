"""A field on the page: its widget, its help, and what is wrong with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import streamlit as st

from dashboards.chart.words import plain
from dashboards.forms.fields import Field, Kind
from dashboards.forms.memory import Memory, set_typed, take_over

MINUTE = timedelta(minutes=1)
DAY_FORMAT = "YYYY-MM-DD"
FEWEST_LETTERS = 2
CHOOSE = "Choose"
NOW = "Leave it empty for now."


def show_field(field: Field, memory: Memory) -> None:
    """Show a field with what was typed so far, and its error under it."""
    if field.kind is Kind.CODE:
        _show_code(field, memory)
    else:
        _show_widget(field, memory)
    if error := memory.errors.get(field.name):
        # Not a caption: those are drawn paler, and this must not be overlooked.
        st.markdown(f":small[:red[**{plain(field.label)}:** {plain(error)}]]")


def _show_widget(field: Field, memory: Memory) -> None:
    key = memory.widget_key(field.name)
    if key not in st.session_state:
        st.session_state[key] = _as_shown(field, memory.typed.get(field.name))
    WIDGETS[field.kind](
        field,
        {
            "key": key,
            "help": _help(field),
            "on_change": take_over,
            "args": (memory, field),
        },
    )


def _as_shown(field: Field, typed: Any) -> Any:
    """Return what a widget begins with; an option that is gone is no option."""
    if field.kind is Kind.CHOICE:
        return typed if typed in (field.options or {}) else None
    if field.kind is Kind.SEVERAL:
        return [each for each in typed or [] if each in (field.options or {})]
    if field.kind is Kind.TICK:
        return bool(typed)
    if field.kind in (Kind.MOMENT, Kind.DAY):
        return typed
    return "" if typed is None else str(typed)


def _help(field: Field) -> str | None:
    parts = [field.help or "", NOW if field.is_now else ""]
    return " ".join(part for part in parts if part) or None


def _line(field: Field, options: dict[str, Any]) -> None:
    st.text_input(field.asked, max_chars=field.longest, **options)


def _text(field: Field, options: dict[str, Any]) -> None:
    st.text_area(field.asked, max_chars=field.longest, height=140, **options)


def _number(field: Field, options: dict[str, Any]) -> None:
    st.text_input(field.asked, max_chars=20, **options)


def _choice(field: Field, options: dict[str, Any]) -> None:
    words = field.options or {}
    st.selectbox(
        field.asked, list(words), format_func=words.get, placeholder=CHOOSE, **options
    )


def _several(field: Field, options: dict[str, Any]) -> None:
    words = field.options or {}
    st.multiselect(
        field.asked, list(words), format_func=words.get, placeholder=CHOOSE, **options
    )


def _moment(field: Field, options: dict[str, Any]) -> None:
    st.datetime_input(
        field.asked, value=None, step=MINUTE, format=DAY_FORMAT, **options
    )


def _day(field: Field, options: dict[str, Any]) -> None:
    st.date_input(
        field.asked,
        value=None,
        min_value="1900-01-01",
        max_value="2200-12-31",
        format=DAY_FORMAT,
        **options,
    )


def _tick(field: Field, options: dict[str, Any]) -> None:
    st.checkbox(field.asked, **options)


WIDGETS: dict[Kind, Callable[[Field, dict[str, Any]], None]] = {
    Kind.LINE: _line,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.WHOLE: _number,
    Kind.CHOICE: _choice,
    Kind.SEVERAL: _several,
    Kind.MOMENT: _moment,
    Kind.DAY: _day,
    Kind.TICK: _tick,
}


def _show_code(field: Field, memory: Memory) -> None:
    """Show a search, what it found, and what was chosen."""
    chosen = memory.typed.get(field.name)
    if chosen:
        with st.container(horizontal=True, vertical_alignment="center"):
            code = f" ({chosen[1]})" if chosen[1] else ""
            st.markdown(f"{field.asked}: **{plain(chosen[2])}**{plain(code)}")
            st.button(
                "Another",
                key=memory.widget_key(f"{field.name} another"),
                on_click=set_typed,
                args=(memory, field, None),
            )
        return
    search = memory.widget_key(f"{field.name} search")
    sought = st.text_input(
        field.asked,
        key=search,
        placeholder="Type a part of the name or the code",
        help=field.help,
    ).strip()
    if len(sought) >= FEWEST_LETTERS:
        _show_found(field, memory, sought)


def _show_found(field: Field, memory: Memory, sought: str) -> None:
    found = field.find(sought) if field.find else []
    if not found:
        st.caption("Nothing has this name. Try a part of it, or another word.")
        return
    key = memory.widget_key(f"{field.name} found")
    st.selectbox(
        f"{len(found)} found",
        list(found),
        index=None,
        format_func=lambda code: (
            f"{code.name} ({code.code})" if code.code else code.name
        ),
        placeholder=CHOOSE,
        key=key,
        on_change=_choose,
        args=(field, memory, key),
    )


def _choose(field: Field, memory: Memory, key: str) -> None:
    chosen = st.session_state.get(key)
    if chosen is not None:
        parts = [chosen.system, chosen.code, chosen.name]
        set_typed(memory, field, parts)
