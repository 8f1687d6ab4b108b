"""On the chart, below each table: what of it is reported, and reporting a value."""

import pandas as pd
import streamlit as st

from dashboards import data, session
from dashboards.chart.words import plain, time_text, unit_text
from dashboards.data import Chart
from dashboards.reported.form import REPORTED, show_report_form
from dashboards.reported.incidents import show_incidents
from dashboards.reported.words import review_text
from pipelines.record.actions.permissions import may

MOST_OFFERED = 200
DONE = "reported_on_chart"


def show_reporting(
    chart: Chart, feed: str, named: pd.DataFrame, chosen: str | None = None
) -> None:
    """Say which values of a table are reported, and offer to report one.

    ``named`` has ``fact_key`` and ``fact_name`` of each value, the latest first.
    ``chosen`` is the one whose point was clicked in the chart: it is offered alone.
    """
    show_incidents(chart.frames["incidents"], feed)
    reports = chart.frames["reported"]
    names = dict(zip(named["fact_key"], named["fact_name"], strict=True))
    for report in reports[reports["feed"] == feed].itertuples():
        if report.fact_key in names:
            st.caption(plain(f"{names[report.fact_key]}: {review_text(report)}"))
    if st.session_state.pop(f"{DONE}_{feed}", None):
        st.success(REPORTED)
    if not names or not may(session.person(), "report value"):
        return
    offered = dict(list(names.items())[:MOST_OFFERED])
    label = "Report a value"
    if chosen in names:
        offered = {chosen: names[chosen]}
        label = f"Report the value chosen in the chart: {plain(names[chosen])}"
    with st.popover(label, icon=":material/flag:", type="tertiary"):
        is_reported = show_report_form(feed, chart.patient_key, offered)
    if is_reported:
        st.session_state[f"{DONE}_{feed}"] = True
        # The chart that was read before does not know of it.
        st.session_state.pop(data.KEPT_CHART, None)
        st.rerun()


def named_results(results: pd.DataFrame, analyte: str | None) -> pd.DataFrame:
    """Return the results of the test that is shown, named."""
    shown = results[results["analyte_code"] == analyte]
    return _named(shown, "lab_result_key", "test_name", "value_text", "collected_at")


def named_vital_signs(signs: pd.DataFrame) -> pd.DataFrame:
    """Return the vital signs, named."""
    values = signs.assign(
        told=signs["value_text"].where(
            signs["value_number"].isna(), signs["value_number"].map("{:g}".format)
        )
    )
    return _named(values, "vital_sign_key", "vital_sign_name", "told", "measured_at")


def named_medicines(medicines: pd.DataFrame) -> pd.DataFrame:
    """Return the medicines, named."""
    values = medicines.assign(unit=medicines["dose_unit"])
    return _named(values, "prescription_key", "drug_name", "dose_text", "started_at")


def _named(
    rows: pd.DataFrame, key: str, name: str, value: str, moment: str
) -> pd.DataFrame:
    latest_first = rows.sort_values(moment, ascending=False, na_position="last")
    names = [
        _name(each)
        for each in latest_first[[name, value, "unit", moment]].itertuples(index=False)
    ]
    return pd.DataFrame({"fact_key": list(latest_first[key]), "fact_name": names})


def _name(told: tuple[str, str, str, pd.Timestamp]) -> str:
    name, value, unit, moment = told
    parts = [
        str(name) if isinstance(name, str) else "without a name",
        str(value) if isinstance(value, str) else "",
        unit_text(unit) if isinstance(unit, str) else "",
    ]
    return f"{' '.join(part for part in parts if part)}, {time_text(moment)}"
