"""How often delta checks raise alerts and draws look spoiled: counts, no patient."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import number_text, unit_text
from dashboards.quality.prepared import show_prepared
from dashboards.quality.reading import read_delta_checks
from dashboards.quality.shares import COUNT

HOURS_OF_DAY = 24
PATTERNS = {
    "edta": "EDTA of another tube: potassium very high, calcium very low",
    "dilution": "Diluted by an infusion: most fall together, glucose or salt rises",
    "haemolysis": "Haemolysis by the numbers: potassium and LDH jump together",
    "haemolysis_told": "Haemolysis by the laboratory's own comment",
}
DISEASE = (
    "An alert is a reason to look for a wrong patient, a wrong unit or a spoiled "
    "specimen, and no more: with a 60 % limit of creatinine 91 % of the alerts were "
    "real disease or dialysis and 1.2 % errors of the laboratory (Gruenberg 2018). "
    "Clinicians are not shown them, and no flag is changed by them."
)
JUMPS = (
    "Whole groups of results that jump by a known factor, such as 18 for glucose, "
    "stand under Flags and units."
)


def show_delta_checks() -> None:
    """Show the counts of all checks and patterns, of every source."""
    st.title("Delta checks", anchor=False)
    if not show_prepared():
        return
    st.caption(f"{DISEASE} {JUMPS} Counted anew every night.")
    frames = read_delta_checks()
    _show_checks(frames["checks"])
    _show_draws(frames["draws"])


def _show_checks(checks: pd.DataFrame) -> None:
    st.subheader("Results that differ from the one before", anchor=False)
    if checks.empty:
        st.info("No result has been compared with one before it.")
        return
    st.dataframe(
        pd.DataFrame([_check(each) for each in checks.itertuples()]),
        column_config={"Alerts": COUNT, "Compared": COUNT},
        hide_index=True,
    )
    st.caption(
        "A check that is off is counted, so that its alerts are known before it is "
        "switched on; technicians are not shown them."
    )


def _check(each: Any) -> dict[str, object]:
    return {
        "Test": each.analyte,
        "Limit": limit_text(each),
        "Alerts": each.alert_count,
        "Compared": each.compared_count,
        "Alerts per 1,000": round(1000 * each.alert_count / each.compared_count, 1),
        "Rises": each.rise_count,
        "Listed": "on" if each.is_active else "off, counted only",
        "Limit by": each.limit_source_name,
        "Source": each.source_system,
    }


def limit_text(check: Any) -> str:
    """Return the limit of a check and its window in words."""
    unit = unit_text(check.limit_unit)
    per_day = " a day" if check.kind_code == "per_day" else ""
    within = ""
    if not pd.isna(check.window_hours):
        hours = float(check.window_hours)
        is_days = hours % HOURS_OF_DAY == 0
        number = number_text(hours / HOURS_OF_DAY if is_days else hours)
        within = f" within {number} {'days' if is_days else 'hours'}"
    return f"more than {number_text(check.change_limit)} {unit}{per_day}{within}"


def _show_draws(draws: pd.DataFrame) -> None:
    st.subheader("Draws that look spoiled", anchor=False)
    st.caption(
        "A draw is what was collected from a patient at one time. A pattern is no "
        "proof: failing kidneys, dying tumours and great infusions look alike."
    )
    if draws.empty:
        st.success("No draw looks so.")
        return
    st.dataframe(
        pd.DataFrame([_draw(each) for each in draws.itertuples()]),
        column_config={"Draws": COUNT, "Of": COUNT},
        hide_index=True,
    )


def _draw(each: Any) -> dict[str, object]:
    return {
        "Pattern": PATTERNS[each.pattern_code],
        "Draws": each.found_count,
        "Of": each.draws_count,
        "Source": each.source_system,
    }
