"""The account of one patient: claims with what is owed, and what can be done."""

import streamlit as st

from dashboards import data, session
from dashboards.billing.claim_forms import (
    accepting,
    correcting,
    new_claim,
    rejecting,
    sending,
    voiding,
)
from dashboards.billing.payment_forms import (
    adjusting,
    allocating,
    loose_payment,
    payment,
    refunding,
    voiding_payment,
)
from dashboards.billing.words import claim_words, money
from dashboards.chart.words import plain
from dashboards.desk.listing import show_entries
from dashboards.desk.patient import AtDesk, at_desk
from dashboards.failures import capitalised_sentence
from dashboards.forms.form import show_form
from dashboards.forms.memory import untold_result
from dashboards.freshness import show_freshness
from dashboards.writing.parts import choose_entry, entries_of
from pipelines.record.actions.accounts import account_in, is_counted, unallocated
from pipelines.record.actions.claiming import FEED as CLAIMS
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError

PAYMENTS = "payments"
NEW, LOOSE, VOID_PAYMENT = "Bill a visit", "Payment for no claim", "Void a payment"
FOR_A_CLAIM = {
    "Post a payment": payment,
    "Send a draft": sending,
    "Accepted": accepting,
    "Rejected": rejecting,
    "Correct": correcting,
    "Write off": adjusting,
    "Allocate": allocating,
    "Give back": refunding,
    "Void": voiding,
}


def show_account(list_page: str) -> None:
    """Show the account of the patient who was chosen."""
    patient_key = session.chosen_patient()
    if patient_key is None:
        st.title("Account", anchor=False)
        st.info("Choose a patient first.")
        st.page_link(list_page, label="Claims")
        return
    try:
        _show(at_desk(patient_key))
    except ActionError as error:
        st.error(plain(capitalised_sentence(str(error))))


def _show(patient: AtDesk) -> None:
    identity = patient.identity
    st.title(plain(identity.full_name), anchor=False)
    number = identity.record_number or "not known"
    st.caption(plain(f"record number {number}"))
    show_freshness(data.freshness())
    claims, payments = entries_of(patient, CLAIMS), entries_of(patient, PAYMENTS)
    _show_claims(claims, payments)
    doing = st.pills(
        "Account",
        [NEW, *FOR_A_CLAIM, LOOSE, VOID_PAYMENT],
        key="account",
    )
    above = st.container()
    if doing == NEW:
        new_claim(patient)
    elif doing == LOOSE:
        show_form(loose_payment(patient))
    elif doing == VOID_PAYMENT:
        _void_payment(patient, payments)
    elif doing is not None:
        _for_a_claim(patient, doing, claims)
    if told := untold_result():
        above.success(plain(told))


def _show_claims(claims: list[Entry], payments: list[Entry]) -> None:
    """Show each claim with its balance, and under it what was paid."""
    if not claims:
        st.info("Nothing is billed here yet.")
    by_visit = sorted(claims, key=lambda each: each.changed_at, reverse=True)
    for claim in by_visit:
        account = account_in(claim, payments)
        balance = money(account.balance, claim.values["currency_code"])
        own = [each for each in payments if each.values["claim_id"] == claim.record_id]
        is_pending = any(each.is_pending for each in (claim, *own))
        processed = ", being processed" if is_pending else ""
        title = f"{claim_words(claim)} · balance {balance}{processed}"
        with st.expander(plain(title)):
            show_entries([claim, *own], claim_words, "")
    loose = [each for each in payments if each.values["claim_id"] is None]
    if loose:
        st.markdown("**For no claim yet**")
        show_entries(loose, claim_words, "")
    for currency in sorted({each.values["currency_code"] or "" for each in loose}):
        left = money(unallocated(payments, currency), currency)
        st.markdown(plain(f"Not allocated yet: {left}"))


def _for_a_claim(patient: AtDesk, doing: str, claims: list[Entry]) -> None:
    claim = choose_entry(
        "Which claim",
        [each for each in claims if not each.is_entered_in_error],
        f"claim {patient.patient_key}",
        claim_words,
    )
    if claim is not None:
        show_form(FOR_A_CLAIM[doing](patient, claim))


def _void_payment(patient: AtDesk, payments: list[Entry]) -> None:
    posted = choose_entry(
        "Which payment",
        [each for each in payments if is_counted(each)],
        f"payment {patient.patient_key}",
        claim_words,
    )
    if posted is not None:
        show_form(voiding_payment(patient, posted))
