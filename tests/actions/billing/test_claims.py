"""Claims: a visit that is over, an insurance that held, and only ways that exist."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.record.actions.claiming import (
    accept_claim,
    correct_claim,
    reject_claim,
    send_draft,
    submit_claim,
    void_claim,
)
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.paying import post_payment
from pipelines.record.actions.reading_entries import entries
from pipelines.settings import Settings
from tests.actions.billing.conftest import (
    BILL,
    coverage,
    fresh,
    how_paid,
    last_claim,
    visit,
)
from tests.actions.conftest import DOCTOR, MINE, NOT_MINE
from tests.actions.desk import BILLING, REGISTRAR
from tests.clock import from_now
from tests.versions import versions


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
        ({}, {"started_at": timedelta(hours=-23)}, "did not hold"),
        ({}, {"ended_at": timedelta(hours=-25)}, "did not hold"),
    ],
)
def test_a_visit_that_runs_or_was_not_covered_is_not_billed(
    ward: Settings, of_visit: dict, of_coverage: dict, why: str
) -> None:
    seen, insurance = visit(ward, **of_visit), coverage(ward, **from_now(of_coverage))
    with pytest.raises(ActionError, match=why):
        submit_claim(ward, BILLING, seen, insurance, bill=BILL)
    assert versions(ward, "claims") == 0


def test_a_visit_is_not_billed_to_another_patients_insurance(ward: Settings) -> None:
    insurance = coverage(ward, NOT_MINE)
    with pytest.raises(ActionError, match="another patient's"):
        submit_claim(ward, BILLING, visit(ward), insurance, bill=BILL)


def test_a_draft_is_sent_once(ward: Settings) -> None:
    submit_claim(ward, BILLING, visit(ward), coverage(ward), bill=BILL, is_draft=True)
    draft = last_claim(ward)
    assert (draft.values["status_code"], draft.values["submitted_at"]) == (
        "draft",
        None,
    )
    with pytest.raises(ActionError, match="nothing is owed"):
        post_payment(ward, BILLING, draft, amount=Decimal(1), **how_paid())
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


@pytest.mark.parametrize("person", [DOCTOR, REGISTRAR])
def test_only_billing_bills(ward: Settings, claim: Entry, person: Any) -> None:
    with pytest.raises(ActionError, match="may not"):
        post_payment(ward, person, claim, amount=Decimal(1), **how_paid())
    with pytest.raises(ActionError, match="may not"):
        void_claim(ward, person, claim, reason="x")
