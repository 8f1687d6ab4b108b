"""What allergies on record say of a medicine that is about to be ordered or given."""

from collections.abc import Iterable

import streamlit as st

from dashboards.chart.problems import show_allergies
from dashboards.chart.words import plain
from dashboards.data import Chart
from dashboards.writing.words import saved_words
from pipelines.record.actions.catalogue import words_of_allergen, words_of_medicine
from pipelines.record.actions.entry import Entry


def show_all_allergies(chart: Chart) -> None:
    """Show the allergies, those of the last minutes as loud as the others."""
    standing, others = [], []
    for entry in chart.saved.of("allergies"):
        (standing if _stands(entry) else others).append(entry)
    if standing:
        told = "; ".join(map(saved_words, standing))
        st.error(f"**Allergies, just recorded:** {plain(told)}")
    allergies = chart.frames["allergies"]
    # "None recorded" would be untrue beside one that was recorded just now.
    if not standing or not allergies.empty:
        show_allergies(allergies)
    for entry in others:
        st.caption(plain(saved_words(entry)))


def show_allergies_beside(chart: Chart) -> None:
    """Show the allergies beside a form about medicines."""
    with st.container(border=True):
        show_all_allergies(chart)


def allergy_warnings(chart: Chart, drug_name: str | None) -> list[str]:
    """Return a warning for each allergy that a medicine's name matches."""
    words = words_of_medicine(drug_name or "")
    return hidden_warnings(chart) + [
        f"ALLERGY on record: {substance}. This medicine matches it."
        for substance in dict.fromkeys(_substances(chart))
        if words & words_of_allergen(substance)
    ]


def hidden_warnings(chart: Chart) -> list[str]:
    """Return a warning where medicines or allergies are kept from who looks."""
    kinds = set(chart.frames["hidden"]["kind_code"])
    if not kinds & {"prescriptions", "allergies"}:
        return []
    return [
        "Medicines or allergies of this patient are kept to the treating team: this "
        "may interact with one of them. Ask the team."
    ]


def _substances(chart: Chart) -> Iterable[str]:
    allergies = chart.frames["allergies"]
    for each in allergies.itertuples():
        # An allergy whose status nobody knows is one.
        if each.is_active is not False:
            yield each.substance_name
    for entry in chart.saved.of("allergies"):
        if _stands(entry):
            yield entry.values["substance_name"]


def _stands(entry: Entry) -> bool:
    is_refuted = entry.values["verification_status_code"] == "refuted"
    return not entry.is_entered_in_error and not is_refuted


def is_on_record(chart: Chart, substance: str) -> bool:
    """Return whether an allergy to a substance is on record already."""
    known = {(name or "").casefold() for name in _substances(chart)}
    return substance.casefold() in known
