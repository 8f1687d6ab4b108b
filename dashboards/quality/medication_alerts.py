"""Alerts about medicines: how many, by which rules, and what the site changes."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.quality.alert_chart import alert_chart
from dashboards.quality.alert_words import (
    ACTIONS,
    KINDS,
    SEVERITIES,
    rule_text,
    severity_text,
)
from dashboards.quality.overrides import show_overrides, show_proposals
from dashboards.quality.prepared import show_prepared
from dashboards.quality.reading import read_medication_alerts
from dashboards.quality.shares import COUNT

MOST_RULES = 50
RATE = st.column_config.NumberColumn(format="%.1f", width="small")
COUNTED = ("Alerts", "Patients")
KIND_COLUMNS = {
    "kind": "Kind",
    "severity": "Grade",
    "alerts": "Alerts",
    "per_100_prescriptions": "Per 100 prescriptions",
    "per_100_patients": "Per 100 patients",
}


def show_medication_alerts() -> None:
    """Show the counts of all sources together."""
    st.title("Medication alerts", anchor=False)
    if not show_prepared():
        return
    st.caption(
        "Every alert about medicines that were taken, past ones too, as it is known "
        "now. What is contraindicated, and an allergy, interrupts whoever prescribes; "
        "the rest is told. Counted anew every night; what was overridden, at once."
    )
    frames = read_medication_alerts()
    alerts = frames["alerts"]
    rules = alerts[alerts["scope_code"] == "rule"]
    for together in alerts[alerts["scope_code"] == "all"].itertuples():
        _show_rates(rules, together)
    _show_rules(rules[rules["alerts_count"] > 0])
    _show_words_of_site(rules[rules["site_action_code"].notna()])
    show_overrides(frames["shown"])
    show_proposals(frames["shown"])


def _show_rates(rules: pd.DataFrame, together: Any) -> None:
    """Show how many alerts there are for what is prescribed."""
    if not together.prescriptions_count:
        st.info("No prescription has been delivered yet.")
        return
    _show_numbers(together)
    rates = _rates(rules, together)
    if rates.empty:
        st.success("No rule has given an alert.")
    else:
        _show_kinds(rates)


def _show_numbers(together: Any) -> None:
    with st.container(horizontal=True):
        for label, number in (
            ("Alerts", f"{together.alerts_count:,}"),
            ("Per 100 prescriptions", _per_100(together, "prescriptions_count")),
            ("Per 100 patients", _per_100(together, "prescribed_patients_count")),
        ):
            st.metric(label, number, border=True)
    st.caption(
        f"{int(together.prescriptions_count):,} prescriptions, without cancelled ones "
        "and parts of infusions, of "
        f"{int(together.prescribed_patients_count):,} patients. A pair that is ordered "
        "twice gives two alerts."
    )


def _show_kinds(rates: pd.DataFrame) -> None:
    """Show the alerts of each kind and grade, as a picture and in numbers."""
    st.subheader("Per 100 prescriptions", anchor=False)
    st.altair_chart(alert_chart(rates))
    st.dataframe(
        rates[list(KIND_COLUMNS)].rename(columns=KIND_COLUMNS),
        column_config={
            "Alerts": COUNT,
            "Per 100 prescriptions": RATE,
            "Per 100 patients": RATE,
        },
        hide_index=True,
        height="content",
    )


def _per_100(together: Any, counted: str) -> str:
    return f"{100 * together.alerts_count / getattr(together, counted):.1f}"


def _rates(rules: pd.DataFrame, together: Any) -> pd.DataFrame:
    """Return the alerts of each kind and grade, the gravest and most frequent first."""
    given = rules[rules["alerts_count"] > 0]
    sums = given.groupby(["severity_code", "alert_kind_code"])["alerts_count"].sum()
    order = list(SEVERITIES)
    rows = sorted(
        sums.items(), key=lambda each: (order.index(each[0][0]), -each[1], each[0][1])
    )
    return pd.DataFrame([_rate(*of, int(count), together) for of, count in rows])


def _rate(severity: str, kind: str, count: int, together: Any) -> dict[str, object]:
    rate = 100 * count / together.prescriptions_count
    return {
        "severity_code": severity,
        "name": f"{KINDS[kind]}, {SEVERITIES[severity].lower()}",
        "kind": KINDS[kind],
        "severity": SEVERITIES[severity],
        "alerts": count,
        "per_100_prescriptions": rate,
        "per_100_patients": 100 * count / together.prescribed_patients_count,
        "told": f"{rate:.1f} ({count:,})",
    }


def _show_rules(rules: pd.DataFrame) -> None:
    """Show the rules that give the most alerts."""
    if rules.empty:
        return
    st.subheader("Rules with the most alerts", anchor=False)
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "About": rule_text(rule),
                    "Kind": KINDS[rule.alert_kind_code],
                    "Grade": severity_text(rule.severity_code),
                    "Alerts": rule.alerts_count,
                    "Patients": rule.patients_count,
                }
                for rule in rules.head(MOST_RULES).itertuples()
            ]
        ),
        column_config={"Alerts": COUNT, "Patients": COUNT},
        hide_index=True,
    )
    if len(rules) > MOST_RULES:
        st.caption(f"The first {MOST_RULES} of {len(rules):,}.")


def _show_words_of_site(rules: pd.DataFrame) -> None:
    """Show alerts before and after each word of the site's own."""
    st.subheader("Before and after the site's own word", anchor=False)
    if rules.empty:
        st.info(
            "The site has added, silenced or re-graded no pair that anybody takes "
            "(list site_interaction_rules)."
        )
        return
    rows = [_before_and_after(rule) for rule in rules.itertuples()]
    st.dataframe(
        pd.DataFrame(rows),
        column_config={name: COUNT for name in rows[0] if name.startswith(COUNTED)},
        hide_index=True,
        height="content",
    )


def _before_and_after(rule: Any) -> dict[str, object]:
    return {
        "About": rule_text(rule),
        "The site": ACTIONS[rule.site_action_code],
        "Grade by the list": severity_text(rule.list_severity_code),
        "Grade here": severity_text(rule.severity_code),
        "Alerts by the list": rule.list_alerts_count,
        "Alerts here": rule.alerts_count,
        "Patients by the list": rule.list_patients_count,
        "Patients here": rule.patients_count,
    }
