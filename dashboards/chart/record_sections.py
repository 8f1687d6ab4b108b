"""What was written, planned, ordered, given and told: one tab each.

What was saved a moment ago stands above its table, marked as being processed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import (
    capitalised,
    date_text,
    number_text,
    time_text,
    unit_text,
)
from dashboards.data import Chart
from dashboards.writing.note_texts import show_note_texts
from dashboards.writing.saved import show_saved

MOST_PIXELS = 300
ROW_PIXELS = 35


@dataclass(frozen=True)
class Table:
    """One table of a tab: its frame, what it says if it is empty, and its columns."""

    frame: str
    empty: str
    columns: Mapping[str, Callable[[Any], str]]


def _code(text: str | None) -> str:
    return capitalised((text or "").replace("_", " "))


def _amount(row: Any) -> str:
    parts = (row.dose_text, unit_text(row.dose_unit))
    return " ".join(part for part in parts if part)


NOTES = Table(
    "notes",
    "No note has been delivered.",
    {
        "Written": lambda row: time_text(row.written_at),
        "Kind": lambda row: row.title or _code(row.note_type_code),
        "By": lambda row: row.author_name or "",
        "Status": lambda row: _code(row.status_code),
    },
)
PLANS = Table(
    "plans",
    "No treatment plan has been delivered.",
    {
        "Plan": lambda row: capitalised(row.plan_name),
        "For": lambda row: capitalised(row.reason_name),
        "Goal": lambda row: row.goal_text or "",
        "Outcome": lambda row: row.outcome_text or "",
        "Status": lambda row: _code(row.status_code),
        "From": lambda row: date_text(row.started_at),
    },
)
ORDERS = Table(
    "orders",
    "No order has been delivered.",
    {
        "Ordered": lambda row: time_text(row.ordered_at),
        "What": lambda row: row.test_name or "",
        "Priority": lambda row: _code(row.priority_code),
        "Status": lambda row: _code(row.status_code),
        "For": lambda row: capitalised(row.reason_name),
    },
)
REFERRALS = Table(
    "referrals",
    "No referral has been delivered.",
    {
        "Referred": lambda row: time_text(row.requested_at),
        "To": lambda row: row.specialty_name or "",
        "Priority": lambda row: _code(row.priority_code),
        "Status": lambda row: _code(row.status_code),
        "For": lambda row: capitalised(row.reason_name),
    },
)
APPOINTMENTS = Table(
    "appointments",
    "No appointment has been delivered.",
    {
        "When": lambda row: (
            "no time yet" if pd.isna(row.starts_at) else time_text(row.starts_at)
        ),
        "Kind": lambda row: row.appointment_type_name or row.specialty_name or "",
        "Status": lambda row: _code(row.status_code),
    },
)
DOSES = Table(
    "doses",
    "No dose has been delivered.",
    {
        "When": lambda row: time_text(row.administered_at),
        "Medicine": lambda row: capitalised(row.drug_name),
        "Amount": _amount,
        "Status": lambda row: _code(row.status_code),
        "Why not": lambda row: capitalised(row.reason_name),
        "By": lambda row: row.performer_name or "",
    },
)
REQUESTS = Table(
    "requests",
    "No request has been delivered.",
    {
        "Asked": lambda row: time_text(row.requested_at),
        "For": lambda row: _code(row.request_type_code),
        "Medicine": lambda row: capitalised(row.drug_name),
        "Status": lambda row: _code(row.status_code),
        "Answered by": lambda row: row.answered_by_name or "",
    },
)
FAMILY = Table(
    "family",
    "No family history has been delivered.",
    {
        "Relative": lambda row: _code(row.relationship_code),
        "Condition": lambda row: capitalised(row.condition_name) or row.condition_code,
        "Age at onset": lambda row: number_text(row.onset_age_years),
    },
)
SOCIAL = Table(
    "social",
    "No answer about the way of life has been delivered.",
    {
        "Question": lambda row: row.observation_name or "",
        "Last answer": lambda row: row.value_text or "",
        "Asked": lambda row: date_text(row.observed_at),
    },
)
SCORES = Table(
    "scores",
    "No score has been delivered.",
    {
        "Asked": lambda row: time_text(row.answered_at),
        "Question": lambda row: row.question_name or "",
        "Answer": lambda row: row.answer_text or "",
    },
)
# Of each tab: the feeds whose saved entries stand in it, and its tables.
TABS: Mapping[str, tuple[Sequence[str], Sequence[Table]]] = {
    "Notes": (("notes",), (NOTES,)),
    "Plans": (("care_plans",), (PLANS,)),
    "Orders": (("lab_orders",), (ORDERS,)),
    "Doses": (("administrations",), (DOSES,)),
    "Requests": (("medication_requests",), (REQUESTS,)),
    "Referrals, appointments": (
        ("referrals", "appointments"),
        (REFERRALS, APPOINTMENTS),
    ),
    "History": (("family_history", "social_history"), (FAMILY, SOCIAL)),
    "Scores": (("questionnaire_responses",), (SCORES,)),
}


def show_record_sections(chart: Chart) -> None:
    """Show a tab for each kind; what was saved just now comes first."""
    st.subheader("Record", anchor=False)
    for tab, name in zip(st.tabs(list(TABS)), TABS, strict=True):
        feeds, tables = TABS[name]
        with tab:
            show_saved(chart, *feeds)
            for table in tables:
                _show(chart.frames[table.frame], table)
            if name == "Notes":
                show_note_texts(chart)


def _show(frame: pd.DataFrame, table: Table) -> None:
    if frame.empty:
        st.caption(table.empty)
        return
    rows = list(frame.itertuples())
    shown = pd.DataFrame(
        {name: [tell(row) for row in rows] for name, tell in table.columns.items()}
    )
    st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        height=min(38 + ROW_PIXELS * len(shown), MOST_PIXELS),
    )
