"""The tree of panels and their tests, as HTML; every delivered word is escaped here."""

from collections.abc import Collection, Sequence
from html import escape
from itertools import groupby

from dashboards.viewer.lines import Line

PICKED = "picked"


def tree_of(lines: Sequence[Line], picked: Collection[str]) -> str:
    """Return the panels, each of which opens to its tests."""
    panels = "".join(
        _panel(panel, list(of_panel), picked)
        for panel, of_panel in groupby(lines, key=lambda line: line.panel)
    )
    return (
        '<details class="flowsheet-tree" data-opens-when-wide><summary>Panels and '
        f'tests</summary><ul aria-label="Panels and tests">{panels}</ul></details>'
    )


def _panel(panel: str, lines: Sequence[Line], picked: Collection[str]) -> str:
    tests = "".join(
        f"<li>{_button(line.key, line.name, line.count, picked, line.unit)}</li>"
        for line in lines
    )
    is_open = " open" if any(line.key in picked for line in lines) else ""
    return (
        f'<li><details class="tests"{is_open}><summary>'
        f"{_button(panel, panel, len(lines), picked)}</summary>"
        f"<ul>{tests}</ul></details></li>"
    )


def _button(
    value: str, name: str, count: int, picked: Collection[str], unit: str = ""
) -> str:
    is_picked = "true" if value in picked else "false"
    under = f' <span class="under">{escape(unit)}</span>' if unit else ""
    return (
        f'<button type="button" data-tells="{PICKED}" '
        f'data-value="{escape(value, quote=True)}" aria-pressed="{is_picked}">'
        f'{escape(name)}{under} <span class="count">{count}</span></button>'
    )
