"""The results viewer of one patient: controls, flowsheet, origin, graphs, downloads."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.flags import FLAGS
from dashboards.chart.header import show_header
from dashboards.chart.results import NONE_DELIVERED
from dashboards.chart.words import time_text
from dashboards.freshness import show_freshness
from dashboards.glass.hidden import note_hidden, nothing_shown, show_hidden
from dashboards.glass.way_in import show_way_in
from dashboards.reported.incidents import show_incidents
from dashboards.viewer import choices
from dashboards.viewer.component import show_markup
from dashboards.viewer.lines import Line, chosen_lines
from dashboards.viewer.looks import keep_what_was_shown, new_results, visit_of
from dashboards.viewer.origin import show_origin
from dashboards.viewer.past import ask_known_at, show_banner
from dashboards.viewer.reading import Known, known_results, shown_results
from dashboards.viewer.sheet import Sheet, readings_of, sheet_of
from dashboards.viewer.table import CHOSEN, GRAPHED, table_of
from dashboards.viewer.taking_away import show_downloads
from dashboards.viewer.tree import PICKED, tree_of
from dashboards.viewer.trends import show_trends
from dashboards.viewer.window import (
    PERIODS,
    Window,
    fitting_period,
    minutes_of,
    window_of,
)

NONE_THEN = "No laboratory result of this patient was known then."
LEGEND = " · ".join(f"{flag.sign} {flag.word.lower()}" for flag in FLAGS)


def show_viewer(list_page: str, chart_page: str) -> None:
    """Show the results of the chosen patient; the pages are those to go back to."""
    patient_key = session.chosen_patient()
    if patient_key is None:
        st.title("Results")
        st.info("Choose a patient first.")
        st.page_link(list_page, label="Choose a patient")
        return
    choices.begin(patient_key)
    known = known_results(patient_key, choices.known_at())
    if known is None:
        st.title("Results")
        st.warning(
            "This patient's record is not open to you, or holds nothing. The attempt "
            "has been recorded."
        )
        show_way_in(patient_key)
        st.page_link(list_page, label="Choose another patient")
        return
    show_header(known, list_page)
    st.page_link(chart_page, label="Chart of this patient")
    show_freshness(known.freshness)
    show_hidden(known.hidden, patient_key)
    show_incidents(known.incidents, "lab_results")
    show_banner(known.known_at)
    if known.results.empty:
        nothing = NONE_DELIVERED if known.known_at is None else NONE_THEN
        st.info(nothing_shown(known.hidden, "lab_results", nothing))
        return
    _show_results(known)
    note_hidden(known.hidden, "lab_results")


def _show_results(known: Known) -> None:
    readings = readings_of(known.results)
    new = _new_results(known, readings)
    text = _show_controls(known)
    lines = chosen_lines(known.lines, choices.picked(), text)
    tree_side, sheet_side = st.columns([1, 4])
    with tree_side:
        _show_tree(known.lines, text)
    with sheet_side:
        if not lines:
            st.info("No test of this patient has this name.")
            return
        asked = known.of_lines(lines)
        window = _window(asked)
        _say_what_is_new(known.results, new, window, asked)
        inside = asked["collected_at"].dt.floor("min").isin(window.times)
        shown = shown_results(known, asked[inside])
        is_newest_first = choices.is_newest_first()
        sheet = sheet_of(lines, shown, new, is_newest_first=is_newest_first)
        _show_sheet(sheet, window)
    show_origin(known, sheet)
    show_trends(known)
    show_downloads(known, sheet)
    if known.known_at is None:
        keep_what_was_shown(readings, list(shown.results["lab_result_key"]))


def _new_results(known: Known, readings: Mapping[str, int]) -> set[str]:
    """Return what is new since the last look; of the past nothing is."""
    if known.known_at is not None:
        return set()
    return new_results(visit_of(known.patient_key), readings)


def _show_controls(known: Known) -> str:
    """Show what narrows the sheet; return the text to find."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Find a test",
            placeholder="Part of its name, or of a panel's",
            key=choices.FIND,
            on_change=choices.forget_until,
        )
        asked = known.of_lines(chosen_lines(known.lines, choices.picked(), text))
        if choices.PERIOD not in st.session_state and not asked.empty:
            fitting = fitting_period(minutes_of(asked["collected_at"]))
            st.session_state[choices.PERIOD] = fitting
        st.selectbox(
            "Period", list(PERIODS), key=choices.PERIOD, on_change=choices.forget_until
        )
        st.selectbox("Order", choices.ORDERS, key=choices.ORDER)
        ask_known_at()
    return text


def _show_tree(lines: Sequence[Line], text: str) -> None:
    if choices.picked():
        st.button(
            "Show all panels",
            key="viewer_all",
            on_click=choices.pick_none,
            type="tertiary",
        )
    found = chosen_lines(lines, (), text)
    markup = tree_of(found, choices.picked())
    show_markup(markup, "viewer_tree", {PICKED: choices.pick})


def _window(asked: pd.DataFrame) -> Window:
    """Return the part of the time to show, and offer those before and after it."""
    times = minutes_of(asked["collected_at"])
    window = window_of(times, st.session_state[choices.PERIOD], choices.until())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Earlier",
            key="viewer_earlier",
            icon=":material/chevron_left:",
            disabled=window.earlier_until is None,
            on_click=choices.move,
            args=(window.earlier_until,),
        )
        st.button(
            "Later",
            key="viewer_later",
            icon=":material/chevron_right:",
            disabled=window.later_until is None,
            on_click=choices.move,
            args=(window.later_until,),
        )
        st.caption(_told(window, len(times)), width="content")
    return window


def _told(window: Window, total: int) -> str:
    """Return which part of the time is shown."""
    told = (
        f"{time_text(window.from_at)} to {time_text(window.until_at)}: "
        f"{len(window.times)} of {total} times"
    )
    if window.left_out:
        told += f"; {window.left_out} more of this period by 'Earlier'"
    return told


def _say_what_is_new(
    results: pd.DataFrame, new: set[str], window: Window, asked: pd.DataFrame
) -> None:
    """Say how much is new since the last look, and what of it is not in the sheet."""
    if not new:
        return
    is_new = results["lab_result_key"].isin(new)
    is_in_sheet = results["lab_result_key"].isin(asked["lab_result_key"]) & results[
        "collected_at"
    ].dt.floor("min").isin(window.times)
    elsewhere = results[is_new & ~is_in_sheet]
    told = f"**{len(new)} new or changed since your last look**"
    if elsewhere.empty:
        st.markdown(f"{told}, marked \u201cnew\u201d.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{told}, {len(elsewhere)} of them not shown here.", width="content"
        )
        st.button(
            "Show them",
            key="viewer_show_new",
            on_click=choices.go_to,
            args=(
                tuple(elsewhere["line_key"].unique()),
                elsewhere["collected_at"].max().floor("min"),
            ),
        )


def _show_sheet(sheet: Sheet, window: Window) -> None:
    tellers = {CHOSEN: choices.choose, GRAPHED: choices.graph}
    # Another stretch of time is another table: it begins at its own end.
    key = f"viewer_sheet_{window.from_at:%Y%m%d%H%M}_{window.until_at:%Y%m%d%H%M}"
    show_markup(table_of(sheet), key, tellers, choices.chosen())
    st.caption(
        f"{LEGEND}. A value tells its range and judgement under the pointer; press it "
        "for its origin, a test's name for its graph."
    )
