"""Results to look into: alerts of delta checks, and draws that look spoiled."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import number_text, time_text, unit_text
from dashboards.freshness import show_freshness
from dashboards.laboratory.matching import people, words_of
from dashboards.quality.delta_checks import DISEASE, PATTERNS, limit_text
from dashboards.statements import FRESHNESS_OF_SOURCES
from pipelines.access.reading import Query

MOST_LISTED = 200
ALERTS = """
    select
        patient_key, test_name, analyte_code, unit, value_number,
        previous_value_number, hours_between, kind_code, change_limit, limit_unit,
        window_hours, collected_at
    from marts.fct_delta_checks
    order by collected_at desc, lab_result_key, check_code
    limit %(most)s
"""
DRAWS = """
    select
        patient_key, collected_at, pattern_code, test_name, analyte_code, value_text,
        value_number, unit, previous_value_number
    from marts.fct_spurious_draws
    order by collected_at desc, patient_key, pattern_code, lab_result_key
    limit %(most)s
"""


def show_results_to_look_into() -> None:
    """Show the newest alerts and draws, each with its patient."""
    st.caption(f"{DISEASE} The newest {MOST_LISTED} of each are listed.")
    queries = {
        name: Query(statement, {"most": MOST_LISTED})
        for name, statement in (("alerts", ALERTS), ("draws", DRAWS))
    }
    queries["freshness"] = Query(FRESHNESS_OF_SOURCES, {})
    frames = dict(session.reader().read("delta checks", queries).frames)
    show_freshness(frames.pop("freshness"))
    keys = {int(key) for frame in frames.values() for key in frame["patient_key"]}
    names = words_of(people(sorted(keys))) if keys else {}
    _show("Results that differ from the one before", frames["alerts"], names, _alert)
    _show("Draws that look spoiled", frames["draws"], names, _draw)


def _show(
    title: str,
    listed: pd.DataFrame,
    names: dict[int, str],
    row_of: Callable[[Any], dict[str, object]],
) -> None:
    st.subheader(title, anchor=False)
    if listed.empty:
        st.success("None.")
        return
    rows = [
        {
            "Collected": time_text(row.collected_at),
            "Patient": names.get(int(row.patient_key), ""),
            "Test": row.test_name or row.analyte_code,
            **row_of(row),
        }
        for row in listed.itertuples()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _alert(row: Any) -> dict[str, object]:
    return {
        "Result": _number(row.value_number, row.unit),
        "Before": _number(row.previous_value_number, row.unit),
        "Hours between": number_text(row.hours_between),
        "Beyond": limit_text(row),
    }


def _draw(row: Any) -> dict[str, object]:
    value = _number(row.value_number, row.unit) or row.value_text or ""
    return {
        "Result": value,
        "Before": _number(row.previous_value_number, row.unit),
        "Looks like": PATTERNS[row.pattern_code],
    }


def _number(number: float | None, unit: str | None) -> str:
    return (
        f"{number_text(number)} {unit_text(unit)}".strip() if pd.notna(number) else ""
    )
