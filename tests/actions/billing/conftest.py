"""A billing office: visits, insurances, and a claim of 180 dollars that was sent."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from pipelines.record.actions.claiming import Bill, submit_claim
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.paying import post_unallocated
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE
from tests.actions.desk import BILLING, REGISTRAR, newest_of
from tests.clock import ago

BILL = Bill("professional", "E11.9", "ICD-10-CM", "99213", Decimal("180.00"), "USD")
BACK = {"payer": "patient", "method": "card", "reason": "Paid twice"}


def how_paid() -> dict[str, Any]:
    """Return what is said of a payment beside its amount."""
    return {"payer": "insurer", "method": "transfer", "paid_at": ago(minutes=1)}


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


def post_loose(ward: Settings, amount: int, paid_at: datetime | None = None) -> Entry:
    """Let something come in from the patient for no claim."""
    post_unallocated(
        ward,
        BILLING,
        MINE,
        amount=Decimal(amount),
        currency="USD",
        payer="patient",
        method="cash",
        paid_at=paid_at or ago(minutes=1),
    )
    return payment(ward)
