"""Payments: posted, allocated, adjusted, given back, voided.

Every sum about a claim follows the version of the claim that was seen. Two people who
post at the same moment cannot both; the second one sees the account as it is then. What
came in for no claim is allocated, or voided, by following the versions of all such
payments of the patient: so two cannot allocate the same money to two claims.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.accounts import (
    ADJUSTMENT,
    ALLOCATION,
    FEED,
    NOTHING,
    PAYMENT,
    REFUND,
    account_of,
    amount_of,
    is_counted,
    loose,
    unallocated,
)
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.permissions import require
from pipelines.record.actions.reading_entries import entries
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

PAYERS = {"insurer": "Insurer", "patient": "Patient"}
METHODS = {"transfer": "Transfer", "card": "Card", "cash": "Cash", "check": "Check"}
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "CAD")
OWED = frozenset({"submitted", "accepted", "corrected", "paid"})
SETTLED, REOPENED = "paid", "accepted"


def post_payment(  # noqa: PLR0913 - what a payment consists of
    settings: Settings,
    person: Person,
    claim: Entry,
    *,
    amount: Decimal,
    payer: str,
    method: str,
    paid_at: datetime,
) -> list[UUID]:
    """Post what came in for a claim; it may be more than is owed.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_to_post(settings, person, claim)
    _require_owed(claim)
    values = _came_in(amount, payer, method, paid_at)
    return _post(settings, person, claim, {"payment_type_code": PAYMENT, **values})


def post_unallocated(  # noqa: PLR0913 - what a payment consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    amount: Decimal,
    currency: str,
    payer: str,
    method: str,
    paid_at: datetime,
) -> list[UUID]:
    """Post what came in for no claim yet.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    values = {
        "payment_type_code": PAYMENT,
        "status_code": "posted",
        "currency_code": one_of(currency, CURRENCIES, "the currency"),
        **_came_in(amount, payer, method, paid_at),
    }
    return save(settings, person, [Change("post payment", patient_key, values)])


def allocate(
    settings: Settings, person: Person, claim: Entry, *, amount: Decimal
) -> list[UUID]:
    """Allocate to a claim what had come in from its patient for none.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_to_post(settings, person, claim)
    _require_owed(claim)
    amount = amount_of(amount, "the amount")
    payments = entries(settings, person, FEED, [claim.patient_key])
    currency = claim.values["currency_code"]
    if amount > unallocated(payments, currency):
        refuse("so much has not come in without a claim")
    _require_at_most_owed(settings, person, claim, amount)
    values = {"payment_type_code": ALLOCATION, "amount": amount, "paid_at": now()}
    followed = _followed(loose(payments, currency), "A part of it was allocated")
    return _post(settings, person, claim, values, followed)


def adjust(
    settings: Settings, person: Person, claim: Entry, *, amount: Decimal, reason: str
) -> list[UUID]:
    """Write off a part of what is owed.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_to_post(settings, person, claim)
    _require_owed(claim)
    amount = amount_of(amount, "the amount")
    _require_at_most_owed(settings, person, claim, amount)
    values = {
        "payment_type_code": ADJUSTMENT,
        "amount": amount,
        "paid_at": now(),
        "reason_name": filled(reason, "the reason"),
    }
    return _post(settings, person, claim, values)


def refund(  # noqa: PLR0913 - what a refund consists of
    settings: Settings,
    person: Person,
    claim: Entry,
    *,
    amount: Decimal,
    payer: str,
    method: str,
    reason: str,
) -> list[UUID]:
    """Give back what was paid of a claim, at most all of it.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_to_post(settings, person, claim)
    standing(claim, "claims")
    amount = amount_of(amount, "the amount")
    if amount > account_of(settings, person, claim).received:
        refuse("no more is given back than was paid of this claim")
    values = {
        "payment_type_code": REFUND,
        **_came_in(amount, payer, method, now()),
        "reason_name": filled(reason, "the reason"),
    }
    return _post(settings, person, claim, values)


def void_payment(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """Say that a sum does not count, such as a check that bounced.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "change payment", [seen.patient_key])
    standing(seen, FEED)
    if not is_counted(seen):
        refuse("this sum is voided already")
    values = {"status_code": "voided", "reason_name": filled(reason, "the reason")}
    voided = correction("change payment", seen, values, reason)
    others = _require_unallocated(settings, person, seen)
    reopened = _reopened(settings, person, seen, reason)
    return save(settings, person, [*_in_one_order([voided, *others]), *reopened])


def _require_unallocated(
    settings: Settings, person: Person, seen: Entry
) -> list[Change]:
    """Refuse to void what came in for no claim and was allocated to one since.

    Returns:
        What follows the other such payments, so that nobody allocates meanwhile.
    """
    payments = entries(settings, person, FEED, [seen.patient_key])
    currency = seen.values["currency_code"]
    of_no_claim = loose(payments, currency)
    others = [each for each in of_no_claim if each.record_id != seen.record_id]
    if len(others) == len(of_no_claim):
        return []
    rest = [each for each in payments if each.record_id != seen.record_id]
    left = unallocated(payments, currency) - seen.values["amount"]
    if unallocated(rest, currency) != left:
        refuse("a part of this was allocated to a claim; void the allocation first")
    return _followed(others, "Another payment was voided")


def _followed(payments: Sequence[Entry], why: str) -> list[Change]:
    """Return changes that change nothing and that only one of several can make."""
    return _in_one_order(
        [Change("change payment", each.patient_key, {}, each, why) for each in payments]
    )


def _in_one_order(changes: list[Change]) -> list[Change]:
    """Return changes in the order in which everybody makes them, so that none waits."""
    return sorted(changes, key=lambda each: str(each.seen and each.seen.version_id))


def _reopened(
    settings: Settings, person: Person, seen: Entry, reason: str
) -> list[Change]:
    """Let the claim of a voided sum be owed again; refuse if more was given back."""
    found = entries(settings, person, "claims", [seen.patient_key])
    claims = [each for each in found if each.record_id == seen.values["claim_id"]]
    if not claims:
        return []
    claim, amount = claims[0], seen.values["amount"]
    account = account_of(settings, person, claim)
    is_paid = seen.values["payment_type_code"] in (PAYMENT, ALLOCATION)
    if is_paid and account.received < amount:
        refuse("a part of this was given back; void the refund first")
    lessens = seen.values["payment_type_code"] != REFUND
    balance = account.balance
    is_owed = lessens and balance is not None and balance + amount > NOTHING
    is_settled = claim.values["status_code"] == SETTLED
    values = {"status_code": REOPENED} if is_owed and is_settled else {}
    return [Change("change claim", claim.patient_key, values, claim, reason)]


def _came_in(
    amount: Decimal, payer: str, method: str, paid_at: datetime
) -> dict[str, Any]:
    return {
        "amount": amount_of(amount, "the amount"),
        "payer_type_code": one_of(payer, PAYERS, "who pays"),
        "method_code": one_of(method, METHODS, "how it is paid"),
        "paid_at": past(paid_at, "the payment"),
    }


def _post(
    settings: Settings,
    person: Person,
    claim: Entry,
    values: dict[str, Any],
    besides: Sequence[Change] = (),
) -> list[UUID]:
    """Post a sum, and let the claim be paid when nothing of it is owed."""
    kind, amount = values["payment_type_code"], values["amount"]
    account = account_of(settings, person, claim)
    if account.is_mixed:
        refuse("sums of several currencies stand on this claim; put them right first")
    content = {
        "claim_id": claim.record_id,
        "status_code": "posted",
        "currency_code": claim.values["currency_code"],
        **values,
    }
    posted = Change("post payment", claim.patient_key, without_nothing(content))
    balance = account.balance + (amount if kind == REFUND else -amount)
    is_settled = balance <= NOTHING and claim.values["status_code"] in OWED
    status = {"status_code": SETTLED} if is_settled else {}
    followed = Change(
        "change claim", claim.patient_key, status, claim, f"A sum was posted: {kind}"
    )
    return save(settings, person, [posted, followed, *besides])


def _require_to_post(settings: Settings, person: Person, claim: Entry) -> None:
    require(settings, person, "post payment", [claim.patient_key])


def _require_owed(claim: Entry) -> None:
    standing(claim, "claims")
    if claim.values["status_code"] not in OWED:
        refuse("nothing is owed of a claim that is a draft, rejected or voided")


def _require_at_most_owed(
    settings: Settings, person: Person, claim: Entry, amount: Decimal
) -> None:
    balance = account_of(settings, person, claim).balance
    if balance is None or amount > balance:
        refuse("this is more than is owed")
