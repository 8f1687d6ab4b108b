"""Alerts that held within the last 30 days and hold no more, folded.

Those of an order that its source deleted are in no mart any more, and not here.
"""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.medication_alerts import about
from dashboards.chart.words import capitalised, date_text, plain

MOST_SHOWN = 20
# Why one ended, by its kind; of two medicines it is not said which was stopped.
ENDINGS = {
    "opioid_dose": "the dose is lower",
    "polypharmacy": "fewer are taken",
    "allergy": "the medicine is taken no more",
    "cross_reaction": "the medicine is taken no more",
    "elderly": "the medicine is taken no more",
}
NO_LONGER_TOGETHER = "no longer taken at one time"
CORRECTED = "its order was corrected, known since {day}"


def show_gone_alerts(alerts: pd.DataFrame) -> None:
    """Show what is gone, the latest first, and when and why as far as it is known."""
    if alerts.empty:
        return
    went_at = alerts["ended_at"].fillna(alerts["known_until"])
    order = went_at.sort_values(ascending=False, kind="stable").index
    rows = list(alerts.loc[order].itertuples())
    lines = [f"- {_line(row)}" for row in rows[:MOST_SHOWN]]
    if len(rows) > MOST_SHOWN:
        lines.append(f"- and {len(rows) - MOST_SHOWN} more")
    with st.expander(f"Gone within 30 days: {len(rows)}"):
        st.markdown("\n".join(lines))


def _line(row: Any) -> str:
    return plain(f"{capitalised(row.severity_code)}: {about(row)}; {_ending(row)}")


def _ending(row: Any) -> str:
    if pd.isna(row.ended_at):
        return CORRECTED.format(day=date_text(row.known_until))
    why = ENDINGS.get(row.alert_kind_code, NO_LONGER_TOGETHER)
    later = ""
    if not pd.isna(row.known_until):
        later = f", known since {date_text(row.known_until)}"
    return f"ended {date_text(row.ended_at)}: {why}{later}"
