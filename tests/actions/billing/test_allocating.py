"""What came in for no claim is allocated once, and stays while it is allocated."""

from decimal import Decimal

import pytest

from pipelines.record.actions.accounts import account_of, unallocated
from pipelines.record.actions.claiming import void_claim
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.paying import allocate, post_unallocated, void_payment
from pipelines.record.actions.reading_entries import entries
from pipelines.settings import Settings
from tests.actions.billing.conftest import fresh, post_loose
from tests.actions.conftest import MINE
from tests.actions.desk import BILLING
from tests.clock import ago, ahead


def test_what_came_in_for_no_claim_is_allocated_and_no_more(
    ward: Settings, claim: Entry
) -> None:
    with pytest.raises(ActionError, match="has not come in"):
        allocate(ward, BILLING, claim, amount=Decimal(1))
    post_unallocated(
        ward,
        BILLING,
        MINE,
        amount=Decimal(50),
        currency="USD",
        payer="patient",
        method="cash",
        paid_at=ago(minutes=1),
    )
    with pytest.raises(ActionError, match="has not come in"):
        allocate(ward, BILLING, claim, amount=Decimal("50.01"))
    allocate(ward, BILLING, claim, amount=Decimal(30))
    claim = fresh(ward, claim)
    assert account_of(ward, BILLING, claim).balance == Decimal(150)
    payments = entries(ward, BILLING, "payments", [MINE])
    assert unallocated(payments, "USD") == Decimal(20)
    assert unallocated(payments, "EUR") == 0
    with pytest.raises(ActionError, match="has not come in"):
        allocate(ward, BILLING, claim, amount=Decimal("20.01"))


def allocation_in(ward: Settings) -> Entry:
    """Return the one allocation of the patient."""
    found = entries(ward, BILLING, "payments", [MINE])
    (allocation,) = [
        each for each in found if each.values["payment_type_code"] == "allocation"
    ]
    return allocation


def test_a_payment_that_was_allocated_is_not_voided_before_its_allocation(
    ward: Settings, claim: Entry
) -> None:
    post_loose(ward, 100, ago(days=2))
    allocate(ward, BILLING, claim, amount=Decimal(60))
    allocation = allocation_in(ward)
    loose_one = next(
        each
        for each in entries(ward, BILLING, "payments", [MINE])
        if each.values["claim_id"] is None
    )
    with pytest.raises(ActionError, match="void the allocation first"):
        void_payment(ward, BILLING, loose_one, reason="Bounced")

    void_payment(ward, BILLING, allocation, reason="Bounced")
    void_payment(ward, BILLING, loose_one, reason="Bounced")

    assert account_of(ward, BILLING, fresh(ward, claim)).received == 0


def test_a_later_payment_does_not_make_an_allocated_one_voidable(
    ward: Settings, claim: Entry
) -> None:
    """Without the first payment, the older allocation would count no longer."""
    first = post_loose(ward, 100, ago(days=2))
    allocate(ward, BILLING, claim, amount=Decimal(100))
    post_loose(ward, 100, ahead(seconds=30))
    found = entries(ward, BILLING, "payments", [MINE])
    first = next(each for each in found if each.record_id == first.record_id)

    with pytest.raises(ActionError, match="void the allocation first"):
        void_payment(ward, BILLING, first, reason="Bounced")


def test_voiding_a_claim_that_something_is_allocated_to_is_refused_in_words(
    ward: Settings, claim: Entry
) -> None:
    post_loose(ward, 100)
    allocate(ward, BILLING, claim, amount=Decimal(60))
    with pytest.raises(ActionError, match="something is paid of this claim"):
        void_claim(ward, BILLING, fresh(ward, claim), reason="Billed twice")

    void_payment(ward, BILLING, allocation_in(ward), reason="Wrong claim")
    void_claim(ward, BILLING, fresh(ward, claim), reason="Billed twice")

    found = entries(ward, BILLING, "payments", [MINE])
    assert unallocated(found, "USD") == Decimal(100)
