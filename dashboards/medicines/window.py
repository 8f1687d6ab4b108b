"""Which part of the time the medicines are shown in: a period, moved back and forth."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

ALL = "All"
PERIODS = {
    "7 days": pd.DateOffset(days=7),
    "30 days": pd.DateOffset(days=30),
    "90 days": pd.DateOffset(days=90),
    "1 year": pd.DateOffset(years=1),
    "5 years": pd.DateOffset(years=5),
    ALL: None,
}
LONGEST_FITTING = "1 year"
PATIENT, PERIOD, UNTIL = "medicines_patient", "medicines_period", "medicines_until"
LANES, ALL_LANES, GRAPHED = "medicines_lanes", "medicines_all", "medicines_graphed"
ROOM, PERIOD_PIXELS = 0.02, 240
Times = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True)
class Window:
    """A stretch of time, and where those before and after it end; None: no more."""

    from_at: pd.Timestamp
    until_at: pd.Timestamp
    earlier_until: pd.Timestamp | None
    later_until: pd.Timestamp | None

    @property
    def domain(self) -> Times:
        """Return the ends of a time axis, with a little room on both sides."""
        room = (self.until_at - self.from_at) * ROOM
        return self.from_at - room, self.until_at + room

    def holds(self, from_at: pd.Series, until_at: pd.Series) -> pd.Series:
        """Return what lies in it at least in part."""
        return (from_at <= self.until_at) & (until_at >= self.from_at)


def window_of(times: Times, period: str, until: pd.Timestamp | None) -> Window:
    """Return the window of a period that ends at a moment, else with all times."""
    first, last = times
    length = PERIODS[period]
    if length is None:
        return Window(first, max(last, first + pd.Timedelta(days=1)), None, None)
    until = last if until is None else min(until, last)
    from_at = until - length
    return Window(
        from_at,
        until,
        from_at if first < from_at else None,
        min(until + length, last) if until < last else None,
    )


def fitting_period(courses: pd.DataFrame, last: pd.Timestamp) -> str:
    """Return the shortest period that holds, whole, what was taken in the last week.

    Where that is nothing, what was taken in the last year; else all. It is never more
    than a year: what is taken for years is seen well enough in one.
    """
    for reach in (PERIODS["7 days"], PERIODS[LONGEST_FITTING]):
        recent = courses.loc[courses["until_at"] >= last - reach, "from_at"]
        if not recent.empty:
            return _shortest_since(recent.min(), last)
    return ALL


def _shortest_since(first: pd.Timestamp, last: pd.Timestamp) -> str:
    for name, length in PERIODS.items():
        if name == LONGEST_FITTING or last - length <= first:
            return name
    return LONGEST_FITTING


def begin(patient_key: int) -> None:
    """Forget what was chosen for another patient."""
    if st.session_state.get(PATIENT) != patient_key:
        for name in (PERIOD, UNTIL, LANES, ALL_LANES, GRAPHED):
            st.session_state.pop(name, None)
        st.session_state[PATIENT] = patient_key


def ask_window(times: Times, fitting: str) -> Window:
    """Show the choice of the period with the way back and forth; return the window."""
    if PERIOD not in st.session_state:
        st.session_state[PERIOD] = fitting
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.selectbox(
            "Period",
            list(PERIODS),
            key=PERIOD,
            on_change=_move,
            args=(None,),
            width=PERIOD_PIXELS,
        )
        window = window_of(times, period, st.session_state.get(UNTIL))
        _way("Earlier", "chevron_left", window.earlier_until)
        _way("Later", "chevron_right", window.later_until)
    return window


def _way(label: str, icon: str, until: pd.Timestamp | None) -> None:
    st.button(
        label,
        key=f"medicines_{label.lower()}",
        icon=f":material/{icon}:",
        disabled=until is None,
        on_click=_move,
        args=(until,),
    )


def _move(until: pd.Timestamp | None) -> None:
    st.session_state[UNTIL] = until
