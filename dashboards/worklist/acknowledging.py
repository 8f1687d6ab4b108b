"""The button that says: I have seen this."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence, told_failure
from dashboards.worklist.words import test_text
from pipelines.record.actions.acknowledging import (
    LONGEST_COMMENT,
    SeenResult,
    acknowledge,
)
from pipelines.record.actions.failures import ActionError

REFUSED = "acknowledgement_refused"
JUST_ACKNOWLEDGED = "acknowledged_count"


def show_acknowledge(row: Any, findings: pd.DataFrame) -> None:
    """Offer to acknowledge a row: at one click, or with a comment."""
    name = row_name(row)
    comment_key = f"comment_{name}"
    st.button(
        "Acknowledge",
        key=f"acknowledge_{name}",
        type="primary",
        on_click=_acknowledge,
        args=(row, findings, comment_key),
    )
    with st.popover("With a comment"):
        st.text_input(
            "Comment",
            key=comment_key,
            placeholder="What you decided",
            max_chars=LONGEST_COMMENT,
        )
        st.button(
            "Acknowledge with this comment",
            key=f"acknowledge_with_comment_{name}",
            on_click=_acknowledge,
            args=(row, findings, comment_key),
        )


def row_name(row: Any) -> str:
    """Return what tells a row of the worklist from all others."""
    return f"{row.patient_key}_{row.analyte_code}"


def refusal_of(row: Any) -> str | None:
    """Return why the acknowledgement of a row failed just now; told once."""
    name, why = st.session_state.get(REFUSED, (None, None))
    if name != row_name(row):
        return None
    del st.session_state[REFUSED]
    return why


def other_refusal() -> str | None:
    """Return why an acknowledgement failed whose row is no longer on the list."""
    return st.session_state.pop(REFUSED, (None, None))[1]


def just_acknowledged() -> int:
    """Return how many rows this session has acknowledged."""
    return st.session_state.get(JUST_ACKNOWLEDGED, 0)


def _acknowledge(row: Any, findings: pd.DataFrame, comment_key: str) -> None:
    """Acknowledge the findings as they were shown; a failure keeps the row."""
    if session.check() is None:
        return
    seen = [
        SeenResult(int(each.patient_key), each.lab_result_key, each.reading_hash)
        for each in findings.itertuples()
    ]
    comment = st.session_state.get(comment_key, "").strip()
    try:
        acknowledge(session.settings(), session.person(), seen, comment)
    except ActionError as error:
        why = capitalised_sentence(str(error))
        st.session_state[REFUSED] = (row_name(row), why)
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.session_state[REFUSED] = (row_name(row), told_failure(error))
    else:
        st.session_state[JUST_ACKNOWLEDGED] = just_acknowledged() + 1
        st.toast(f"Acknowledged: {plain(test_text(row))}")
