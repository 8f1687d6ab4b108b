"""Which alerts of a chart are new to whoever looks at it.

A visit is one look, however often the page runs: the marks stay until the person has
been away for ten minutes. What was shown is kept at the end of a run, when it stands on
the page; what stays folded stays new.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards import session
from pipelines.access.alert_looks import alert_number, keep_alert_look, seen_alerts

VISIT = "alerts_visit"
VISIT_SECONDS = 600


@dataclass(frozen=True)
class Visit:
    """One visit: whose chart, what had been seen before it, what it kept so far."""

    patient_key: int
    before: Mapping[int, datetime]
    shown_at: float
    kept: frozenset[int] = frozenset()


def seen_before(patient_key: int) -> Mapping[int, datetime]:
    """Return when the person had seen which alerts before this visit."""
    visit: Visit | None = st.session_state.get(VISIT)
    now = time.monotonic()
    if (
        visit is None
        or visit.patient_key != patient_key
        or now - visit.shown_at >= VISIT_SECONDS
    ):
        visit = Visit(patient_key, _read(patient_key), now)
    st.session_state[VISIT] = replace(visit, shown_at=now)
    return visit.before


def _read(patient_key: int) -> Mapping[int, datetime]:
    """Return when alerts were seen, by the clock of the site."""
    settings = session.settings()
    zone = ZoneInfo(settings.time_zone)
    seen = seen_alerts(settings, session.person(), patient_key)
    return {number: seen_at.astimezone(zone) for number, seen_at in seen.items()}


def number_of(row: Any) -> int:
    """Return the number of an alert of the chart."""
    about = (
        row.alert_kind_code,
        row.severity_code,
        row.first_ingredient_name or "",
        row.second_ingredient_name or "",
        row.subject_name or "",
    )
    return alert_number(about, int(row.holds_since_second))


def keep_what_was_shown(shown: Collection[int]) -> None:
    """Keep the alerts that stand on the page; what cannot be kept stays new."""
    visit: Visit = st.session_state[VISIT]
    told = frozenset(shown) - visit.kept
    if not told:
        return
    if keep_alert_look(session.settings(), session.person(), visit.patient_key, told):
        st.session_state[VISIT] = replace(visit, kept=visit.kept | told)
