"""The chart of one patient, from who it is to what was measured last."""

import streamlit as st

from dashboards import data, session
from dashboards.chart import alert_looks, medicines, problems, results, visits
from dashboards.chart.course import forecasts_ahead
from dashboards.chart.gone_alerts import show_gone_alerts
from dashboards.chart.header import show_header
from dashboards.chart.measures import show_measures
from dashboards.chart.medication_alerts import show_medication_alerts
from dashboards.chart.record_sections import show_record_sections
from dashboards.chart.vital_signs import show_vital_signs
from dashboards.data import Chart
from dashboards.freshness import show_freshness
from dashboards.glass.hidden import note_hidden, nothing_shown, show_hidden
from dashboards.glass.way_in import show_way_in
from dashboards.reconciling.section import show_when_reconciled
from dashboards.reported.on_chart import (
    named_medicines,
    named_results,
    named_vital_signs,
    show_reporting,
)
from dashboards.risk.section import show_risk
from dashboards.worklist.on_chart import show_open_results
from dashboards.worklist.rejected import show_rejected_on_chart
from dashboards.writing.allergy_warnings import show_all_allergies
from dashboards.writing.menu import show_menu
from dashboards.writing.saved import show_saved


def show_chart(
    list_page: str, results_page: str, medicines_page: str, active_list_page: str
) -> None:
    """Show the chart of the chosen patient.

    ``list_page`` is where to choose one, ``results_page`` has all results as a table,
    ``medicines_page`` the medicines over time, ``active_list_page`` what is taken now
    as every source tells it.
    """
    patient_key = session.chosen_patient()
    if patient_key is None:
        st.title("Chart")
        st.info("Choose a patient first.")
        st.page_link(list_page, label="Choose a patient")
        return
    chart = data.chart(patient_key)
    if chart is None:
        st.title("Chart")
        st.warning(
            "This patient's record is not open to you, or holds nothing. The attempt "
            "has been recorded."
        )
        show_way_in(patient_key)
        st.page_link(list_page, label="Choose another patient")
        return
    show_header(chart, list_page)
    frames, as_of = chart.frames, chart.patient.as_of
    show_freshness(frames["freshness"])
    show_hidden(frames["hidden"], patient_key)
    show_all_allergies(chart)
    show_menu(chart)
    show_rejected_on_chart(frames["rejected"], as_of)
    problems.show_problems(frames["problems"], _no_problem(chart))
    note_hidden(frames["hidden"], "conditions")
    show_saved(chart, "conditions")
    show_risk(frames["risk"])
    show_open_results(frames["open_rows"], frames["open_findings"], as_of)
    nothing = nothing_shown(frames["hidden"], "lab_results", results.NONE_DELIVERED)
    trends = forecasts_ahead(
        frames["trends"], as_of, is_deceased=bool(chart.patient.is_deceased)
    )
    chosen = results.show_results(chart.results, trends, as_of, nothing)
    shown = named_results(chart.results, st.session_state.get("analyte"))
    show_reporting(chart, "lab_results", shown, chosen)
    st.page_link(results_page, label="All results as a table", icon=":material/table:")
    note_hidden(frames["hidden"], "lab_results")
    show_measures(frames["measures"])
    shown_alerts = _show_medicines(chart)
    st.page_link(
        medicines_page, label="Medicines over time", icon=":material/timeline:"
    )
    st.page_link(
        active_list_page,
        label="Active list, from every source",
        icon=":material/checklist:",
    )
    chosen = show_vital_signs(frames["vital_signs"], frames["early_warning"])
    signs = named_vital_signs(frames["vital_signs"])
    show_reporting(chart, "vital_signs", signs, chosen)
    show_saved(chart, "vital_signs")
    show_record_sections(chart)
    nothing = nothing_shown(frames["hidden"], "encounters", visits.NONE_DELIVERED)
    visits.show_visits(frames["visits"], nothing)
    note_hidden(frames["hidden"], "encounters")
    alert_looks.keep_what_was_shown(shown_alerts)


def _no_problem(chart: Chart) -> str:
    """Return what is said where no active problem shows."""
    otherwise = problems.NONE_RECORDED
    return nothing_shown(chart.frames["hidden"], "conditions", otherwise)


def _show_medicines(chart: Chart) -> set[int]:
    """Show the medicines; none of them is "known" where some are kept back.

    Returns the numbers of the alerts that stand on the page.
    """
    hidden = chart.frames["hidden"]
    is_whole = "prescriptions" not in set(hidden["kind_code"])
    medicines.show_medicines(
        chart.frames["medicines"],
        nothing_shown(hidden, "prescriptions", medicines.NONE_DELIVERED),
        "none known" if is_whole else "none shown",
    )
    alerts = chart.frames["medication_alerts"]
    is_holding = alerts["is_holding"].astype(bool)
    shown = show_medication_alerts(
        alerts[is_holding],
        alert_looks.seen_before(chart.patient_key),
        is_taking=bool(chart.frames["medicines"]["is_active"].any()),
        is_whole=is_whole,
    )
    show_gone_alerts(alerts[~is_holding])
    note_hidden(hidden, "prescriptions")
    show_when_reconciled(chart)
    show_reporting(chart, "prescriptions", named_medicines(chart.frames["medicines"]))
    show_saved(chart, "prescriptions")
    return shown
