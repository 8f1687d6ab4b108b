"""What is worked out from results: the latest of each measure, and from what."""

import pandas as pd
import streamlit as st

from dashboards.chart.words import date_text, number_text, plain, time_text, unit_text

CAUTIONS = {
    "acute_kidney_injury": "may mislead: creatinine was moving (acute kidney injury)"
}
REASONS = {
    "unit": "its unit is not one of the rule's",
    "not_above_zero": "a value is not above zero",
    "age_unknown": "the age is not known",
    "child": "the rule is one of adults",
    "too_young": "too young for the rule",
    "sex_unknown": "the rule needs female or male sex",
    "dialysis": "the patient needs dialysis",
    "parameter_missing": "not all that it needs was recorded",
}
# Where a rule says more precisely what it needs.
REASONS_OF = {
    ("fib4", "too_young"): "the rule holds from 35 years on",
    ("news2", "too_young"): "the rule holds from 16 years on",
}
TABLE = {
    "measured": "Measured",
    "measure_name": "Measure",
    "told": "Value",
    "inputs_text": "Worked out from",
    "rule_name": "Rule",
}


def show_measures(measures: pd.DataFrame) -> None:
    """Show the latest of each measure, and all of them with what they came from."""
    if measures.empty:
        return
    st.subheader("Worked out from results", anchor=False)
    told = measures.assign(told=[told_of(row) for row in measures.itertuples()])
    for row in latest_of_each(told).itertuples():
        st.markdown(
            f"- {plain(row.measure_name)}: {plain(row.told)}, "
            f"{date_text(row.measured_at)}"
        )
    with st.expander("From what, by which rule"):
        shown = told.assign(measured=told["measured_at"].map(time_text))
        st.dataframe(shown[[*TABLE]].rename(columns=TABLE), hide_index=True)


def latest_of_each(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the latest row of each measure, in the order of their names."""
    ordered = measures.sort_values("measured_at", kind="stable")
    latest = ordered.drop_duplicates("measure_code", keep="last")
    return latest.sort_values("measure_name")


def told_of(measure: object) -> str:
    """Return a measure in words: its value and class, or why there is none."""
    if pd.isna(measure.value_number):
        reason = measure.not_computed_reason
        told = REASONS_OF.get((measure.measure_code, reason), REASONS[reason])
        return f"not worked out: {told}"
    if measure.measure_code == "aki_stage":
        return str(measure.class_name)
    parts = [f"{number_text(measure.value_number)} {_unit(measure.unit)}".strip()]
    if not pd.isna(measure.class_name):
        parts.append(str(measure.class_name))
    if not pd.isna(measure.is_lasting) and bool(measure.is_lasting):
        parts.append("below 60 for at least 90 days")
    if not pd.isna(measure.caution_code):
        parts.append(CAUTIONS[measure.caution_code])
    return ", ".join(parts)


def _unit(unit: str) -> str:
    """Return a unit as it is printed; a score has none."""
    return "" if unit == "{score}" else unit_text(unit)
