"""The risk of coming back unplanned: beside the usual, with reasons, while it holds."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import date_text, number_text, plain, time_text

EFFECTS = {"raises": "▲ raises it", "lowers": "▼ lowers it"}
REASONS = (1, 2, 3)


def show_risk(risks: pd.DataFrame) -> None:
    """Show the risk told at the latest discharge, or why none is shown."""
    st.subheader("Risk of coming back unplanned", anchor=False)
    if risks.empty:
        st.info(
            "No risk has been worked out: that takes a discharge from a hospital stay "
            "and a trained model."
        )
        return
    risk = next(risks.itertuples())
    if why_none := _why_none(risk):
        st.info(plain(why_none))
        return
    st.markdown(
        f"**{percent(risk.risk)}** of patients like this one come back to hospital "
        f"unplanned within 30 days of discharge; of all discharged here "
        f"**{percent(risk.base_rate)}** do."
    )
    st.markdown("\n".join(filter(None, (_reason(risk, each) for each in REASONS))))
    st.caption(_basis(risk))


def percent(share: float) -> str:
    """Return a share in whole percent; a small one is never called none."""
    if 0 < share < 0.01:  # noqa: PLR2004
        return "Less than 1 %"
    return f"{round(share * 100)} %"


def _why_none(risk: Any) -> str:
    """Return why no risk is shown; empty where one is."""
    discharged = f"the discharge of {date_text(risk.predicted_at)}"
    if risk.is_deceased:
        return "The patient has died: no risk is shown."
    if not pd.isna(risk.readmitted_at):
        return (
            f"Admitted again on {date_text(risk.readmitted_at)}: the risk told at "
            f"{discharged} no longer holds."
        )
    if not pd.isna(risk.as_of) and risk.as_of > risk.window_ends_at:
        return f"None holds now: the 30 days after {discharged} are over."
    if risk.status_code == "not_enough_data":
        return (
            f"Not enough data: at {discharged} too little of what the model needs was "
            "known."
        )
    if risk.status_code != "scored" or pd.isna(risk.risk):
        why = risk.why_not_shown or "The model has not been released."
        return f"No risk is shown. {why}"
    return ""


def _reason(risk: Any, number: int) -> str:
    """Return a reason as a line of a list; empty where the model gave fewer."""
    name, value, effect = (
        getattr(risk, f"reason_{number}_{part}") for part in ("name", "value", "effect")
    )
    if not name:
        return ""
    told = f"{name}: {value}" if value else name
    return f"- {EFFECTS.get(effect, '')}: {plain(told)}"


def _basis(risk: Any) -> str:
    return plain(
        f"As of the discharge of {time_text(risk.predicted_at)}; holds until "
        f"{date_text(risk.window_ends_at)}. Model {risk.model_version}, trained on "
        f"{number_text(risk.training_stays)} stays of which "
        f"{number_text(risk.training_events)} were followed by such a readmission, up "
        f"to {date_text(risk.cutoff_at)}. Of groups like this one it is right, of one "
        "person it may be wrong: it helps to choose whom to look at, it decides "
        "nothing."
    )
