"""The tables of what was written, planned, ordered, given and told: their columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboards.chart.words import (
    capitalised,
    date_text,
    number_text,
    time_text,
    unit_text,
)


@dataclass(frozen=True)
class Table:
    """One table of a tab: its frame, what it says if it is empty, and its columns."""

    frame: str
    empty: str
    columns: Mapping[str, Callable[[Any], str]]


def _code(text: str | None) -> str:
    return capitalised((text or "").replace("_", " "))


def _present(is_present: bool | None) -> str:  # noqa: FBT001 - a column's value
    """Return whether a device is there; nobody is told no who may have one."""
    if pd.isna(is_present):
        return "not known"
    return "yes" if is_present else "no"


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
REPORTS = Table(
    "reports",
    "No report of imaging has been delivered.",
    {
        "Reported": lambda row: time_text(row.reported_at),
        "Of": lambda row: capitalised(row.procedure_name) or row.modality_code or "",
        "Body site": lambda row: capitalised(row.body_site_name),
        "By": lambda row: row.author_name or "",
        "Status": lambda row: _code(row.status_code),
    },
)
DEVICES = Table(
    "devices",
    "No device has been delivered. That is not the same as none.",
    {
        "Device": lambda row: capitalised(row.device_name) or row.device_code,
        "Where": lambda row: capitalised(row.body_site_name),
        "In the patient": lambda row: _present(row.is_present),
        "Since": lambda row: date_text(row.started_at),
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
