"""What the lists say of what is taken: the gravest open, the rest folded."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import capitalised, date_text, number_text, plain

CONTRAINDICATED, MAJOR = "contraindicated", "major"
NOTHING = (
    "The lists say nothing of what is taken now. What no list names gives no alert."
)
NOT_WHOLE = (
    "Some medicines of this patient are kept to the treating team: alerts about them "
    "are not shown here. Ask the team."
)


def show_medication_alerts(
    alerts: pd.DataFrame, *, is_taking: bool, is_whole: bool
) -> None:
    """Show what holds today; nothing where the patient takes nothing.

    ``is_whole`` says that no medicine is kept from who looks.
    """
    if not is_whole:
        st.warning(NOT_WHOLE, icon=":material/visibility_off:")
    elif is_taking and alerts.empty:
        st.caption(NOTHING)
    grave = alerts["severity_code"].isin((CONTRAINDICATED, MAJOR))
    for row in alerts[grave].itertuples():
        # The sign and the word stand beside the colour.
        if row.severity_code == CONTRAINDICATED:
            st.error(_line(row), icon=":material/block:")
        else:
            st.warning(_line(row), icon=":material/warning:")
    others = alerts[~grave]
    if not others.empty:
        with st.expander(f"Alerts of lower grade: {len(others)}"):
            st.markdown("\n".join(f"- {_line(row)}" for row in others.itertuples()))


def _line(row: Any) -> str:
    """Return an alert in one line, as delivered text that is never Markdown."""
    parts = (
        f"{capitalised(row.severity_code)}: {about(row)}",
        capitalised(row.effect_name or ""),
        row.mechanism_name or "",
        f"since {date_text(row.began_at)}",
        f"source: {row.source_name}",
    )
    told = "; ".join(part for part in parts if part)
    if row.override_reason_name:
        told += (
            f". Prescribed all the same {date_text(row.overridden_at)}: "
            f"{row.override_reason_name}"
        )
    return plain(told)


def about(row: Any) -> str:
    """Return which medicines, and what else, an alert is about."""
    first, second = row.first_ingredient_name, row.second_ingredient_name
    subject = row.subject_name or ""
    if row.alert_kind_code == "opioid_dose":
        return f"opioids, {number_text(float(row.number_value))} {subject}"
    if row.alert_kind_code == "polypharmacy":
        return f"{number_text(float(row.number_value))} {subject}"
    if row.alert_kind_code in ("allergy", "cross_reaction"):
        return f"{first} in spite of an allergy to {subject}"
    if row.alert_kind_code == "elderly":
        return f"{first} ({subject}) at this age"
    if row.alert_kind_code == "duplication":
        return f"{first} and {second} ({subject})"
    return f"{first} with {second}"
