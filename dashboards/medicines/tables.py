"""The timeline in words: for whom a picture tells nothing, and as a file.

Streamlit's other table is drawn on a canvas, which a screen reader does not read.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.medication_alerts import about
from dashboards.chart.words import capitalised, date_text, plain, time_text
from dashboards.medicines.administrations import GIVEN, NOT_GIVEN, reasons_of
from dashboards.medicines.window import Window
from pipelines.access.audit_export import csv_text

MOST_ROWS = 60
Row = Mapping[str, str]


def rows_of_courses(
    lanes: Sequence[str],
    courses: pd.DataFrame,
    spans: pd.DataFrame,
    overlaps: pd.DataFrame,
) -> list[Row]:
    """Return a row per course, the lanes in their order, the newest course first."""
    place = {lane: number for number, lane in enumerate(lanes)}
    gaps = spans.set_index(["lane", "until_at"])["gap_days"]
    gaps = gaps[gaps > 0].to_dict()
    alerts = {lane: list(each.itertuples()) for lane, each in overlaps.groupby("lane")}
    shown = courses[courses["lane"].isin(list(place))]
    ordered = shown.assign(place=shown["lane"].map(place)).sort_values(
        ["place", "from_at", "until_at"], ascending=[True, False, False]
    )
    return [
        {
            "Medicine": row.lane,
            "From": _moment(row, row.from_at),
            "To": "now" if row.is_running else _moment(row, row.until_at),
            "End": capitalised(row.end_text),
            "Daily dose": row.dose,
            "As ordered": _order(row),
            "For": capitalised(row.reason_name) if _is(row.reason_name) else "",
            "Gap after it": _days(gaps.get((row.lane, row.until_at), 0)),
            "Alerts meanwhile": _alerts(row, alerts.get(row.lane, [])),
        }
        for row in ordered.itertuples()
    ]


def rows_of_alerts(alerts: pd.DataFrame, window: Window) -> list[Row]:
    """Return a row per alert that held in a window, of every grade."""
    shown = alerts[window.holds(alerts["began_at"], alerts["ended_at"])]
    return [
        {
            "Grade": capitalised(row.severity_code),
            "About": about(row),
            "From": time_text(row.began_at),
            "To": time_text(row.ended_at),
            "What may happen": capitalised(row.effect_name),
            "Source": row.source_name,
        }
        for row in shown.itertuples()
    ]


def rows_of_doses(doses: pd.DataFrame, window: Window) -> list[Row]:
    """Return a row per medicine that was given, or not given, in a window."""
    shown = doses[window.holds(doses["administered_at"], doses["administered_at"])]
    return [
        {
            "Medicine": lane,
            "Given": str(int((of_lane["mark"] == GIVEN.word).sum())),
            "Not given": str(int((of_lane["mark"] == NOT_GIVEN.word).sum())),
            "Why not": reasons_of(of_lane[of_lane["mark"] == NOT_GIVEN.word]),
            "First": time_text(of_lane["administered_at"].min()),
            "Last": time_text(of_lane["administered_at"].max()),
        }
        for lane, of_lane in shown.groupby("lane")
    ]


def show_rows(rows: Sequence[Row], name: str, most: int = MOST_ROWS) -> None:
    """Show rows as a table that is read aloud under a name; say what is left out."""
    shown = pd.DataFrame(
        [{key: plain(value or "") for key, value in row.items()} for row in rows[:most]]
    )
    st.table(shown, hide_index=True, border="horizontal", alt=name)
    if len(rows) > most:
        st.caption(f"The first {most} of {len(rows)} are shown; the CSV has all.")


def csv_of(rows: Sequence[Row]) -> bytes:
    """Return rows as a file that no spreadsheet takes for more."""
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "".join(csv_text(lines)).encode()


def _moment(row: Any, moment: pd.Timestamp) -> str:
    """Return a day, with its time unless both ends are known by the day alone."""
    ends = [row.from_at] if row.is_running else [row.from_at, row.until_at]
    is_by_day = all(each == each.normalize() for each in ends)
    return date_text(moment) if is_by_day else time_text(moment)


def _order(row: Any) -> str:
    amount = " ".join(part for part in (row.dose_text, row.dose_unit) if _is(part))
    parts = (row.drug_name, amount, row.frequency_text, row.route_code)
    told = ", ".join(part for part in parts if _is(part))
    return told or "handed out without an order"


def _alerts(row: Any, alerts: Sequence[Any]) -> str:
    """Return the grave alerts that held while a course ran."""
    told = (
        alert.told
        for alert in alerts
        if alert.began_at < row.until_at and alert.ended_at > row.from_at
    )
    return "; ".join(dict.fromkeys(told))


def _days(count: int) -> str:
    return f"{count} {'day' if count == 1 else 'days'}" if count else ""


def _is(value: Any) -> bool:
    return isinstance(value, str) and value != ""
