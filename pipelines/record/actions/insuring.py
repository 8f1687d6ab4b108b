"""Insurances of a patient: added, changed, ended; one payer per rank at a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.permissions import require
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.requirements import (
    correction,
    filled,
    one_of,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "coverages"
PLANS = {
    "commercial": "Commercial",
    "medicare": "Medicare",
    "medicaid": "Medicaid",
    "self_pay": "Pays oneself",
    "other": "Other",
}
HOLDERS = {"self": "The patient", "spouse": "Spouse", "parent": "Parent",
           "child": "Child", "other": "Somebody else"}  # fmt: skip
RANKS = {1: "First", 2: "Second", 3: "Third"}
COLUMNS: Mapping[str, str] = {
    "payer_name": "Insurer",
    "plan_name": "Plan",
    "plan_type_code": "Kind of plan",
    "member_number": "Number of the insured",
    "group_number": "Number of the group",
    "subscriber_name": "Holder of the contract",
    "subscriber_relationship_code": "Holder is",
    "priority_number": "Pays as number",
    "started_at": "From",
}


def add_coverage(
    settings: Settings, person: Person, patient_key: int, *, values: Mapping[str, Any]
) -> list[UUID]:
    """Add an insurance; it must not take a rank that another one has then.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "add coverage", [patient_key])
    _check(values)
    _require_free_rank(settings, person, patient_key, values, None)
    content = without_nothing(values) | {"status_code": "active"}
    return save(settings, person, [Change("add coverage", patient_key, content)])


def change_coverage(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    values: Mapping[str, Any],
    reason: str,
) -> list[UUID]:
    """Put other words in the place of an insurance's.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "change coverage", [seen.patient_key])
    _require_running(seen)
    whole = {name: seen.values.get(name) for name in COLUMNS} | dict(values)
    _check(whole)
    _require_free_rank(settings, person, seen.patient_key, whole, seen)
    return save(settings, person, [correction("change coverage", seen, values, reason)])


def end_coverage(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    ended_at: datetime,
    reason: str,
) -> list[UUID]:
    """Let an insurance end; what was billed to it until then stays.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_running(seen)
    started = seen.values["started_at"]
    if started is not None and ended_at < started:
        refuse("an insurance does not end before it begins")
    values = {"ended_at": ended_at, "status_code": "expired"}
    return save(settings, person, [correction("change coverage", seen, values, reason)])


def is_running(entry: Entry) -> bool:
    """Return whether no end of an insurance is known."""
    return not entry.is_entered_in_error and entry.values["ended_at"] is None


def _require_running(seen: Entry) -> None:
    standing(seen, FEED)
    if not is_running(seen):
        refuse("this insurance has ended already")


def _check(values: Mapping[str, Any]) -> None:
    strangers = values.keys() - COLUMNS.keys()
    if strangers:
        refuse(f"{min(strangers)} is not asked for at the desk")
    filled(values.get("payer_name"), "the insurer")
    one_of(values.get("plan_type_code"), PLANS, "the kind of plan")
    if values.get("subscriber_relationship_code") is not None:
        one_of(values["subscriber_relationship_code"], HOLDERS, "the holder")
    if values.get("priority_number") not in RANKS:
        refuse("the rank is first, second or third")
    if values.get("started_at") is None:
        refuse("the day from which it holds is missing")
    if values["plan_type_code"] != "self_pay":
        filled(values.get("member_number"), "the number of the insured")


def _require_free_rank(
    settings: Settings,
    person: Person,
    patient_key: int,
    values: Mapping[str, Any],
    changed: Entry | None,
) -> None:
    """Refuse a rank at which another insurance pays: nobody would know whom to bill."""
    own = changed.record_id if changed else None
    for other in entries(settings, person, FEED, [patient_key]):
        if other.is_entered_in_error or other.record_id == own:
            continue
        ended = other.values["ended_at"]
        has_rank = other.values["priority_number"] == values["priority_number"]
        if has_rank and (ended is None or ended > values["started_at"]):
            refuse("another insurance pays at this rank then; end that one first")
