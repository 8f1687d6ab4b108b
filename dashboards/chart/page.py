"""The chart of one patient, from who it is to what was measured last."""

import streamlit as st

from dashboards import data, session
from dashboards.chart.header import show_header
from dashboards.chart.medicines import show_medicines
from dashboards.chart.problems import show_problems
from dashboards.chart.record_sections import show_record_sections
from dashboards.chart.results import show_results
from dashboards.chart.visits import show_visits
from dashboards.chart.vital_signs import show_vital_signs
from dashboards.freshness import show_freshness
from dashboards.glass.hidden import note_hidden, show_hidden
from dashboards.glass.way_in import show_way_in
from dashboards.risk.section import show_risk
from dashboards.worklist.on_chart import show_open_results
from dashboards.writing.allergy_warnings import show_all_allergies
from dashboards.writing.menu import show_menu
from dashboards.writing.saved import show_saved


def show_chart(list_page: str) -> None:
    """Show the chart of the chosen patient; ``list_page`` is where to choose one."""
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
    show_freshness(chart.frames["freshness"])
    show_hidden(chart.frames["hidden"], patient_key)
    show_all_allergies(chart)
    show_menu(chart)
    show_problems(chart.frames["problems"])
    note_hidden(chart.frames["hidden"], "conditions")
    show_saved(chart, "conditions")
    show_risk(chart.frames["risk"])
    frames, as_of = chart.frames, chart.patient.as_of
    show_open_results(frames["open_rows"], frames["open_findings"], as_of)
    show_results(chart.results, as_of)
    note_hidden(chart.frames["hidden"], "lab_results")
    show_medicines(chart.frames["medicines"])
    note_hidden(chart.frames["hidden"], "prescriptions")
    show_saved(chart, "prescriptions")
    show_vital_signs(chart.frames["vital_signs"])
    show_saved(chart, "vital_signs")
    show_record_sections(chart)
    show_visits(chart.frames["visits"])
    note_hidden(chart.frames["hidden"], "encounters")
