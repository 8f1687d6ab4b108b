"""Wishes about medicines and their answers: approved with what follows, or denied."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.dosage import MOST_REFILLS, Dosage
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.prescribing import (
    dose_changes,
    require_current,
    stop_change,
)
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    refuse,
    standing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "medication_requests"
OPEN = "requested"
KINDS = {
    "new": "a new medicine",
    "refill": "a refill",
    "dose_change": "another dose",
    "stop": "stopping a medicine",
    "review": "a review of the medicines",
}
ON_REQUEST = "Asked for, and approved"


@dataclass(frozen=True)
class Approval:
    """What follows from a yes: how many refills, or another dosage."""

    refills: int = 1
    dosage: Dosage | None = None


def approve(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    prescription: Entry | None,
    approval: Approval,
    answer: str = "",
) -> list[UUID]:
    """Say yes, and do what was asked for in the same transaction.

    A refill allows the prescription to be dispensed again; with a dosage it becomes a
    prescription in that dosage. A wish to stop stops it. What asks for a new medicine
    or a review is answered; the doctor prescribes or reviews as such.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require_open(seen)
    follows = _follows(person, seen, prescription, approval)
    answered = _answered(person, seen, "approved", answer)
    return save(settings, person, [answered, *follows])


def deny(settings: Settings, person: Person, seen: Entry, *, answer: str) -> list[UUID]:
    """Say no, and why: the patient reads the answer.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require_open(seen)
    answered = _answered(person, seen, "denied", filled(answer, "the answer"))
    return save(settings, person, [answered])


def is_open(entry: Entry) -> bool:
    """Return whether a request waits for its answer."""
    return entry.values["status_code"] == OPEN and not entry.is_entered_in_error


def require_open(seen: Entry) -> None:
    """Refuse what answers a request that is answered.

    Raises:
        ActionError: it is.
    """
    standing(seen, FEED)
    if not is_open(seen):
        refuse("this request has been answered already")


def _follows(
    person: Person, seen: Entry, prescription: Entry | None, approval: Approval
) -> list[Change]:
    kind = seen.values["request_type_code"]
    if kind not in ("refill", "dose_change", "stop"):
        return []
    if prescription is None:
        refuse("the prescription that this is about is not in the record")
    _require_same(seen, prescription)
    if kind == "stop":
        return [stop_change(prescription, "patients_wish", ON_REQUEST)]
    if approval.dosage is not None:
        return dose_changes(person, prescription, approval.dosage, ON_REQUEST)
    if kind == "dose_change":
        refuse("the new dose is missing")
    return [_refilled(prescription, approval.refills)]


def _refilled(prescription: Entry, refills: int) -> Change:
    require_current(prescription)
    before = prescription.values["refills_allowed"] or 0
    if not 1 <= refills <= MOST_REFILLS or before + refills > MOST_REFILLS:
        refuse("so many refills are not possible; prescribe it anew")
    values = {"refills_allowed": before + refills}
    return correction("change prescription", prescription, values, ON_REQUEST)


def _require_same(seen: Entry, prescription: Entry) -> None:
    asked_for = seen.values["prescription_id"]
    is_same = (
        prescription.feed == "prescriptions"
        and prescription.patient_key == seen.patient_key
        and asked_for in (prescription.record_id, prescription.key)
    )
    if not is_same:
        refuse("the request is about another prescription")


def _answered(person: Person, seen: Entry, status: str, answer: str) -> Change:
    values: dict[str, Any] = {
        "status_code": status,
        "practitioner_id": person.practitioner_id,
        "answered_by_name": person.display_name,
        "answered_at": max(now(), seen.values["requested_at"]),
    }
    if answer.strip():
        values["answer_text"] = answer.strip()
    return correction("answer medication request", seen, values, f"Request {status}")
