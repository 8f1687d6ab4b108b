"""The timeline of a patient's medicines: a lane per ingredient, and it all in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboards.chart.medication_alerts import NOT_WHOLE
from dashboards.chart.medicines import NONE_DELIVERED
from dashboards.chart.words import plain, time_text
from dashboards.exporting import make_file, offer_file
from dashboards.glass.hidden import note_hidden, nothing_shown
from dashboards.medicines import window as choices
from dashboards.medicines.administrations import doses_of, marks_of
from dashboards.medicines.courses import (
    courses_of,
    drawn_courses,
    left_out_count,
    spans_of,
    without_date,
)
from dashboards.medicines.joining import (
    doses_with_ingredients,
    taken_with_orders,
    without_course,
)
from dashboards.medicines.overlaps import overlaps_of, strips_of
from dashboards.medicines.picture import Shown, picture_of
from dashboards.medicines.reading import History
from dashboards.medicines.results_above import show_results_above
from dashboards.medicines.tables import (
    Row,
    csv_of,
    rows_of_alerts,
    rows_of_courses,
    rows_of_doses,
    show_rows,
)
from dashboards.medicines.window import Window, ask_window, begin, fitting_period

MOST_LANES = 12
MADE = "medicines_made"
EXPLAINED = (
    "Height: the daily dose, against the highest of its lane and unit; orders at one "
    "time are not added up. A low bar has no daily dose and says why. Blue: taken now. "
    "Grey: over. Pale with a dashed edge: only assumed. \u25b6 taken now, \u25a0 "
    "stopped or replaced, ? the end is only assumed, \u2020 died. Dotted: a gap, a "
    "whole day or more without a course. Under the bars: \u25cf a dose given, \u271a "
    "one not given in hospital; !! contraindicated and ! major: an alert of that time."
)


@dataclass(frozen=True)
class Timeline:
    """What the timeline of a patient holds, whatever part of it is shown.

    ``is_current`` says that the source goes on: its today is no end of an export.
    """

    courses: pd.DataFrame
    spans: pd.DataFrame
    overlaps: pd.DataFrame
    doses: pd.DataFrame
    today: pd.Timestamp
    is_current: bool

    @property
    def times(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Return the first time of anything, and the last, or today if it goes on."""
        given = self.doses["administered_at"]
        firsts = pd.concat([self.courses["from_at"], given])
        lasts = pd.concat([self.courses["until_at"], given])
        last = lasts.max()
        return firsts.min(), max(last, self.today) if self.is_current else last


def timeline_of(history: History) -> Timeline:
    """Return the timeline of what was read of a patient."""
    frames, patient = history.frames, history.patient
    taken, without = taken_with_orders(frames), without_course(frames)
    courses = drawn_courses(courses_of(taken, without, patient))
    doses = doses_of(doses_with_ingredients(frames))
    today = patient.as_of
    if pd.isna(today):
        today = pd.concat([courses["until_at"], doses["administered_at"]]).max()
    alerts = overlaps_of(frames["alerts"], today)
    is_current = not frames["freshness"]["is_historical"].all()
    return Timeline(courses, spans_of(courses), alerts, doses, today, is_current)


def show_timeline(history: History) -> None:
    """Show the picture of a period, the same as tables, and a file of it."""
    begin(history.patient_key)
    if not history.is_whole:
        st.warning(NOT_WHOLE, icon=":material/visibility_off:")
    timeline = timeline_of(history)
    if timeline.courses.empty and timeline.doses.empty:
        nothing = nothing_shown(
            history.frames["hidden"], "prescriptions", NONE_DELIVERED
        )
        st.info(nothing)
        _say_what_has_no_lane(history)
        return
    first, last = timeline.times
    fitting = fitting_period(timeline.courses, last)
    window = ask_window((first, last), fitting)
    st.caption(f"{time_text(window.from_at)} to {time_text(window.until_at)}")
    show_results_above(history.patient_key, window)
    lanes = lanes_by_relevance(timeline, window)
    if not lanes:
        st.info("No medicine in this time.")
    else:
        _show_lanes(history, timeline, window, lanes)
    _say_what_has_no_lane(history)
    note_hidden(history.frames["hidden"], "prescriptions")


def lanes_by_relevance(timeline: Timeline, window: Window) -> list[str]:
    """Return the lanes of a window, the most relevant first.

    What is taken now with a grave alert, then what is taken now, then what had a grave
    alert, then what ended last.
    """
    courses, alerts = timeline.courses, timeline.overlaps
    inside = courses[window.holds(courses["from_at"], courses["until_at"])]
    held = alerts[window.holds(alerts["began_at"], alerts["ended_at"])]
    lanes = inside.groupby("lane").agg(
        is_running=("is_running", "any"), last_at=("until_at", "max")
    )
    given = timeline.doses.groupby("lane")["administered_at"].agg(["min", "max"])
    given = given[window.holds(given["min"], given["max"])].drop(
        lanes.index, errors="ignore"
    )
    alone = pd.DataFrame({"is_running": False, "last_at": given["max"]})
    lanes = pd.concat([lanes, alone]) if len(alone) else lanes
    lanes["has_alert"] = lanes.index.isin(list(held["lane"]))
    by_relevance = lanes.sort_index().sort_values(
        ["is_running", "has_alert", "last_at"], ascending=False, kind="stable"
    )
    return list(by_relevance.index)


def _show_lanes(
    history: History, timeline: Timeline, window: Window, lanes: Sequence[str]
) -> None:
    chosen = _chosen_lanes(lanes)
    courses = timeline.courses
    shown = Shown(
        chosen,
        courses,
        timeline.spans,
        strips_of(timeline.overlaps[timeline.overlaps["lane"].isin(chosen)]),
        marks_of(timeline.doses[timeline.doses["lane"].isin(chosen)], window),
    )
    st.altair_chart(picture_of(shown, window, timeline.today), width="stretch")
    st.caption(EXPLAINED)
    inside = courses[window.holds(courses["from_at"], courses["until_at"])]
    rows = rows_of_courses(lanes, inside, timeline.spans, timeline.overlaps)
    _show_tables(history, timeline, window, rows)


def _chosen_lanes(lanes: Sequence[str]) -> list[str]:
    """Offer which lanes are drawn; of many, the most relevant ones at first."""
    if len(lanes) <= MOST_LANES:
        return list(lanes)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            f"Only these of {len(lanes)} medicines in this time",
            lanes,
            key=f"{choices.LANES}_{len(lanes)}",
            placeholder=f"The {MOST_LANES} most relevant",
        )
        others = len(lanes) - MOST_LANES
        is_all = st.toggle(f"Show the other {others} as well", key=choices.ALL_LANES)
    if chosen:
        return [lane for lane in lanes if lane in chosen]
    return list(lanes) if is_all else list(lanes[:MOST_LANES])


def _show_tables(
    history: History, timeline: Timeline, window: Window, rows: Sequence[Row]
) -> None:
    st.subheader("The same in words", anchor=False)
    show_rows(rows, "Courses of medicines in this time")
    doses = rows_of_doses(timeline.doses, window)
    if doses:
        st.markdown("**Doses in hospital**")
        show_rows(doses, "Doses given and not given in this time")
    alerts = rows_of_alerts(history.frames["alerts"], window)
    if alerts:
        with st.expander(f"Alerts in this time, of every grade: {len(alerts)}"):
            show_rows(alerts, "Alerts in this time")
    _offer_csv(history, window, rows)


def _offer_csv(history: History, window: Window, rows: Sequence[Row]) -> None:
    asked = (history.patient_key, window)
    if st.button("Make CSV of the table", icon=":material/table:"):
        file = make_file(
            "medicines", "csv", history.patient_key, len(rows), lambda: csv_of(rows)
        )
        st.session_state[MADE] = (asked, file)
    made_for, file = st.session_state.get(MADE, (None, None))
    if made_for == asked:
        offer_file(file, "medicines")


def _say_what_has_no_lane(history: History) -> None:
    """Say which medicines have no date, and how many orders are no medicine."""
    without = without_course(history.frames)
    undated = without_date(without)
    if undated:
        st.caption(f"Without a date: {plain(', '.join(undated))}")
    left_out = left_out_count(without)
    if left_out:
        orders = "1 order" if left_out == 1 else f"{left_out} orders"
        st.caption(f"Left out: {orders} of fluids, containers and supplies.")
