"""Laboratory results of choice above the medicines, on the same time axis."""

import streamlit as st

from dashboards.chart.trend import Frame, drawable
from dashboards.chart.words import plain
from dashboards.glass.hidden import note_hidden
from dashboards.medicines import window as choices
from dashboards.medicines.picture import LEFT_PIXELS
from dashboards.medicines.window import Window
from dashboards.viewer.choices import MOST_GRAPHED
from dashboards.viewer.graph import show_line
from dashboards.viewer.reading import Known, known_results, shown_results

HEIGHT = 180
ASKED = "medicines_results"
NONE = "No laboratory result of this patient is known."


def show_results_above(patient_key: int, window: Window) -> None:
    """Show graphs of the tests that were chosen; results are read when asked for."""
    if not st.toggle("Laboratory results above", key=ASKED):
        return
    known = known_results(patient_key, None)
    if known is None or known.results.empty:
        st.caption(NONE)
        return
    note_hidden(known.hidden, "lab_results")
    names = {
        line.key: f"{line.name}, {line.unit or 'no unit'} ({line.count})"
        for line in known.lines
    }
    chosen = st.multiselect(
        f"Tests to graph, up to {MOST_GRAPHED}",
        list(names),
        format_func=names.__getitem__,
        key=choices.GRAPHED,
        max_selections=MOST_GRAPHED,
    )
    if chosen:
        _show_graphs(known, chosen, window)


def _show_graphs(known: Known, chosen: list[str], window: Window) -> None:
    lines = [line for line in known.lines if line.key in chosen]
    asked = known.of_lines(lines)
    inside = window.holds(asked["collected_at"], asked["collected_at"])
    results = shown_results(known, asked[inside]).results
    numbers = drawable(results)
    for line in lines:
        st.markdown(f"**{plain(line.name)}**, {plain(line.unit) or 'no unit'}")
        if (results["line_key"] == line.key).any():
            show_line(line, results, numbers, Frame(window.domain, HEIGHT, LEFT_PIXELS))
        else:
            st.caption("No result in this time.")
