"""Allergies, which must not be missed, and the problem list."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import capitalised, date_text, plain

SEVERITIES = {"severe": "severe", "moderate": "moderate", "mild": "mild"}
MOST_SHOWN = 12


def show_allergies(allergies: pd.DataFrame) -> None:
    """Show active allergies, the dangerous ones first; say so if none is recorded."""
    is_active = allergies["is_active"].astype(bool)
    active, over = allergies[is_active], allergies[~is_active]
    if not active.empty:
        st.error(f"**Allergies:** {_told(active)}")
    elif over.empty:
        st.info("Allergies: none recorded. That is not the same as none.")
    else:
        st.info("Allergies: none recorded as active.")
    if not over.empty:
        st.caption(f"Allergies recorded as over: {_told(over)}")


def _told(allergies: pd.DataFrame) -> str:
    told = dict.fromkeys(_allergy(row) for row in allergies.itertuples())
    return plain("; ".join(told))


NONE_RECORDED = "No active problem is recorded."


def show_problems(problems: pd.DataFrame, nothing: str = NONE_RECORDED) -> None:
    """Show active problems once each, the newest first; resolved ones folded.

    ``nothing`` is said where none is active.
    """
    st.subheader("Problems", anchor=False)
    active = _once_each(problems[problems["is_active"]])
    resolved = _once_each(problems[~problems["is_active"]])
    coded = _once_each(problems[problems["is_active"].isna()])
    if active.empty:
        st.info(nothing)
    _show_in_columns(active.head(MOST_SHOWN))
    if len(active) > MOST_SHOWN:
        with st.expander(f"{len(active) - MOST_SHOWN} more active problems"):
            _show_in_columns(active.iloc[MOST_SHOWN:])
    folded = {
        "resolved": resolved,
        "coded at visits, not known whether they last": coded,
    }
    present = {kind: rows for kind, rows in folded.items() if not rows.empty}
    for column, (kind, rows) in zip(st.columns(2), present.items(), strict=False):
        with column.expander(f"{len(rows)} {kind}"):
            st.markdown(_lines(rows))


def _show_in_columns(problems: pd.DataFrame) -> None:
    if problems.empty:
        return
    half = (len(problems) + 1) // 2
    parts = (problems.iloc[:half], problems.iloc[half:])
    for column, part in zip(st.columns(2), parts, strict=True):
        column.markdown(_lines(part))


def _lines(problems: pd.DataFrame) -> str:
    return "\n".join(
        f"- {plain(_name(row))}, {_period(row)}" for row in problems.itertuples()
    )


def _once_each(problems: pd.DataFrame) -> pd.DataFrame:
    """Return one row per problem, since its first mention."""
    if problems.empty:
        return problems
    ordered = problems.sort_values("started_at", na_position="last")
    first = ordered.drop_duplicates(["condition_name", "condition_code"])
    return first.sort_values("started_at", ascending=False, na_position="last")


def _period(problem: pd.Series) -> str:
    since = date_text(problem.started_at)
    if pd.isna(problem.ended_at):
        return f"since {since}"
    return f"{since} to {date_text(problem.ended_at)}"


def _name(problem: Any) -> str:
    unnamed = f"Diagnosis without a name (code {problem.condition_code})"
    return capitalised(problem.condition_name) or unnamed


def _allergy(allergy: pd.Series) -> str:
    reactions = [
        " ".join(
            part
            for part in (
                SEVERITIES.get(severity or "", ""),
                (name or "").lower(),
            )
            if part
        )
        for name, severity in (
            (allergy.reaction_1_name, allergy.reaction_1_severity_code),
            (allergy.reaction_2_name, allergy.reaction_2_severity_code),
        )
        if name
    ]
    text = capitalised(allergy.substance_name) or "substance not named"
    return f"{text} ({', '.join(reactions)})" if reactions else text
