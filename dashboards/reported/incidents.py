"""A quiet line for clinicians: incidents about the very data that a page shows."""

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain
from dashboards.quality.words import feed_text


def show_incidents(incidents: pd.DataFrame, feed: str) -> None:
    """Say that quality staff look into the data behind what is shown of a feed.

    ``incidents`` is what ``INCIDENTS_OF_DATA`` brings.
    """
    for each in incidents[incidents["feed"] == feed].itertuples():
        count = int(each.incidents_count)
        told = "1 open incident" if count == 1 else f"{count} open incidents"
        st.caption(
            plain(
                f"Data quality: {told} about the {feed_text(feed)} of "
                f"{each.source_system}; quality staff look into it."
            )
        )
