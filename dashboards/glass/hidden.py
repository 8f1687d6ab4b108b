"""One line on the chart: that something is kept from who looks, never what."""

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.glass.form import show_form
from pipelines.record.actions.permissions import may

# One, and several.
WORDS = {
    "encounters": ("visit", "visits"),
    "conditions": ("diagnosis", "diagnoses"),
    "prescriptions": ("medicine", "medicines"),
    "lab_results": ("result", "results"),
    "lab_orders": ("order", "orders"),
    "notes": ("note", "notes"),
    "procedures": ("procedure", "procedures"),
    "care_plans": ("treatment plan", "treatment plans"),
    "allergies": ("allergy", "allergies"),
    "referrals": ("referral", "referrals"),
}
OTHER = ("other entry", "other entries")
KEPT_BACK = "What there is, is kept to the treating team and not shown."
# A dose given and a dispense say no more than the medicine they are of.
TOLD_BY_OTHERS = {"dispenses", "administrations", "medication_requests"}


def show_hidden(hidden: pd.DataFrame, patient_key: int) -> None:
    """Say how many entries of each kind are not shown; doctors may open them."""
    told = told_hidden(
        dict(zip(hidden["kind_code"], hidden["fact_count"], strict=True))
    )
    if not told:
        return
    st.warning(
        f"Not shown here, because it is kept to the treating team: {told}. Ask the "
        "team before you prescribe or decide without it."
    )
    if may(session.person(), "break the glass"):
        with st.expander("Open it in need"):
            show_form(patient_key)


def note_hidden(hidden: pd.DataFrame, kind: str) -> None:
    """Say at the end of a section that it is not the whole."""
    counts = dict(zip(hidden["kind_code"], hidden["fact_count"], strict=True))
    if kind in counts:
        told = told_hidden({kind: counts[kind]})
        st.warning(f"This is not all: {told} kept to the treating team.")


def nothing_shown(hidden: pd.DataFrame, kind: str, otherwise: str) -> str:
    """Return what an empty section says: never "none" where something is kept back."""
    is_kept_back = kind in set(hidden["kind_code"])
    return KEPT_BACK if is_kept_back else otherwise


def told_hidden(counts: dict[str, int]) -> str:
    """Return what is not shown, in words: ``1 medicine, 2 visits``."""
    by_words: dict[tuple[str, str], int] = {}
    for kind, count in counts.items():
        if kind not in TOLD_BY_OTHERS or len(counts) == 1:
            words = WORDS.get(kind, OTHER)
            by_words[words] = by_words.get(words, 0) + int(count)
    return ", ".join(
        f"{count} {one if count == 1 else several}"
        for (one, several), count in by_words.items()
    )
