"""How fresh the page's data is, and which build of the marts it comes from."""

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import capitalised, date_text, time_text


def show_freshness(freshness: pd.DataFrame) -> None:
    """Say when data last came in, what today means for it, and which build this is."""
    if freshness.empty:
        return
    told = freshness.iloc[0]
    parts = []
    if not pd.isna(told.last_landed_at):
        parts.append(f"Last delivery {time_text(told.last_landed_at)}")
    if told.is_historical:
        parts.append(f"historical data, seen as of {date_text(told.as_of)}")
    if not pd.isna(told.built_at):
        parts.append(f"prepared {time_text(told.built_at)}, build {told.build_id}")
    st.caption(
        " · ".join(
            [
                *map(capitalised, parts[:1]),
                *parts[1:],
                f"times in {session.settings().time_zone}",
            ]
        )
    )
    if told.is_building:
        st.caption("Newer data is being prepared; reload in a few minutes.")
