"""Whether there are counts to show: they come with the first build of the marts."""

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.freshness import show_freshness


def show_prepared() -> bool:
    """Say how fresh the data is; return whether it has ever been prepared."""
    freshness = data.freshness()
    show_freshness(freshness)
    is_prepared = not freshness.empty and not pd.isna(freshness.iloc[0].built_at)
    if not freshness.empty and not is_prepared:
        st.info("What was delivered has not been prepared yet. Counts come with it.")
    elif freshness.empty:
        st.info("Nothing has been delivered yet, so there is nothing to count.")
    return is_prepared
