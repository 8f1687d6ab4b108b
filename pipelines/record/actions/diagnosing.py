"""Diagnoses: recorded, resolved, refuted."""

from datetime import datetime
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    one_of,
    past,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "conditions"
CERTAINTIES = ("confirmed", "provisional")
OVER = frozenset({"resolved", "inactive", "remission"})


def record_diagnosis(  # noqa: PLR0913 - what a diagnosis consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    code: str,
    code_system: str,
    name: str,
    started_at: datetime,
    certainty: str = "confirmed",
    encounter_id: str | None = None,
) -> list[UUID]:
    """Put a diagnosis on the problem list.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    values = {
        "encounter_id": encounter_id,
        "condition_code": filled(code, "the code"),
        "code_system": filled(code_system, "the code system"),
        "condition_name": filled(name, "the name"),
        "category_code": "problem",
        "clinical_status_code": "active",
        "verification_status_code": one_of(certainty, CERTAINTIES, "the certainty"),
        "started_at": past(started_at, "the beginning"),
        "recorded_at": now(),
    }
    change = Change("record diagnosis", patient_key, without_nothing(values))
    return save(settings, person, [change])


def resolve_diagnosis(
    settings: Settings, person: Person, seen: Entry, *, ended_at: datetime, reason: str
) -> list[UUID]:
    """Say that a diagnosis is over.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_active(seen)
    started_at = seen.values["started_at"]
    if started_at is not None and ended_at < started_at:
        refuse("it would be over before it began")
    values = {
        "clinical_status_code": "resolved",
        "ended_at": past(ended_at, "the end"),
    }
    return save(
        settings, person, [correction("correct diagnosis", seen, values, reason)]
    )


def refute_diagnosis(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """Say that a diagnosis turned out to be wrong; it stays readable as refuted.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, FEED)
    if seen.values["verification_status_code"] == "refuted":
        refuse("it is refuted already")
    values = {
        "verification_status_code": "refuted",
        "clinical_status_code": "inactive",
    }
    return save(
        settings, person, [correction("correct diagnosis", seen, values, reason)]
    )


def is_active(entry: Entry) -> bool:
    """Return whether a diagnosis lasts, as far as the record says."""
    return (
        not entry.is_entered_in_error
        and entry.values["clinical_status_code"] not in OVER
        and entry.values["verification_status_code"] != "refuted"
        and entry.values["ended_at"] is None
    )


def _require_active(seen: Entry) -> None:
    standing(seen, FEED)
    if not is_active(seen):
        refuse("this diagnosis is over or refuted already")
