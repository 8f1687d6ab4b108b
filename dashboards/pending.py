"""What people saved a moment ago and the marts do not know yet."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboards import session
from pipelines.record.actions.acknowledging import (
    PendingAcknowledgement,
    pending_acknowledgements,
)
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.reading_entries import marts_state, pending

# What a chart shows of what was saved and is not in the marts yet.
FEEDS_OF_CHART = (
    "allergies",
    "conditions",
    "prescriptions",
    "administrations",
    "medication_requests",
    "medication_reconciliations",
    "vital_signs",
    "questionnaire_responses",
    "notes",
    "care_plans",
    "lab_orders",
    "referrals",
    "appointments",
    "family_history",
    "social_history",
)
KEPT_SAVED = "kept_saved"
# Another person's entry shows within this, one's own at once.
KEPT_SECONDS = 5


@dataclass(frozen=True)
class Saved:
    """What was saved about a patient and is not in the marts yet.

    ``state`` tells which build of the marts lacks it; None if that is not known.
    """

    entries: Sequence[Entry]
    state: str | None

    def of(self, *feeds: str) -> list[Entry]:
        """Return what was saved of some feeds, by time."""
        return [entry for entry in self.entries if entry.feed in feeds]


def acknowledged_just_now(
    lab_result_keys: Sequence[str],
) -> list[PendingAcknowledgement]:
    """Return what the record holds about results that this page has read.

    A record that cannot be read hides no result: the page says so and shows them all.
    """
    try:
        return pending_acknowledgements(
            session.settings(), session.person(), lab_result_keys
        )
    except ActionError:
        st.warning("Acknowledgements of the last minutes cannot be shown just now.")
        return []


def saved_just_now(patient_key: int) -> Saved:
    """Return what was saved about a patient and is not in the marts yet.

    It is read before the chart. So what a build brings into the marts meanwhile may
    show twice for a moment, and is never missing from both.
    """
    kept_key, kept_at, kept = st.session_state.get(KEPT_SAVED, (None, 0.0, None))
    if kept_key == patient_key and time.monotonic() - kept_at < KEPT_SECONDS:
        return kept
    settings, person = session.settings(), session.person()
    try:
        found = pending(settings, person, FEEDS_OF_CHART, [patient_key])
        saved = Saved(found, marts_state(settings, person))
    except ActionError:
        st.warning("What was saved in the last minutes cannot be shown just now.")
        return Saved((), None)
    st.session_state[KEPT_SAVED] = (patient_key, time.monotonic(), saved)
    return saved


def forget_saved() -> None:
    """Forget what was read, because something was saved."""
    st.session_state.pop(KEPT_SAVED, None)


def state_of_marts() -> str | None:
    """Return which build of the marts a page reads; None if that is not known."""
    try:
        return marts_state(session.settings(), session.person())
    except ActionError:
        return None
