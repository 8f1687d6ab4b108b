"""What a form remembers between reruns: what was typed, its stage, what came of it.

What is typed is kept as a draft on every change, so that it outlives the session. A
draft that cannot be kept must not keep anybody from writing.
"""

import contextlib
import dataclasses
import logging
import secrets
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards import drafts
from dashboards.forms.fields import Field

logger = logging.getLogger(__name__)
PLACE = "form"
# What was saved by a form that is no longer on the page, such as that of an entry
# which has ended: the page tells it instead.
UNTOLD = "form_result_untold"


@dataclass
class Memory:
    """One form of this session, until it is saved or thrown away."""

    key: str
    typed: dict[str, Any]
    # What the form offered at first, before anything was typed.
    begun_with: dict[str, Any]
    is_draft: bool = False
    errors: dict[str, str] = dataclasses.field(default_factory=dict)
    refusal: str = ""
    result: str = ""
    # The values that were checked and wait for the last click; None while asking.
    checked: dict[str, Any] | None = None
    # Widgets of another edition are other widgets: they begin empty.
    edition: str = dataclasses.field(default_factory=lambda: secrets.token_hex(4))

    def widget_key(self, name: str) -> str:
        """Return the key of a widget of this form."""
        return f"{PLACE}|{self.key}|{name}|{self.edition}"

    def begin_anew(self, starts_with: dict[str, Any], result: str = "") -> None:
        """Forget what was typed; ``result`` is told until the next change."""
        self._begin_with(starts_with)
        self.errors, self.refusal, self.checked = {}, "", None
        self.result, self.is_draft = result, False
        if result:
            st.session_state[UNTOLD] = result
        with _unless_it_fails():
            drafts.forget(self.key)

    def follow(self, starts_with: dict[str, Any]) -> None:
        """Offer what holds now, where nothing was typed: an old value is no wish."""
        is_untouched = self.typed == self.begun_with and self.checked is None
        if is_untouched and starts_with != self.begun_with:
            self._begin_with(starts_with)

    def _begin_with(self, starts_with: dict[str, Any]) -> None:
        self.typed, self.begun_with = dict(starts_with), dict(starts_with)
        self.edition = secrets.token_hex(4)


def memory_of(key: str, starts_with: dict[str, Any]) -> Memory:
    """Return a form's memory; a form that opens finds its draft."""
    place = f"{PLACE}|{key}"
    if place not in st.session_state:
        kept: dict[str, Any] | None = None
        with _unless_it_fails():
            kept = drafts.kept(key)
        typed = dict(starts_with) if kept is None else kept
        begun_with, is_draft = dict(starts_with), kept is not None
        st.session_state[place] = Memory(key, typed, begun_with, is_draft=is_draft)
    memory = st.session_state[place]
    memory.follow(starts_with)
    return memory


def close(key: str) -> None:
    """Forget that a form was open, so that it opens with other values next time."""
    st.session_state.pop(f"{PLACE}|{key}", None)


def take_over(memory: Memory, field: Field) -> None:
    """Take over what a widget holds, and keep it as a draft."""
    widget_key = memory.widget_key(field.name)
    if widget_key in st.session_state:
        set_typed(memory, field, st.session_state[widget_key])


def set_typed(memory: Memory, field: Field, value: Any) -> None:
    """Set what a field holds and what it fills in, and keep it as a draft."""
    typed = list(value) if isinstance(value, list | tuple) else value
    filled = field.fills(typed) if field.fills and typed is not None else {}
    memory.typed |= {field.name: typed, **filled}
    for name in filled:  # these widgets begin with what was filled in
        st.session_state.pop(memory.widget_key(name), None)
    for name in (field.name, *filled):
        memory.errors.pop(name, None)
    memory.result = memory.refusal = ""
    with _unless_it_fails():
        drafts.keep(memory.key, memory.typed)


def untold_result() -> str | None:
    """Return, once, what was saved by a form that is no longer shown."""
    return st.session_state.pop(UNTOLD, None)


@contextlib.contextmanager
def _unless_it_fails() -> Any:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        logger.warning("a draft was not kept or found: %s", type(error).__name__)
