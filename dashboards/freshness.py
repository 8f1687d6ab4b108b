"""How fresh a page's data is, and which build of the marts it comes from."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import date_text, plain, time_text


def show_freshness(freshness: pd.DataFrame) -> None:
    """Say when data last came in, what today means for it, and which build this is.

    ``freshness`` has one row per source: what ``FRESHNESS_OF_SOURCES`` brings, or
    ``FRESHNESS_OF_PATIENT`` for the source of one patient.
    """
    if freshness.empty:
        st.caption("No data has been delivered yet.")
        return
    rows = list(freshness.itertuples())
    told = rows[0]
    parts = [_deliveries(rows)]
    if not pd.isna(told.built_at):
        parts.append(f"prepared {time_text(told.built_at)}, build {told.build_id}")
    parts.append(f"times in {session.settings().time_zone}")
    st.caption(plain(" · ".join(parts)))
    if told.is_building:
        st.caption("Newer data is being prepared; reload in a few minutes.")


def _deliveries(rows: list[Any]) -> str:
    """Return when each source last delivered; a source's name only beside others."""
    if len(rows) == 1:
        return f"Last delivery {_delivery(rows[0])}"
    told = [f"{row.source_system} {_delivery(row)}" for row in rows]
    return f"Last deliveries: {'; '.join(told)}"


def _delivery(row: Any) -> str:
    landed = time_text(row.last_landed_at)
    if row.is_historical:
        return f"{landed} (historical data, seen as of {date_text(row.as_of)})"
    return landed
