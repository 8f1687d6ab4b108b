"""Claims and payments: exact cents, only ways that exist, never more than there is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.record.actions.accounts import account_of, unallocated
from pipelines.record.actions.claiming import (
    Bill,
    accept_claim,
    correct_claim,
    reject_claim,
    send_draft,
    submit_claim,
    void_claim,
)
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.paying import (
    adjust,
    allocate,
    post_payment,
    post_unallocated,
    refund,
    void_payment,
)
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE, NOT_MINE, ago, ahead, versions
from tests.actions.desk import BILLING, REGISTRAR, newest_of

BILL = Bill("professional", "E11.9", "ICD-10-CM", "99213", Decimal("180.00"), "USD")
PAID = {"payer": "insurer", "method": "transfer", "paid_at": ago(minutes=1)}
BACK = {"payer": "patient", "method": "card", "reason": "Paid twice"}


def visit(settings: Settings, patient: int = MINE, **other: Any) -> Entry:
    """Let a patient have been here yesterday."""
    values = {
        "encounter_class_code": "outpatient",
        "status_code": "finished",
        "started_at": ago(days=1),
        "ended_at": ago(hours=20),
    }
    change = Change("record visit", patient, values | other)
    save(settings, DOCTOR, [change])
    return newest_of(settings, DOCTOR, "encounters", patient)


def coverage(settings: Settings, patient: int = MINE, **other: Any) -> Entry:
    """Let a patient be insured since a year."""
    values = {
        "payer_name": "Example Health Plan",
        "plan_type_code": "commercial",
        "priority_number": 1,
        "status_code": "active",
        "started_at": ago(days=365),
    }
    change = Change("add coverage", patient, values | other)
    save(settings, REGISTRAR, [change])
    return newest_of(settings, REGISTRAR, "coverages", patient)


def last_claim(settings: Settings) -> Entry:
    return newest_of(settings, BILLING, "claims", MINE)


def fresh(settings: Settings, claim: Entry) -> Entry:
    found = entries(settings, BILLING, "claims", [MINE])
    return next(each for each in found if each.record_id == claim.record_id)


def payment(settings: Settings) -> Entry:
    return newest_of(settings, BILLING, "payments", MINE)


@pytest.fixture
def claim(ward: Settings) -> Entry:
    """Return a claim of 180 dollars that was sent."""
    submit_claim(ward, BILLING, visit(ward), coverage(ward), bill=BILL)
    return last_claim(ward)


def test_a_visit_is_billed_once_to_an_insurance_that_held(ward: Settings) -> None:
    seen, insurance = visit(ward), coverage(ward)
    submit_claim(ward, BILLING, seen, insurance, bill=BILL)
    claim = last_claim(ward)
    assert claim.values["status_code"] == "submitted"
    assert claim.values["payer_name"] == "Example Health Plan"
    assert claim.values["billed_amount"] == Decimal("180.00")
    assert claim.values["submitted_at"] is not None
    with pytest.raises(ActionError, match="billed to this insurance already"):
        submit_claim(ward, BILLING, seen, insurance, bill=BILL)
    void_claim(ward, BILLING, claim, reason="Wrong visit")
    submit_claim(ward, BILLING, seen, insurance, bill=BILL)


@pytest.mark.parametrize(
    ("of_visit", "of_coverage", "why"),
    [
        ({"ended_at": None}, {}, "when it is over"),
        ({}, {"started_at": ago(hours=23)}, "did not hold"),
        ({}, {"ended_at": ago(days=1, hours=1)}, "did not hold"),
    ],
)
def test_a_visit_that_runs_or_was_not_covered_is_not_billed(
    ward: Settings, of_visit: dict, of_coverage: dict, why: str
) -> None:
    seen, insurance = visit(ward, **of_visit), coverage(ward, **of_coverage)
    with pytest.raises(ActionError, match=why):
        submit_claim(ward, BILLING, seen, insurance, bill=BILL)
    assert versions(ward, "claims") == 0


def test_a_visit_is_not_billed_to_another_patients_insurance(ward: Settings) -> None:
    insurance = coverage(ward, NOT_MINE)
    with pytest.raises(ActionError, match="another patient's"):
        submit_claim(ward, BILLING, visit(ward), insurance, bill=BILL)


@pytest.mark.parametrize(
    "amount",
    ["0", "-1", "0.001", "10000000.01", "NaN", "Infinity"],
)
def test_no_amount_that_is_none(ward: Settings, claim: Entry, amount: str) -> None:
    with pytest.raises(ActionError, match="the amount"):
        post_payment(ward, BILLING, claim, amount=Decimal(amount), **PAID)
    with pytest.raises(ActionError, match="the amount"):
        adjust(ward, BILLING, claim, amount=Decimal(amount), reason="x")
    with pytest.raises(ActionError, match="the amount"):
        refund(ward, BILLING, claim, amount=Decimal(amount), **BACK)
    assert versions(ward, "payments") == 0


def test_a_draft_is_sent_once(ward: Settings) -> None:
    submit_claim(ward, BILLING, visit(ward), coverage(ward), bill=BILL, is_draft=True)
    draft = last_claim(ward)
    assert (draft.values["status_code"], draft.values["submitted_at"]) == (
        "draft",
        None,
    )
    with pytest.raises(ActionError, match="nothing is owed"):
        post_payment(ward, BILLING, draft, amount=Decimal(1), **PAID)
    send_draft(ward, BILLING, draft)
    sent = fresh(ward, draft)
    assert sent.values["status_code"] == "submitted"
    with pytest.raises(ActionError, match="only a draft"):
        send_draft(ward, BILLING, sent)


def test_a_rejected_claim_is_corrected_by_one_other(
    ward: Settings, claim: Entry
) -> None:
    with pytest.raises(ActionError, match="only a rejected claim"):
        correct_claim(ward, BILLING, claim, bill=BILL, reason="x")
    with pytest.raises(ActionError, match="why it was rejected"):
        reject_claim(ward, BILLING, claim, why=" ")
    reject_claim(ward, BILLING, claim, why="Modifier missing")
    rejected = fresh(ward, claim)
    correct_claim(ward, BILLING, rejected, bill=BILL, reason="Modifier added")
    found = entries(ward, BILLING, "claims", [MINE])
    corrected = next(each for each in found if each.values["replaces_claim_id"])
    assert corrected.values["status_code"] == "corrected"
    assert corrected.values["replaces_claim_id"] == claim.record_id
    assert corrected.values["encounter_id"] == claim.values["encounter_id"]
    with pytest.raises(ActionError, match="corrected by another already"):
        correct_claim(ward, BILLING, fresh(ward, claim), bill=BILL, reason="x")


def test_no_more_is_allowed_than_billed_or_left_than_allowed(
    ward: Settings, claim: Entry
) -> None:
    for allowed, left in (("180.01", "0"), ("100", "100.01"), ("-1", "0")):
        with pytest.raises(ActionError, match="nothing was saved"):
            accept_claim(
                ward,
                BILLING,
                claim,
                allowed=Decimal(allowed),
                of_patient=Decimal(left),
                reason="Answer",
            )
    accept_claim(
        ward,
        BILLING,
        claim,
        allowed=Decimal(142),
        of_patient=Decimal(0),
        reason="Answer",
    )
    with pytest.raises(ActionError, match="only a claim that was sent"):
        accept_claim(
            ward,
            BILLING,
            fresh(ward, claim),
            allowed=Decimal(1),
            of_patient=Decimal(0),
            reason="Answer",
        )


def test_a_claim_is_paid_when_nothing_is_owed(ward: Settings, claim: Entry) -> None:
    post_payment(ward, BILLING, claim, amount=Decimal("142.50"), **PAID)
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
    post_payment(ward, BILLING, claim, amount=Decimal(200), **PAID)
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
    post_payment(ward, BILLING, claim, amount=Decimal(180), **PAID)
    seen = fresh(ward, claim)
    refund(ward, BILLING, seen, amount=Decimal(80), **BACK)
    with pytest.raises(ActionError, match="somebody changed"):
        refund(ward, BILLING, seen, amount=Decimal(80), **BACK)
    assert account_of(ward, BILLING, seen).received == Decimal(100)


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


def test_a_voided_sum_counts_no_longer_and_the_claim_is_owed_again(
    ward: Settings, claim: Entry
) -> None:
    post_payment(ward, BILLING, claim, amount=Decimal(180), **PAID)
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
        post_payment(ward, BILLING, voided, amount=Decimal(1), **PAID)


def test_a_payment_that_was_given_back_is_not_voided_as_well(
    ward: Settings, claim: Entry
) -> None:
    post_payment(ward, BILLING, claim, amount=Decimal(180), **PAID)
    paid = payment(ward)
    refund(ward, BILLING, fresh(ward, claim), amount=Decimal(80), **BACK)
    with pytest.raises(ActionError, match="a part of this was given back"):
        void_payment(ward, BILLING, paid, reason="x")


@pytest.mark.parametrize(
    "other",
    [{"payer": "nobody"}, {"method": "shells"}, {"paid_at": ahead(days=1)}],
)
def test_no_payment_from_nobody_or_of_tomorrow(
    ward: Settings, claim: Entry, other: dict[str, Any]
) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        post_payment(ward, BILLING, claim, amount=Decimal(1), **PAID | other)
    assert versions(ward, "payments") == 0


def test_cents_are_exact(ward: Settings, claim: Entry) -> None:
    for _ in range(3):
        post_payment(ward, BILLING, fresh(ward, claim), amount=Decimal("0.10"), **PAID)
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
        post_payment(ward, BILLING, claim, amount=Decimal(1), **PAID)


@pytest.mark.parametrize("person", [DOCTOR, REGISTRAR])
def test_only_billing_bills(ward: Settings, claim: Entry, person: Any) -> None:
    with pytest.raises(ActionError, match="may not"):
        post_payment(ward, person, claim, amount=Decimal(1), **PAID)
    with pytest.raises(ActionError, match="may not"):
        void_claim(ward, person, claim, reason="x")
