"""What the lists say of what is taken: the gravest open, the rest folded.

What did not stand on the chart before whoever looks is marked as new, by sign and word.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.alert_looks import number_of
from dashboards.chart.words import capitalised, date_text, number_text, plain

CONTRAINDICATED, MAJOR = "contraindicated", "major"
NEW = "● New."
NOTHING = (
    "The lists say nothing of what is taken now. What no list names gives no alert."
)
NOT_WHOLE = (
    "Some medicines of this patient are kept to the treating team: alerts about them "
    "are not shown here. Ask the team."
)


def show_medication_alerts(
    alerts: pd.DataFrame,
    seen: Mapping[int, datetime],
    *,
    is_taking: bool,
    is_whole: bool,
) -> set[int]:
    """Show what holds today; nothing where the patient takes nothing.

    ``seen`` says when the person saw which alerts before; ``is_whole`` that no medicine
    is kept from who looks. Returns the numbers of those that stand open on the page.
    """
    if not is_whole:
        st.warning(NOT_WHOLE, icon=":material/visibility_off:")
    elif is_taking and alerts.empty:
        st.caption(NOTHING)
    grave = alerts["severity_code"].isin((CONTRAINDICATED, MAJOR))
    for row in alerts[grave].itertuples():
        # The sign and the word stand beside the colour.
        if row.severity_code == CONTRAINDICATED:
            st.error(_line(row, seen), icon=":material/block:")
        else:
            st.warning(_line(row, seen), icon=":material/warning:")
    shown = {number_of(row) for row in alerts[grave].itertuples()}
    return shown | _show_folded(alerts[~grave], seen)


def _show_folded(alerts: pd.DataFrame, seen: Mapping[int, datetime]) -> set[int]:
    """Show alerts of lower grade; return those that are unfolded."""
    if alerts.empty:
        return set()
    numbers = {number_of(row) for row in alerts.itertuples()}
    new = len(numbers - seen.keys())
    told = f"Alerts of lower grade: {len(alerts)}" + (f" (● {new} new)" * (new > 0))
    folded = st.expander(told, key="alerts_of_lower_grade", on_change="rerun")
    lines = (f"- {_line(row, seen)}" for row in alerts.itertuples())
    folded.markdown("\n".join(lines))
    return numbers if folded.open else set()


def _line(row: Any, seen: Mapping[int, datetime]) -> str:
    """Return an alert in one line, as delivered text that is never Markdown."""
    seen_at = seen.get(number_of(row))
    parts = (
        f"{capitalised(row.severity_code)}: {about(row)}",
        capitalised(row.effect_name or ""),
        row.mechanism_name or "",
        f"since {date_text(row.began_at)}",
        f"source: {row.source_name}",
        f"seen {date_text(seen_at)}" if seen_at else "",
    )
    told = "; ".join(part for part in parts if part)
    if row.override_reason_name:
        told += (
            f". Prescribed all the same {date_text(row.overridden_at)}: "
            f"{row.override_reason_name}"
        )
    return plain(told) if seen_at else f"**{NEW}** {plain(told)}"


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
