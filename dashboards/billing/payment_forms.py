"""The forms of payments: posted, allocated, written off, given back, voided."""

from typing import Any

from dashboards.billing.claim_forms import account_form, claim_form, money_field
from dashboards.billing.words import claim_words, money
from dashboards.desk.patient import AtDesk
from dashboards.forms.fields import Field, Values, choice, moment, reason
from dashboards.forms.form import Form
from dashboards.writing.parts import act
from pipelines.record.actions.accounts import account_of
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.paying import (
    CURRENCIES,
    METHODS,
    PAYERS,
    adjust,
    allocate,
    post_payment,
    post_unallocated,
    refund,
    void_payment,
)

AMOUNT = money_field("amount", "Amount")


def payment(patient: AtDesk, claim: Entry) -> Form:
    """Return the form of what came in for a claim."""
    return claim_form(
        patient,
        claim,
        "post a payment for",
        "Payment posted",
        (AMOUNT, *_ways(), moment("paid_at", "Came in", is_past=True, is_now=True)),
        lambda values: (post_payment, values),
        warn=lambda values: _too_much(claim, values),
    )


def allocating(patient: AtDesk, claim: Entry) -> Form:
    """Return the form that allocates what came in for no claim."""
    return claim_form(
        patient,
        claim,
        "allocate to",
        "Allocated",
        (AMOUNT,),
        lambda values: (allocate, values),
    )


def adjusting(patient: AtDesk, claim: Entry) -> Form:
    """Return the form that writes off a part of what is owed."""
    return claim_form(
        patient,
        claim,
        "write off of",
        "Written off",
        (AMOUNT, reason()),
        lambda values: (adjust, values),
    )


def refunding(patient: AtDesk, claim: Entry) -> Form:
    """Return the form that gives back what was paid."""
    return claim_form(
        patient,
        claim,
        "give back of",
        "Given back",
        (AMOUNT, *_ways(), reason()),
        lambda values: (refund, values),
    )


def loose_payment(patient: AtDesk) -> Form:
    """Return the form of what came in for no claim yet."""
    return account_form(
        patient,
        "loose payment",
        "post a payment for no claim",
        "Payment posted",
        (
            AMOUNT,
            choice(
                "currency",
                "Currency",
                {each: each for each in CURRENCIES},
                is_required=True,
            ),
            *_ways(),
            moment("paid_at", "Came in", is_past=True, is_now=True),
        ),
        lambda values: act(post_unallocated, patient.patient_key, **values),
        starts_with={"currency": CURRENCIES[0]},
    )


def voiding_payment(patient: AtDesk, posted: Entry) -> Form:
    """Return the form that says that a sum does not count."""
    return account_form(
        patient,
        f"void payment {posted.version_id}",
        f"void: {claim_words(posted)}",
        "Payment voided",
        (reason(),),
        lambda values: act(void_payment, posted, **values),
    )


def _ways() -> tuple[Field, ...]:
    return (
        choice("payer", "By or to", PAYERS, is_required=True),
        choice("method", "How", METHODS, is_required=True),
    )


def _too_much(claim: Entry, values: Values) -> list[str]:
    """Warn of a payment that is more than is owed; it may be right all the same."""
    amount: Any = values["amount"]
    balance = act(account_of, claim).balance
    if balance is None or amount <= balance:
        return []
    owed = money(balance, claim.values["currency_code"])
    return [f"This is more than is owed ({owed}). Is the amount right?"]
