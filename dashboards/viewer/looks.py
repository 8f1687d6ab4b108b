"""What is new since somebody's last look at a patient's results.

A visit to the page is one look, however often it runs: the marks stay until the person
has been away for ten minutes. What was shown is kept at the end of a run, when it
stands on the page; what a choice of tests or time leaves out stays new.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from dashboards import session
from pipelines.access.result_looks import Look, keep_look, last_look

VISIT = "viewer_visit"
VISIT_SECONDS = 600


@dataclass(frozen=True)
class Visit:
    """One visit: whose results, what had been seen before it, what it kept so far."""

    patient_key: int
    before: Look
    shown_at: float
    kept: frozenset[int] | None = None


def visit_of(patient_key: int) -> Look:
    """Return what the person had seen of a patient's results before this visit."""
    visit: Visit | None = st.session_state.get(VISIT)
    now = time.monotonic()
    if (
        visit is None
        or visit.patient_key != patient_key
        or now - visit.shown_at >= VISIT_SECONDS
    ):
        before = last_look(session.settings(), session.person(), patient_key)
        visit = Visit(patient_key, before, now)
    st.session_state[VISIT] = replace(visit, shown_at=now)
    return visit.before


def new_results(before: Look, readings: Mapping[str, int]) -> set[str]:
    """Return the results that were not seen before; at a first look, none is new."""
    if before.looked_at is None:
        return set()
    return {key for key, number in readings.items() if number not in before.readings}


def keep_what_was_shown(readings: Mapping[str, int], shown: Collection[str]) -> None:
    """Keep what stands on the page; after a first look, all that there was.

    What cannot be kept stays new: better marked twice than not at all.
    """
    visit: Visit = st.session_state[VISIT]
    is_first = visit.before.looked_at is None
    seen = readings.values() if is_first else (readings[key] for key in shown)
    told = frozenset(seen) - visit.before.readings
    if visit.kept is not None and told <= visit.kept:
        return
    if keep_look(session.settings(), session.person(), visit.patient_key, told):
        kept = told | (visit.kept or frozenset())
        st.session_state[VISIT] = replace(visit, kept=kept)
