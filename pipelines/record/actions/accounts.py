"""What was paid of a claim and what is owed, in exact decimals.

The sums are those of the marts (``fct_claims``): billed, less what was paid, allocated
and adjusted, plus what was given back; voided sums do not count. Here they are of the
record, so that a payment of this minute counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.access.people import Person
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.requirements import refuse
from pipelines.settings import Settings

FEED = "payments"
NOTHING = Decimal(0)
CENT = Decimal("0.01")
MOST = Decimal(10_000_000)
PAYMENT, ALLOCATION = "payment", "allocation"
ADJUSTMENT, REFUND = "adjustment", "refund"


@dataclass(frozen=True)
class Account:
    """The account of one claim. ``balance`` is None where currencies are mixed."""

    billed: Decimal
    paid: Decimal
    adjusted: Decimal
    refunded: Decimal
    is_voided: bool
    is_mixed: bool

    @property
    def received(self) -> Decimal:
        """Return what was paid and not given back."""
        return self.paid - self.refunded

    @property
    def balance(self) -> Decimal | None:
        """Return what is owed; below nothing, too much was paid."""
        if self.is_voided:
            return NOTHING
        if self.is_mixed:
            return None
        return self.billed - self.paid - self.adjusted + self.refunded


def account_of(settings: Settings, person: Person, claim: Entry) -> Account:
    """Return the account of a claim as the record has it now.

    Raises:
        ActionError: the role may not read it, or it cannot be read now.
    """
    return account_in(claim, entries(settings, person, FEED, [claim.patient_key]))


def account_in(claim: Entry, payments: Sequence[Entry]) -> Account:
    """Return the account of a claim by the payments of its patient."""
    own = [
        each
        for each in payments
        if is_counted(each) and each.values["claim_id"] == claim.record_id
    ]
    currency = claim.values["currency_code"]
    return Account(
        billed=claim.values["billed_amount"] or NOTHING,
        paid=sum_of(own, PAYMENT, ALLOCATION),
        adjusted=sum_of(own, ADJUSTMENT),
        refunded=sum_of(own, REFUND),
        is_voided=claim.values["status_code"] == "voided",
        is_mixed=any(each.values["currency_code"] != currency for each in own),
    )


def unallocated(payments: Sequence[Entry], currency: str | None) -> Decimal:
    """Return what came in from a patient for no claim, and was not allocated since.

    Allocations from before the first such payment are of another book and do not count.
    """
    counted = [
        each
        for each in payments
        if is_counted(each) and each.values["currency_code"] == currency
    ]
    loose = [each for each in counted if each.values["claim_id"] is None]
    received = [each for each in loose if each.values["payment_type_code"] == PAYMENT]
    if not received:
        return NOTHING
    first = min(each.values["paid_at"] for each in received)
    since = [each for each in counted if each.values["paid_at"] >= first]
    given_back = sum_of(loose, REFUND)
    return max(
        sum_of(received, PAYMENT) - sum_of(since, ALLOCATION) - given_back, NOTHING
    )


def loose(payments: Sequence[Entry], currency: str | None) -> list[Entry]:
    """Return the payments that came in for no claim."""
    return [
        each
        for each in payments
        if is_counted(each)
        and each.values["currency_code"] == currency
        and each.values["claim_id"] is None
        and each.values["payment_type_code"] == PAYMENT
    ]


def is_counted(payment: Entry) -> bool:
    """Return whether a sum counts: posted, and not made in error."""
    return not payment.is_entered_in_error and payment.values["status_code"] == "posted"


def sum_of(payments: Sequence[Entry], *kinds: str) -> Decimal:
    """Return the sum of some kinds of payments."""
    amounts = (
        each.values["amount"]
        for each in payments
        if each.values["payment_type_code"] in kinds
    )
    return sum(amounts, NOTHING)


def amount_of(
    amount: Decimal, what: str, *, is_nothing_possible: bool = False
) -> Decimal:
    """Return an amount in whole cents that may stand in the books."""
    if not isinstance(amount, Decimal) or not amount.is_finite():
        refuse(f"{what} is no exact number")
    if amount < NOTHING or amount > MOST or (not amount and not is_nothing_possible):
        refuse(f"{what} is more than nothing and at most {MOST}")
    if amount != amount.quantize(CENT):
        refuse(f"{what} has more than two decimals")
    return amount.quantize(CENT)
