"""The graph of one line of results, on a time axis that others share."""

import pandas as pd
import streamlit as st

from dashboards.chart.trend import Frame, trend_chart
from dashboards.viewer.lines import Line


def show_line(
    line: Line, results: pd.DataFrame, numbers: pd.DataFrame, frame: Frame
) -> None:
    """Show one graph, and how many of its results have no place on it.

    ``numbers`` are those of the results that are drawable.
    """
    of_line = numbers[numbers["line_key"] == line.key]
    total = int((results["line_key"] == line.key).sum())
    if of_line.empty:
        st.info("In words, withdrawn or not measured: nothing to draw.")
        return
    st.altair_chart(trend_chart(of_line, frame=frame), width="stretch")
    if len(of_line) < total:
        st.caption(
            f"{total - len(of_line)} of {total} are in words, withdrawn or not "
            "measured and stand in the table only."
        )
