"""Claims: drafted or sent, answered by the payer, corrected, voided.

A claim goes from draft to submitted, and from there to accepted or rejected. What was
rejected is corrected by a claim of its own that names it; what was paid is voided only
when nothing is left of the payments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.accounts import account_of, amount_of
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.permissions import require
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    one_of,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "claims"
TYPES = {
    "professional": "Professional",
    "institutional": "Institutional",
    "pharmacy": "Pharmacy",
}
STATUSES = {
    "draft": "Draft",
    "submitted": "Submitted",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "corrected": "Corrected and sent again",
    "paid": "Paid",
    "voided": "Voided",
}
SENT = frozenset({"submitted", "corrected"})
VOIDABLE = frozenset({*SENT, "draft", "accepted", "rejected", "paid"})
SUBMITTED = "The claim is sent"


@dataclass(frozen=True)
class Bill:
    """What a claim is about, beside whom it goes to."""

    claim_type: str
    diagnosis_code: str
    diagnosis_code_system: str
    procedure_code: str
    billed: Decimal
    currency: str
    procedure_code_system: str = "CPT"


def submit_claim(
    settings: Settings,
    person: Person,
    visit: Entry,
    coverage: Entry,
    *,
    bill: Bill,
    is_draft: bool = False,
) -> list[UUID]:
    """Bill a visit that is over to an insurance of the same patient.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "submit claim", [visit.patient_key])
    standing(visit, "encounters")
    standing(coverage, "coverages")
    if visit.patient_key != coverage.patient_key:
        refuse("the insurance is another patient's")
    _require_covered(visit, coverage)
    _require_not_billed(settings, person, visit, coverage)
    values = {
        "encounter_id": visit.record_id,
        "coverage_id": coverage.record_id,
        "payer_name": coverage.values["payer_name"],
        "service_started_at": visit.values["started_at"],
        "service_ended_at": visit.values["ended_at"],
        **_content(bill),
        **_sent("draft" if is_draft else "submitted"),
    }
    change = Change("submit claim", visit.patient_key, without_nothing(values))
    return save(settings, person, [change])


def send_draft(settings: Settings, person: Person, seen: Entry) -> list[UUID]:
    """Send a claim that was a draft.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require(seen, {"draft"}, "only a draft is sent")
    return _correct(settings, person, seen, _sent("submitted"), SUBMITTED)


def accept_claim(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    allowed: Decimal,
    of_patient: Decimal,
    reason: str,
) -> list[UUID]:
    """Write down that the payer took a claim, what it allows and what is left.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require(seen, SENT, "only a claim that was sent is accepted")
    allowed = amount_of(allowed, "the amount allowed", is_nothing_possible=True)
    left = amount_of(of_patient, "the patient's part", is_nothing_possible=True)
    if not left <= allowed <= seen.values["billed_amount"]:
        refuse("no more is allowed than was billed, and no more left than allowed")
    values = {
        "status_code": "accepted",
        "allowed_amount": allowed,
        "patient_amount": left,
    }
    return _correct(settings, person, seen, values, reason)


def reject_claim(
    settings: Settings, person: Person, seen: Entry, *, why: str
) -> list[UUID]:
    """Write down that the payer rejected a claim, and why.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require(seen, {*SENT, "accepted"}, "only a claim that was sent is rejected")
    why = filled(why, "why it was rejected")
    values = {"status_code": "rejected", "status_reason_name": why}
    return _correct(settings, person, seen, values, why)


def correct_claim(
    settings: Settings, person: Person, seen: Entry, *, bill: Bill, reason: str
) -> list[UUID]:
    """Send a claim that corrects a rejected one; the rejected one stays readable.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "change claim", [seen.patient_key])
    _require(seen, {"rejected"}, "only a rejected claim is corrected by another")
    reason = filled(reason, "the reason")
    for other in _standing_claims(settings, person, seen.patient_key):
        if other.values["replaces_claim_id"] == seen.record_id:
            refuse("this claim has been corrected by another already")
    kept = ("encounter_id", "coverage_id", "payer_name", "service_started_at",
            "service_ended_at")  # fmt: skip
    values = {
        **{name: seen.values[name] for name in kept},
        **_content(bill),
        **_sent("corrected"),
        "status_reason_name": reason,
        "replaces_claim_id": seen.record_id,
    }
    new = Change("submit claim", seen.patient_key, without_nothing(values))
    # Two who correct one claim at a time cannot both: its version is followed once.
    followed = Change("change claim", seen.patient_key, {}, seen, reason)
    return save(settings, person, [new, followed])


def void_claim(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """Void a claim of which nothing is paid, or everything was given back.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "change claim", [seen.patient_key])
    _require(seen, VOIDABLE, "this claim is voided already")
    if account_of(settings, person, seen).received:
        refuse("something is paid of this claim; give it back or void it first")
    reason = filled(reason, "the reason")
    values = {"status_code": "voided", "status_reason_name": reason}
    return _correct(settings, person, seen, values, reason)


def _correct(
    settings: Settings,
    person: Person,
    seen: Entry,
    values: Mapping[str, Any],
    reason: str,
) -> list[UUID]:
    return save(settings, person, [correction("change claim", seen, values, reason)])


def _require(seen: Entry, statuses: Any, otherwise: str) -> None:
    standing(seen, FEED)
    if seen.values["status_code"] not in statuses:
        refuse(otherwise)


def _require_covered(visit: Entry, coverage: Entry) -> None:
    """Refuse a visit that is not over, or that the insurance did not cover."""
    started, ended = visit.values["started_at"], visit.values["ended_at"]
    if ended is None or ended > now():
        refuse("a visit is billed when it is over")
    since, until = coverage.values["started_at"], coverage.values["ended_at"]
    if (since and started < since) or (until and started >= until):
        refuse("this insurance did not hold when the visit began")


def _require_not_billed(
    settings: Settings, person: Person, visit: Entry, coverage: Entry
) -> None:
    for other in _standing_claims(settings, person, visit.patient_key):
        is_same = (
            other.values["encounter_id"] == visit.record_id
            and other.values["coverage_id"] == coverage.record_id
        )
        if is_same:
            refuse("this visit is billed to this insurance already")


def _standing_claims(
    settings: Settings, person: Person, patient_key: int
) -> list[Entry]:
    return [
        each
        for each in entries(settings, person, FEED, [patient_key])
        if not each.is_entered_in_error and each.values["status_code"] != "voided"
    ]


def _content(bill: Bill) -> dict[str, Any]:
    return {
        "claim_type_code": one_of(bill.claim_type, TYPES, "the kind of claim"),
        "diagnosis_code": filled(bill.diagnosis_code, "the diagnosis"),
        "diagnosis_code_system": filled(bill.diagnosis_code_system, "its code system"),
        "procedure_code": filled(bill.procedure_code, "what is billed"),
        "procedure_code_system": filled(bill.procedure_code_system, "its code system"),
        "billed_amount": amount_of(bill.billed, "the amount billed"),
        "currency_code": filled(bill.currency, "the currency"),
    }


def _sent(status: str) -> dict[str, Any]:
    at: datetime | None = None if status == "draft" else now()
    return {"status_code": status, "submitted_at": at}
