"""The forms of claims: billing a visit, the payer's answer, correcting, voiding."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards.billing.words import claim_words
from dashboards.chart.words import date_text
from dashboards.desk.patient import AtDesk
from dashboards.desk.words import coverage_words
from dashboards.forms.fields import (
    Code,
    Field,
    choice,
    code,
    line,
    number,
    reason,
    tick,
)
from dashboards.forms.form import Form, show_form
from dashboards.writing.local_time import local
from dashboards.writing.parts import act, chart_form, entries_of, find_codes
from pipelines.record.actions.accounts import MOST
from pipelines.record.actions.claiming import (
    TYPES,
    Bill,
    accept_claim,
    correct_claim,
    reject_claim,
    send_draft,
    submit_claim,
    void_claim,
)
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.paying import CURRENCIES

CENTS = (Decimal(0), MOST)
MOST_VISITS = 30


def new_claim(patient: AtDesk) -> None:
    """Show the form that bills a visit that is over."""
    visits = [
        each
        for each in entries_of(patient, "encounters")
        if each.values["ended_at"]
        and not each.values["part_of_encounter_id"]
        and not each.is_entered_in_error
    ]
    visits.sort(key=lambda each: each.values["started_at"], reverse=True)
    insurances = [
        each
        for each in entries_of(patient, "coverages")
        if not each.is_entered_in_error
    ]
    if not visits or not insurances:
        st.info("To bill needs a visit that is over and an insurance, both made here.")
        return
    by_id = {each.record_id: each for each in (*visits[:MOST_VISITS], *insurances)}

    def save(values: dict[str, Any]) -> None:
        act(
            submit_claim,
            by_id[values["visit"]],
            by_id[values["coverage"]],
            bill=_bill(values),
            is_draft=bool(values["is_draft"]),
        )

    listed = {each.record_id: _visit_words(each) for each in visits[:MOST_VISITS]}
    payers = {each.record_id: coverage_words(each) for each in insurances}
    show_form(
        account_form(
            patient,
            "claim",
            "bill a visit",
            "Claim written",
            (
                choice("visit", "Visit", listed, is_required=True),
                choice("coverage", "Insurance", payers, is_required=True),
                *_fields(),
                tick("is_draft", "Keep it as a draft, do not send it yet"),
            ),
            save,
            starts_with={"claim_type": "professional", "currency": CURRENCIES[0]},
        )
    )


def sending(patient: AtDesk, claim: Entry) -> Form:
    """Return the form that sends a draft."""
    return claim_form(
        patient, claim, "send", "Claim sent", (), lambda _: (send_draft, {})
    )


def accepting(patient: AtDesk, claim: Entry) -> Form:
    """Return the form of what the payer allows."""
    return claim_form(
        patient,
        claim,
        "write down that the payer accepted",
        "Answer written down",
        (
            money_field("allowed", "Allowed"),
            money_field("of_patient", "Of that left to the patient"),
            reason("Answer", help="Such as the number of the payer's letter."),
        ),
        lambda values: (accept_claim, values),
    )


def rejecting(patient: AtDesk, claim: Entry) -> Form:
    """Return the form of why the payer rejected a claim."""
    return claim_form(
        patient,
        claim,
        "write down that the payer rejected",
        "Answer written down",
        (line("why", "Why it was rejected", is_required=True),),
        lambda values: (reject_claim, values),
    )


def correcting(patient: AtDesk, claim: Entry) -> Form:
    """Return the form of a claim that corrects a rejected one."""
    values = claim.values
    return claim_form(
        patient,
        claim,
        "send a corrected claim in the place of",
        "Corrected claim sent",
        (*_fields(), reason()),
        lambda typed: (
            correct_claim,
            {"bill": _bill(typed), "reason": typed["reason"]},
        ),
        starts_with={
            "claim_type": values["claim_type_code"],
            "diagnosis": [
                values["diagnosis_code_system"] or "",
                values["diagnosis_code"] or "",
                "Diagnosis of the rejected claim",
            ],
            "procedure_code": values["procedure_code"],
            "billed": f"{values['billed_amount'] or 0:f}",
            "currency": values["currency_code"],
        },
    )


def voiding(patient: AtDesk, claim: Entry) -> Form:
    """Return the form that voids a claim."""
    return claim_form(
        patient,
        claim,
        "void",
        "Claim voided",
        (reason(),),
        lambda values: (void_claim, values),
    )


def account_form(
    patient: AtDesk,
    name: str,
    doing: str,
    done: str,
    fields: tuple[Field, ...],
    save: Callable[[dict[str, Any]], object],
    **more: Any,
) -> Form:
    """Return a form about the account of a patient."""
    where = {"where": "The account shows it at once."}
    return chart_form(patient, name, doing, done, fields, save, **where | more)


def claim_form(
    patient: AtDesk,
    claim: Entry,
    doing: str,
    done: str,
    fields: tuple[Field, ...],
    action: Any,
    **more: Any,
) -> Form:
    """Return a form about one claim, as it was seen."""

    def save(values: dict[str, Any]) -> None:
        function, named = action(values)
        act(function, claim, **named)

    return account_form(
        patient,
        f"{doing} {claim.version_id}",
        f"{doing}: {claim_words(claim)}",
        done,
        fields,
        save,
        **more,
    )


def _fields() -> tuple[Field, ...]:
    return (
        choice("claim_type", "Kind of claim", TYPES, is_required=True),
        code("diagnosis", "Diagnosis", find_codes, is_required=True),
        line("procedure_code", "What is billed (CPT)", is_required=True, longest=20),
        money_field("billed", "Amount billed"),
        choice(
            "currency",
            "Currency",
            {each: each for each in CURRENCIES},
            is_required=True,
        ),
    )


def money_field(name: str, label: str) -> Field:
    """Return the field of an amount."""
    return number(name, label, is_required=True, possible=CENTS)


def _bill(values: dict[str, Any]) -> Bill:
    found: Code = values["diagnosis"]
    return Bill(
        claim_type=values["claim_type"],
        diagnosis_code=found.code,
        diagnosis_code_system=found.system,
        procedure_code=values["procedure_code"],
        billed=values["billed"],
        currency=values["currency"],
    )


def _visit_words(visit: Entry) -> str:
    values = visit.values
    kind = values["encounter_type_name"] or values["encounter_class_code"] or "Visit"
    return f"{kind}, {date_text(local(values['started_at']))}"
