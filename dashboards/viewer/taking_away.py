"""The flowsheet as CSV and the graphs as PNG; that they were made is written down."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.results import within
from dashboards.chart.trend import drawable
from dashboards.exporting import make_file, offer_file
from dashboards.viewer import choices
from dashboards.viewer.lines import Line
from dashboards.viewer.picture import picture_of
from dashboards.viewer.reading import Known, graphed_results
from dashboards.viewer.sheet import Sheet
from dashboards.viewer.table import status_of
from dashboards.viewer.trends import courses_below, graph_period
from pipelines.access.audit_export import csv_text

MADE = "viewer_made"
HEADINGS = (
    "Panel", "Test", "Collected", "Value", "Unit", "Judgement", "Range", "Range from",
    "Status", "Before it was corrected", "Note", "New since last look", "Result key",
)  # fmt: skip


def show_downloads(known: Known, sheet: Sheet) -> None:
    """Offer the files; each is made by a click, which is written down first."""
    with st.container(horizontal=True, vertical_alignment="center"):
        csv_wanted = st.button("Make CSV of the table", icon=":material/table:")
        is_graphed = any(line.key in choices.graphed() for line in known.lines)
        png_wanted = st.button(
            "Make PNG of the graphs", icon=":material/image:", disabled=not is_graphed
        )
    asked = (known.patient_key, tuple(_keys(sheet)), tuple(choices.graphed()))
    if csv_wanted:
        rows = len(sheet.results)
        _make(known, asked, "csv", rows, lambda: csv_of(sheet))
    if png_wanted:
        _make_picture(known, asked)
    made_for, made = st.session_state.get(MADE, (None, None))
    if made_for == asked:
        offer_file(made, "results")


def csv_of(sheet: Sheet) -> bytes:
    """Return every result of the sheet as a line that no spreadsheet takes for more."""
    by_key = {line.key: line for line in sheet.lines}
    results = sorted(
        sheet.results, key=lambda each: (each.collected_at, each.lab_result_key)
    )
    rows = [_row(sheet, by_key[each.line_key], each) for each in results]
    return "".join(csv_text([HEADINGS, *rows])).encode()


def _row(sheet: Sheet, line: Line, result: Any) -> Sequence[Any]:
    value = result.value_number
    return (
        line.panel,
        line.name,
        result.collected_at.isoformat(),
        result.plain_value if pd.isna(value) else float(value),
        line.unit,
        result.judgement,
        result.shown_range,
        result.shown_basis,
        status_of(result) or "final",
        sheet.former.get(result.lab_result_key, ""),
        result.note,
        "new" if result.lab_result_key in sheet.new else "",
        result.lab_result_key,
    )


def _make_picture(known: Known, asked: tuple[Any, ...]) -> None:
    lines = [line for line in known.lines if line.key in choices.graphed()]
    shown, medicines = graphed_results(known, known.of_lines(lines))
    numbers = drawable(within(shown.results, graph_period()))
    courses = courses_below(medicines)
    zone = ZoneInfo(session.settings().time_zone)
    made_at = datetime.now(UTC).astimezone(zone)
    number = known.identity.record_number or "not delivered"
    heading = f"{known.identity.full_name}, record {number}"

    def draw() -> bytes:
        return picture_of(heading, made_at, lines, numbers, courses)

    _make(known, asked, "png", len(numbers), draw)


def _make(
    known: Known,
    asked: tuple[Any, ...],
    kind: str,
    row_count: int,
    make: Callable[[], bytes],
) -> None:
    file = make_file("results", kind, known.patient_key, row_count, make)
    st.session_state[MADE] = (asked, file)


def _keys(sheet: Sheet) -> list[str]:
    return sorted(each.lab_result_key for each in sheet.results)
