"""The table of the flowsheet as a part of the page whose cells can be chosen.

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
CHOSEN = "chosen"


def show_table(table: str, key: str, chosen: str, on_chosen: Callable[[], None]) -> str:
    """Show a table of ours; return which of its cells is chosen, if any.

    ``table`` is HTML in which every delivered word has been escaped.
    """
    _make_known()
    part = st.components.v2.component(
        NAME, js="flowsheet.js", css="flowsheet.css", isolate_styles=False
    )
    made = hashlib.sha256(table.encode()).hexdigest()[:16]
    data = {"table": table, "made": made, "chosen": chosen}
    state = part(key=key, data=data, on_chosen_change=on_chosen)
    return state.get(CHOSEN) or ""


def _make_known() -> None:
    """Tell Streamlit where the script and the style are, once for each server."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        files = ComponentConfig(PART, "assets")
        manager.register_from_manifest(ComponentManifest(PACKAGE, "1", [files]), FOLDER)
