"""What allergies on record say of a medicine that is about to be ordered or given."""

from collections.abc import Iterable

import streamlit as st

from dashboards.chart.problems import show_allergies
from dashboards.data import Chart
from dashboards.writing.saved import show_saved
from pipelines.record.actions.catalogue import words_of_allergen, words_of_medicine


def show_allergies_beside(chart: Chart) -> None:
    """Show the allergies beside a form about medicines."""
    with st.container(border=True):
        show_allergies(chart.frames["allergies"])
        show_saved(chart, "allergies")


def allergy_warnings(chart: Chart, drug_name: str | None) -> list[str]:
    """Return a warning for each allergy that a medicine's name matches."""
    words = words_of_medicine(drug_name or "")
    return [
        f"ALLERGY on record: {substance}. This medicine matches it."
        for substance in dict.fromkeys(_substances(chart))
        if words & words_of_allergen(substance)
    ]


def _substances(chart: Chart) -> Iterable[str]:
    allergies = chart.frames["allergies"]
    for each in allergies.itertuples():
        # An allergy whose status nobody knows is one.
        if each.is_active is not False:
            yield each.substance_name
    for entry in chart.saved.of("allergies"):
        is_refuted = entry.values["verification_status_code"] == "refuted"
        if not entry.is_entered_in_error and not is_refuted:
            yield entry.values["substance_name"]
