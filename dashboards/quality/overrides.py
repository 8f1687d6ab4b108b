"""Alerts that interrupted a prescriber: how often, and how often in vain."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain
from dashboards.quality.alert_words import KINDS, alert_text, severity_text
from dashboards.quality.regrading import (
    OVERRIDDEN_PERCENT,
    PRESCRIBERS_AT_LEAST,
    RULE,
    SHOWN_AT_LEAST,
    line_of,
    proposed,
    rules_of,
)
from dashboards.quality.shares import COUNT, SHARE, percent, share_number
from pipelines.record.actions.prescribing import OVERRIDE_REASONS

GRADED_ELSEWHERE = "graded by the lists of allergies: no line"


def show_overrides(shown: pd.DataFrame) -> None:
    """Show how often each alert was shown and overridden, and with which reasons."""
    st.subheader("Overridden", anchor=False)
    if shown.empty:
        st.info("No alert has interrupted a prescriber within a year.")
        return
    rules = rules_of(shown)
    whole, part = int(rules["shown_count"].sum()), int(rules["overridden_count"].sum())
    st.markdown(
        f"**{percent(part, whole)} of {whole:,} alerts that interrupted a prescriber "
        "within a year were overridden.** The others were heeded, or the form was "
        "left. Shown again to one prescriber within 12 hours counts once."
    )
    reasons = _reasons_by_rule(shown)
    st.dataframe(
        pd.DataFrame([_row(rule, reasons) for rule in rules.itertuples()]),
        column_config={
            "Shown": COUNT,
            "Overridden": COUNT,
            "Share": SHARE,
            "Prescribers": COUNT,
            "Reasons": st.column_config.TextColumn(width="large"),
        },
        hide_index=True,
        height="content",
    )


def _row(rule: Any, reasons: Mapping[tuple[str, ...], str]) -> dict[str, object]:
    return {
        "About": alert_text(rule.alert_code),
        "Kind": KINDS[rule.alert_kind_code],
        "Grade": severity_text(rule.severity_code),
        "Shown": rule.shown_count,
        "Overridden": rule.overridden_count,
        "Share": share_number(rule.overridden_count, rule.shown_count),
        "Prescribers": rule.prescribers_count,
        "Reasons": reasons.get(_key(rule), "-"),
    }


def show_proposals(shown: pd.DataFrame) -> None:
    """Show which rules to look at again, with the line that a site would add."""
    st.subheader("Proposed for re-grading", anchor=False)
    st.caption(
        f"Shown at least {SHOWN_AT_LEAST} times to at least {PRESCRIBERS_AT_LEAST} "
        f"prescribers and at least 11 patients, and overridden in at least "
        f"{OVERRIDDEN_PERCENT} %: limits of our own choice. Nothing changes by itself. "
        "The line goes into the list site_interaction_rules, in place of one that the "
        "pair has there; graded major, the alert is shown and interrupts nobody."
    )
    rules = proposed(shown)
    if rules.empty:
        st.info("No rule is overridden so often.")
        return
    for rule in rules.itertuples():
        st.markdown(
            f"**{plain(alert_text(rule.alert_code))}** "
            f"({KINDS[rule.alert_kind_code]}, {severity_text(rule.severity_code)}): "
            f"{percent(rule.overridden_count, rule.shown_count)} of "
            f"{rule.shown_count:,} overridden"
        )
        st.code(line_of(rule) or GRADED_ELSEWHERE, language=None)


def _reasons_by_rule(shown: pd.DataFrame) -> dict[tuple[str, ...], str]:
    """Return, by rule, its reasons in words with their counts, the most given first."""
    given = shown[shown["override_reason_code"].notna()]
    told: dict[tuple[str, ...], list[str]] = {}
    for row in given.itertuples():
        name = OVERRIDE_REASONS.get(row.override_reason_code, "another reason")
        told.setdefault(_key(row), []).append(f"{name}: {int(row.reason_count):,}")
    return {key: "; ".join(reasons) for key, reasons in told.items()}


def _key(row: Any) -> tuple[str, ...]:
    return tuple(str(getattr(row, name)) for name in RULE)
