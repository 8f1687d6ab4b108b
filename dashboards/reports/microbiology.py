"""Cultures of a patient: what grew, and what kills it, in words beside the letter."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import capitalised, plain, time_text, unit_text

PER_PAGE = 20
NONE = "No result of microbiology has been delivered for this patient."
# A sign and a word beside each letter; colour is never the only sign.
SIGNS = {"S": "●", "SDD": "◐", "I": "◐", "R": "✕", "NS": "✕"}
LEGEND = (
    "S susceptible ●, I intermediate ◐, R resistant ✕: as the laboratory states it; "
    "nothing was derived from the concentration beside it."
)
STATUSES = {
    "final": "● Final",
    "corrected": "◆ Corrected",
    "amended": "◆ Amended",
    "preliminary": "○ Preliminary",
    "registered": "○ Not yet examined",
    "cancelled": "✕ Cancelled",
    "entered-in-error": "✕ Withdrawn",
    "unknown": "○ Status not told",
}


def show_microbiology(results: pd.DataFrame, nothing: str, patient_key: int) -> None:
    """Show the cultures of a patient, the newest specimen first."""
    if results.empty:
        st.info(nothing)
        return
    cultures = list(_cultures(results))
    key = f"shown_cultures_{patient_key}"
    shown = st.session_state.get(key, PER_PAGE)
    if results["antibiotic_name"].notna().any():
        st.caption(LEGEND)
    for culture in cultures[:shown]:
        with st.container(border=True):
            _show_culture(culture)
    if len(cultures) > shown and st.button(
        f"Show {min(PER_PAGE, len(cultures) - shown)} more of {len(cultures)}",
        key="more_cultures",
    ):
        st.session_state[key] = shown + PER_PAGE
        st.rerun()


def susceptibility_text(row: Any) -> str:
    """Return what an antibiotic does: sign, letter and word, or that it is not read."""
    if not pd.isna(row.susceptibility_code):
        sign = SIGNS.get(row.susceptibility_code, "○")
        return f"{sign} {row.susceptibility_code} {row.susceptibility_name.lower()}"
    if row.laboratory_flag:
        return f"○ not read: {row.laboratory_flag}"
    return "○ not told"


def status_of(row: Any) -> str:
    """Return how final a result is: a sign and a word."""
    if row.is_withdrawn and row.result_status_code not in STATUSES:
        return "✕ Withdrawn"
    return STATUSES.get(row.result_status_code, f"○ {row.result_status_code}")


def finding_of(row: Any) -> str:
    """Return what a result says: what grew, else its value, else its remark."""
    if row.organism_name:
        return f"Grew {row.organism_name}"
    value = f"{row.value_text or ''} {unit_text(row.unit)}".strip()
    return value or row.comment_text or "no finding delivered"


def _cultures(results: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the results of one specimen each, in the order of the rows."""
    for key in dict.fromkeys(results["culture_key"]):
        yield results[results["culture_key"] == key]


def _show_culture(culture: pd.DataFrame) -> None:
    first = next(culture.itertuples())
    current = culture[culture["is_current"].astype(bool)]
    of_tests = current[current["antibiotic_name"].isna()]
    names = list(dict.fromkeys(capitalised(n) for n in of_tests["test_name"].dropna()))
    title = ", ".join(names) or capitalised(first.test_name) or "Culture"
    material = capitalised(first.specimen_name) or "material not told"
    collected = culture["collected_at"].max()
    st.markdown(
        f"**{plain(title)}** · {plain(material)} · collected "
        f"{plain(time_text(collected))}"
    )
    for row in of_tests.itertuples():
        _show_finding(row, culture, is_named=len(names) > 1)
    told = set(of_tests["organism_name"].dropna())
    antibiotics = current[current["antibiotic_name"].notna()]
    for organism in dict.fromkeys(antibiotics["organism_name"].fillna("")):
        of_organism = antibiotics[antibiotics["organism_name"].fillna("") == organism]
        if organism and organism not in told:
            st.markdown(f"Grew **{plain(organism)}**")
        _show_susceptibilities(organism, of_organism)
    _show_former_susceptibilities(culture)


def _show_finding(row: Any, culture: pd.DataFrame, *, is_named: bool) -> None:
    name = f"{capitalised(row.test_name)}: " if is_named and row.test_name else ""
    words = plain(f"{name}{finding_of(row)}")
    said = f"~~{words}~~" if row.is_withdrawn else f"**{words}**"
    released = f", {time_text(row.resulted_at)}" if not pd.isna(row.resulted_at) else ""
    st.markdown(f"{said} · {plain(status_of(row))}{plain(released)}")
    if row.comment_text and finding_of(row) != row.comment_text:
        st.caption(plain(f"The laboratory: {row.comment_text}"))
    former = culture[
        (culture["lab_result_key"] == row.lab_result_key)
        & ~culture["is_current"].astype(bool)
    ]
    for version in reversed(list(former.itertuples())):
        said = plain(finding_of(version))
        when = plain(f"{status_of(version)[2:].lower()}, {_when(version)}")
        st.caption(f"Before: ~~{said}~~ · {when}")


def _show_susceptibilities(organism: str, antibiotics: pd.DataFrame) -> None:
    several = len(set(antibiotics["isolate_number"].dropna())) > 1
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Antibiotic": capitalised(row.antibiotic_name),
                    "Against": f"{organism or 'organism not told'}"
                    + (f", isolate {int(row.isolate_number)}" if several else ""),
                    "Says": "✕ withdrawn"
                    if row.is_withdrawn
                    else susceptibility_text(row),
                    "Value": _concentration(row),
                    "Status": status_of(row),
                }
                for row in antibiotics.itertuples()
            ]
        ),
        hide_index=True,
        height="content",
    )


def _show_former_susceptibilities(culture: pd.DataFrame) -> None:
    """Say what an antibiotic was said to do before, where that was something else."""
    of_antibiotics = culture[culture["antibiotic_name"].notna()]
    current = of_antibiotics[of_antibiotics["is_current"].astype(bool)]
    now = {
        row.lab_result_key: (susceptibility_text(row), _concentration(row))
        for row in current.itertuples()
    }
    former = of_antibiotics[~of_antibiotics["is_current"].astype(bool)]
    for row in former.itertuples():
        before = (susceptibility_text(row), _concentration(row))
        if before != now.get(row.lab_result_key):
            told = plain(f"{capitalised(row.antibiotic_name)}: {before[0]} {before[1]}")
            st.caption(f"Before: ~~{told}~~ · {plain(_when(row))}")


def _concentration(row: Any) -> str:
    """Return the value beside the letter; a letter alone is not told twice."""
    value = f"{row.value_text or ''} {unit_text(row.unit)}".strip()
    return "" if value == (row.susceptibility_code or "") else value


def _when(row: Any) -> str:
    return time_text(row.known_from if pd.isna(row.resulted_at) else row.resulted_at)
