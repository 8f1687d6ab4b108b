"""Payments: exact cents, and never more given back or written off than there is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.record.actions.accounts import account_of
from pipelines.record.actions.claiming import void_claim
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.paying import adjust, post_payment, refund, void_payment
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from tests.actions.billing.conftest import BACK, fresh, how_paid, payment
from tests.actions.conftest import MINE
from tests.actions.desk import BILLING
from tests.clock import from_now
from tests.versions import versions


@pytest.mark.parametrize(
    "amount",
    ["0", "-1", "0.001", "10000000.01", "NaN", "Infinity"],
)
def test_no_amount_that_is_none(ward: Settings, claim: Entry, amount: str) -> None:
    with pytest.raises(ActionError, match="the amount"):
        post_payment(ward, BILLING, claim, amount=Decimal(amount), **how_paid())
    with pytest.raises(ActionError, match="the amount"):
        adjust(ward, BILLING, claim, amount=Decimal(amount), reason="x")
    with pytest.raises(ActionError, match="the amount"):
        refund(ward, BILLING, claim, amount=Decimal(amount), **BACK)
    assert versions(ward, "payments") == 0


def test_a_claim_is_paid_when_nothing_is_owed(ward: Settings, claim: Entry) -> None:
    post_payment(ward, BILLING, claim, amount=Decimal("142.50"), **how_paid())
    claim = fresh(ward, claim)
    assert claim.values["status_code"] == "submitted"
    assert account_of(ward, BILLING, claim).balance == Decimal("37.50")
    with pytest.raises(ActionError, match="more than is owed"):
        adjust(ward, BILLING, claim, amount=Decimal("37.51"), reason="Contract")
    adjust(ward, BILLING, claim, amount=Decimal("37.50"), reason="Contract")
    claim = fresh(ward, claim)
    assert claim.values["status_code"] == "paid"
    assert account_of(ward, BILLING, claim).balance == 0


def test_too_much_can_be_paid_and_no_more_than_that_given_back(
    ward: Settings, claim: Entry
) -> None:
    post_payment(ward, BILLING, claim, amount=Decimal(200), **how_paid())
    claim = fresh(ward, claim)
    assert account_of(ward, BILLING, claim).balance == Decimal(-20)
    with pytest.raises(ActionError, match="no more is given back"):
        refund(ward, BILLING, claim, amount=Decimal("200.01"), **BACK)
    refund(ward, BILLING, claim, amount=Decimal(20), **BACK)
    claim = fresh(ward, claim)
    assert account_of(ward, BILLING, claim).balance == 0
    with pytest.raises(ActionError, match="no more is given back"):
        refund(ward, BILLING, claim, amount=Decimal("180.01"), **BACK)
    refund(ward, BILLING, claim, amount=Decimal(180), **BACK)
    assert account_of(ward, BILLING, claim).received == 0


def test_two_refunds_of_one_claim_cannot_both_stand(
    ward: Settings, claim: Entry
) -> None:
    post_payment(ward, BILLING, claim, amount=Decimal(180), **how_paid())
    seen = fresh(ward, claim)
    refund(ward, BILLING, seen, amount=Decimal(80), **BACK)
    with pytest.raises(ActionError, match="somebody changed"):
        refund(ward, BILLING, seen, amount=Decimal(80), **BACK)
    assert account_of(ward, BILLING, seen).received == Decimal(100)


def test_a_voided_sum_counts_no_longer_and_the_claim_is_owed_again(
    ward: Settings, claim: Entry
) -> None:
    post_payment(ward, BILLING, claim, amount=Decimal(180), **how_paid())
    paid = payment(ward)
    with pytest.raises(ActionError, match="something is paid"):
        void_claim(ward, BILLING, fresh(ward, claim), reason="x")
    with pytest.raises(ActionError, match="reason"):
        void_payment(ward, BILLING, paid, reason=" ")
    void_payment(ward, BILLING, paid, reason="Check returned")
    claim = fresh(ward, claim)
    assert claim.values["status_code"] == "accepted"
    assert account_of(ward, BILLING, claim).balance == Decimal(180)
    with pytest.raises(ActionError, match="voided already"):
        void_payment(ward, BILLING, payment(ward), reason="x")
    void_claim(ward, BILLING, claim, reason="Billed twice")
    voided = fresh(ward, claim)
    assert account_of(ward, BILLING, voided).balance == 0
    with pytest.raises(ActionError, match="voided already"):
        void_claim(ward, BILLING, voided, reason="x")
    with pytest.raises(ActionError, match="nothing is owed"):
        post_payment(ward, BILLING, voided, amount=Decimal(1), **how_paid())


def test_a_payment_that_was_given_back_is_not_voided_as_well(
    ward: Settings, claim: Entry
) -> None:
    post_payment(ward, BILLING, claim, amount=Decimal(180), **how_paid())
    paid = payment(ward)
    refund(ward, BILLING, fresh(ward, claim), amount=Decimal(80), **BACK)
    with pytest.raises(ActionError, match="a part of this was given back"):
        void_payment(ward, BILLING, paid, reason="x")


@pytest.mark.parametrize(
    "other",
    [{"payer": "nobody"}, {"method": "shells"}, {"paid_at": timedelta(days=1)}],
)
def test_no_payment_from_nobody_or_of_tomorrow(
    ward: Settings, claim: Entry, other: dict[str, Any]
) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        post_payment(
            ward, BILLING, claim, amount=Decimal(1), **how_paid() | from_now(other)
        )
    assert versions(ward, "payments") == 0


def test_cents_are_exact(ward: Settings, claim: Entry) -> None:
    for _ in range(3):
        post_payment(
            ward, BILLING, fresh(ward, claim), amount=Decimal("0.10"), **how_paid()
        )
    account = account_of(ward, BILLING, fresh(ward, claim))
    assert account.paid == Decimal("0.30")
    assert account.balance == Decimal("179.70")


def test_sums_of_two_currencies_have_no_balance(ward: Settings, claim: Entry) -> None:
    values = {
        "claim_id": claim.record_id,
        "payment_type_code": "payment",
        "status_code": "posted",
        "amount": Decimal(1),
        "currency_code": "EUR",
        "paid_at": datetime.now(UTC) - timedelta(minutes=1),
    }
    save(ward, BILLING, [Change("post payment", MINE, values)])
    assert account_of(ward, BILLING, claim).balance is None
    with pytest.raises(ActionError, match="several currencies"):
        post_payment(ward, BILLING, claim, amount=Decimal(1), **how_paid())
