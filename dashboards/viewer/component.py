"""Markup of ours as a part of the page whose buttons tell the page what was pressed.

Streamlit's own table draws on a canvas: nothing in it can be struck through, hovered or
read by a screen reader with its flag in words. The script is a file of ours, as the
policy of the gate allows no other.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

PACKAGE, PART = "ehr-warehouse", "flowsheet"
NAME = f"{PACKAGE}.{PART}"
FOLDER = Path(__file__).parent
Told = Callable[[str], None]


def show_markup(
    markup: str, key: str, tellers: dict[str, Told], chosen: str = ""
) -> None:
    """Show markup in which every delivered word has been escaped.

    ``tellers`` has, by the name that a button tells, what takes its value; ``chosen``
    is the value of the cell that stands out.
    """
    _make_known()
    part = st.components.v2.component(
        NAME, js="flowsheet.js", css="flowsheet.css", isolate_styles=False
    )
    made = hashlib.sha256(markup.encode()).hexdigest()[:16]
    callbacks = {
        f"on_{name}_change": _taking(key, name, take) for name, take in tellers.items()
    }
    part(key=key, data={"markup": markup, "made": made, "chosen": chosen}, **callbacks)


def _taking(key: str, name: str, take: Told) -> Callable[[], None]:
    """Return what hands a pressed button's value on, before the page runs again."""

    def taken() -> None:
        value = st.session_state.get(key, {}).get(name)
        if value:
            take(value)

    return taken


def _make_known() -> None:
    """Tell Streamlit where the script and the style are, once for each server."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        files = ComponentConfig(PART, "assets")
        manager.register_from_manifest(ComponentManifest(PACKAGE, "1", [files]), FOLDER)
