"""Merging two registrations of one person, and taking that back.

A merge is a decision about a registration: it goes on under another one. No fact moves,
so an un-merge gives back what was there before. The last decision about a registration
holds; chains are not begun here, so that everybody sees where a record goes on.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.permissions import require
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.requirements import filled, now, refuse
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "patient_links"
ACTION = "link patients"
MERGE, UNMERGE = "merge", "unmerge"


def merge_patients(
    settings: Settings,
    person: Person,
    *,
    patient_key: int,
    surviving_patient_key: int,
    reason: str,
) -> list[UUID]:
    """Let a registration go on under another one.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, ACTION, [patient_key, surviving_patient_key])
    if patient_key == surviving_patient_key:
        refuse("these are one registration already")
    links = links_of(settings, person, [patient_key, surviving_patient_key])
    merged = merges_in_force(links)
    if patient_key in merged:
        refuse("this registration goes on under another one already")
    if surviving_patient_key in merged:
        refuse("the other registration goes on under a third one: merge with that")
    if patient_key in merged.values():
        refuse(
            "another registration goes on under this one: keep this one, and let the "
            "other go on under it"
        )
    decision = _decision(MERGE, surviving_patient_key, links)
    return _save(settings, person, patient_key, decision, reason)


def unmerge_patients(
    settings: Settings, person: Person, *, patient_key: int, reason: str
) -> list[UUID]:
    """Take a merge back: the registration stands for itself again.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, ACTION, [patient_key])
    links = links_of(settings, person, [patient_key])
    survivor = merges_in_force(links).get(patient_key)
    if survivor is None:
        refuse("this registration goes on under no other one")
    decision = _decision(UNMERGE, survivor, links)
    return _save(settings, person, patient_key, decision, reason)


def links_of(
    settings: Settings, person: Person, patient_keys: Sequence[int]
) -> list[Entry]:
    """Return the decisions about some registrations, the latest last.

    Those about registrations that went on under one of these are among them once a
    build of the marts knows so.

    Raises:
        ActionError: the role may not read them, or they cannot be read now.
    """
    found = [
        each
        for each in entries(settings, person, FEED, patient_keys)
        if not each.is_entered_in_error
    ]
    return sorted(found, key=lambda each: (each.values["linked_at"], each.changed_at))


def merges_in_force(links: Sequence[Entry]) -> dict[int, int]:
    """Return under which key each registration goes on: the last decision holds."""
    latest = {each.patient_key: each for each in links}
    return {
        patient_key: int(each.values["surviving_patient_id"])
        for patient_key, each in latest.items()
        if each.values["link_type_code"] == MERGE
    }


def _decision(code: str, survivor: int, links: Sequence[Entry]) -> dict[str, Any]:
    """Return a decision that is later than every one before it."""
    earlier = [each.values["linked_at"] for each in links]
    return {
        "link_type_code": code,
        "surviving_patient_id": survivor,
        "linked_at": max([now(), *earlier]),
    }


def _save(
    settings: Settings,
    person: Person,
    patient_key: int,
    decision: dict[str, Any],
    reason: str,
) -> list[UUID]:
    filled(reason, "the reason")
    change = Change(ACTION, patient_key, decision, reason=reason)
    return save(settings, person, [change])
