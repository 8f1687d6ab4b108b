"""Graphs of some tests below each other, with the medicines on the same time axis.

Each test has an axis of its own: units are never mixed on one.
"""

import pandas as pd
import streamlit as st

from dashboards.chart.axes import time_domain
from dashboards.chart.medicines import timeline, with_labels, with_periods
from dashboards.chart.results import within
from dashboards.chart.trend import Frame, drawable
from dashboards.chart.words import plain
from dashboards.viewer import choices
from dashboards.viewer.graph import show_line
from dashboards.viewer.lines import Line
from dashboards.viewer.reading import Known, graphed_results
from dashboards.viewer.window import ALL, PERIODS

LEFT_PIXELS = 130
HEIGHT = 240
PLACE_OF_ALL = list(PERIODS).index(ALL)
MOST_MEDICINES = 8
MEDICINES, MEDICINES_SHOWN = "viewer_medicines", "viewer_medicines_shown"
GRAPH_PERIOD = "viewer_graph_period"
EXPLAINED = (
    "Shaded: the range that each result was judged by, green as sent with it, grey "
    "where the site's or a usual range is used. A hollow mark with a dashed bar "
    "is a bound such as <5: the value lies somewhere along the bar."
)


def show_trends(known: Known) -> None:
    """Show the graphs of the tests that were asked for."""
    st.subheader("Graphs", anchor=False)
    lines = [line for line in known.lines if line.key in choices.graphed()]
    if not lines:
        st.caption("Press the name of a test in the table to graph it; up to four.")
        return
    asked = known.of_lines(lines)
    shown, medicines = graphed_results(known, asked)
    st.selectbox("Graphs over", list(PERIODS), PLACE_OF_ALL, key=GRAPH_PERIOD)
    results = within(shown.results, graph_period())
    numbers = drawable(results)
    period = time_domain((results if numbers.empty else numbers)["collected_at"])
    for line in lines:
        _show_graph(line, results, numbers, period)
    if known.known_at is None:
        _show_medicines(medicines, period)
    else:
        st.caption("Medicines are not shown with the past: they are those of today.")
    st.caption(EXPLAINED)


def _show_graph(
    line: Line,
    results: pd.DataFrame,
    numbers: pd.DataFrame,
    period: tuple[pd.Timestamp, pd.Timestamp],
) -> None:
    """Show one graph under its name, with a way to leave it off."""
    with st.container(horizontal=True, vertical_alignment="center"):
        name = f"**{plain(line.name)}**, {plain(line.unit) or 'no unit'}"
        st.markdown(name, width="content")
        st.button(
            "Leave off",
            key=f"viewer_off_{line.key}",
            on_click=choices.graph,
            args=(line.key,),
            type="tertiary",
            icon=":material/close:",
        )
    show_line(line, results, numbers, Frame(period, HEIGHT, LEFT_PIXELS))


def graph_period() -> pd.DateOffset | None:
    """Return over which period the graphs go; None for all."""
    return PERIODS[st.session_state.get(GRAPH_PERIOD, ALL)]


def courses_below(medicines: pd.DataFrame) -> pd.DataFrame:
    """Return the courses that stand below the graphs, with their periods."""
    courses = _courses(medicines)
    order = st.session_state.get(MEDICINES_SHOWN, [])
    place = courses["medicine"].map({name: at for at, name in enumerate(order)})
    return courses.assign(place=place).dropna(subset="place").sort_values("place")


def by_time_taken(courses: pd.DataFrame) -> list[str]:
    """Return the medicines, those taken now first, then by how long in all."""
    taken = courses.assign(length=courses["to_at"] - courses["from_at"])
    rows = taken.groupby("medicine").agg(
        is_active=("is_active", "any"), length=("length", "sum")
    )
    return list(rows.sort_values(["is_active", "length"], ascending=False).index)


def _courses(medicines: pd.DataFrame) -> pd.DataFrame:
    is_left_out = medicines["is_never_given"] | medicines["is_infusion_component"]
    return with_periods(medicines[~is_left_out.astype(bool)])


def _show_medicines(
    medicines: pd.DataFrame, period: tuple[pd.Timestamp, pd.Timestamp]
) -> None:
    """Show the courses of the period, each medicine in a row of its own."""
    courses = _courses(medicines)
    is_inside = (courses["to_at"] >= period[0]) & (courses["from_at"] <= period[1])
    courses = courses[is_inside]
    if courses.empty:
        st.session_state[MEDICINES_SHOWN] = []
        st.caption("No medicine with a date in this time.")
        return
    order = by_time_taken(courses)
    chosen = st.multiselect(
        f"Medicines underneath, {len(order)} in this time",
        order,
        default=order[:MOST_MEDICINES],
        # Another choice of tests has other medicines to choose from.
        key=f"{MEDICINES}_{period[0]:%Y%m%d}_{period[1]:%Y%m%d}_{len(order)}",
    )
    st.session_state[MEDICINES_SHOWN] = chosen
    shown = with_labels(courses[courses["medicine"].isin(chosen)])
    if not shown.empty:
        st.altair_chart(
            timeline(shown, chosen, Frame(period, left_pixels=LEFT_PIXELS)),
            width="stretch",
        )
        st.caption("Blue: taken now. Grey: ended, or supply run out.")
