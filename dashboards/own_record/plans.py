"""My treatment plans: those that run, then those that are over."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain
from dashboards.own_record.wording import day_words, period_words, spelled_out

CARD_PIXELS = 620
MOST_OVER = 60
DEFINITION = (
    "A plan is what you and your care team have agreed on. Goals stand as your care "
    "team wrote them."
)


def show_plans(plans: pd.DataFrame) -> None:
    """Show the treatment plans of one patient."""
    if plans.empty:
        st.info("No treatment plan has come in for you.")
        return
    st.caption(DEFINITION)
    running = plans[plans["is_running"]]
    st.subheader("Running now", anchor=False)
    if running.empty:
        st.markdown("No plan is running now.")
    for row in running.itertuples():
        _show_plan(row)
    over = plans[~plans["is_running"]]
    if not over.empty:
        with st.expander(f"{len(over)} that are over"):
            lines = [_over_words(row) for row in over.head(MOST_OVER).itertuples()]
            st.markdown("\n".join(lines))
            if len(over) > MOST_OVER:
                st.caption(f"The latest {MOST_OVER} are shown.")


def _show_plan(row: Any) -> None:
    with st.container(border=True, width=CARD_PIXELS):
        st.markdown(f"##### {plain(spelled_out(row.plan_name) or 'Plan')}")
        if row.reason_name:
            st.markdown(f"For: {plain(spelled_out(row.reason_name))}")
        if row.goal_text:
            st.markdown(f"Goal: {plain(spelled_out(row.goal_text))}")
        if row.outcome_text:
            st.markdown(f"So far: {plain(spelled_out(row.outcome_text))}")
        st.markdown(f"Since {day_words(row.started_at)}")


def _over_words(row: Any) -> str:
    name = plain(spelled_out(row.plan_name) or "Plan")
    parts = [period_words(row.started_at, row.ended_at)]
    parts += [spelled_out(text) for text in (row.goal_text, row.outcome_text) if text]
    return f"- **{name}**: {plain('. '.join(parts))}"
