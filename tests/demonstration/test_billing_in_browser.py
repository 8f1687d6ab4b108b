"""Billing does each of its actions once, and the marts show it.

A patient was here some days and is insured; some of the visits were billed before.
Forms are filled in by hand, wrongly first. How long each took from saving to the marts
is written into the report of the test.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import Person, PersonRole
from pipelines.record.actions.claiming import Bill, reject_claim, submit_claim
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.paying import post_payment
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save as save_entries
from pipelines.settings import Settings
from tests.clinicians.filling_in import (
    choose,
    fill,
    press_open,
    refused,
    save,
    search,
    select,
    tick,
    type_time,
)
from tests.demonstration.arrivals import Arrivals, Told, looking
from tests.demonstration.chromium import (
    enter,
    failures_on,
    go_to,
    press,
    see,
    settle,
    words_on,
)
from tests.demonstration.way_back import Somebody, person, somebody
from tests.versions import versions

CLAIM = """
    select 1 from marts.fct_claims
    where claim_key = %s and status_code = any(%s)
"""
CORRECTED = """
    select 1 from marts.fct_claims
    where replaces_claim_key = %s and status_code = 'corrected'
"""
PAYMENT = """
    select 1 from marts.fct_payments
    where payment_key = %s and amount = %s and status_code = any(%s)
"""
# Each visit costs another amount, by which its claim is told from the others.
TO_ANSWER, TO_REJECT, REJECTED = Decimal("101.00"), Decimal("102.00"), Decimal("103.00")
TO_PAY, PAID, TO_VOID = Decimal("104.00"), Decimal("105.00"), Decimal("106.00")
BEFORE = (TO_ANSWER, TO_REJECT, REJECTED, TO_PAY, PAID, TO_VOID)

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Office:
    """Billing, the patient, and the claims that stand, by their amount."""

    settings: Settings
    billing: Person
    patient: Somebody
    payer: str
    claims: dict[Decimal, Entry]

    def all(self, feed: str) -> list[Entry]:
        """Return what was written about the patient."""
        return entries(self.settings, self.billing, feed, [self.patient.patient_key])

    def newest(self, feed: str) -> Entry:
        """Return what was written last about the patient."""
        return max(self.all(feed), key=lambda each: each.changed_at)

    def paid(self, amount: Decimal) -> Entry:
        """Return the one payment of an amount."""
        (found,) = (
            each for each in self.all("payments") if each.values["amount"] == amount
        )
        return found


@pytest.fixture(scope="module")
def office(installation: Settings) -> Office:
    """Let a patient have been here, be insured, and be billed for some visits."""
    billing = person(installation, PersonRole.BILLING)
    patient = somebody(installation, 3)
    payer = f"Harbor Mutual {secrets.token_hex(2)}"
    made = Office(installation, billing, patient, payer, {})
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    coverage = {
        "payer_name": payer,
        "plan_type_code": "commercial",
        "priority_number": 3,
        "status_code": "active",
        "started_at": now - timedelta(days=300),
    }
    registrar = person(installation, PersonRole.REGISTRAR)
    key = patient.patient_key
    save_entries(installation, registrar, [Change("add coverage", key, coverage)])
    insurance = made.newest("coverages")
    for day, amount in enumerate((*BEFORE, Decimal(0), Decimal(0)), start=1):
        visit = have_been_here(made, now - timedelta(days=day))
        if amount:
            bill = Bill("professional", "E11.9", "ICD-10-CM", "99213", amount, "USD")
            submit_claim(installation, billing, visit, insurance, bill=bill)
            made.claims[amount] = made.newest("claims")
    reject_claim(installation, billing, made.claims[REJECTED], why="No referral")
    made.claims[REJECTED] = made.newest("claims")
    paid = {"payer": "insurer", "method": "transfer", "paid_at": now}
    post_payment(installation, billing, made.claims[PAID], amount=Decimal(60), **paid)
    return made


def have_been_here(office: Office, at: datetime) -> Entry:
    """Let a visit have been, of a kind that no other visit is."""
    values = {
        "encounter_class_code": "outpatient",
        "encounter_type_name": f"Check {at:%d %b}",
        "status_code": "finished",
        "started_at": at - timedelta(minutes=30),
        "ended_at": at,
    }
    doctor = person(office.settings, PersonRole.DOCTOR)
    change = Change("record visit", office.patient.patient_key, values)
    save_entries(office.settings, doctor, [change])
    return office.newest("encounters")


def test_billing_does_each_action_and_sees_it_in_the_account(
    browser: WebDriver,
    address: str,
    office: Office,
    told: Told,
) -> None:
    enter(browser, address, PersonRole.BILLING)
    see(browser, "Find a patient")
    fill(browser, "Find a patient", office.patient.record_number)
    press(browser, f"{office.patient.name}, {office.patient.record_number}")
    see(browser, "Bill a visit")
    settle(browser)
    with looking(office.settings, PersonRole.BILLING) as arrivals:
        bills_visits(browser, office, arrivals)
        writes_down_answers(browser, office, arrivals)
        takes_and_gives_money(browser, office, arrivals)
        voids(browser, office, arrivals)
        assert "being processed" in words_on(browser)
        assert failures_on(browser) == []
        seconds = arrivals.wait()

    told(seconds)
    sees_it_on_the_pages(browser, office)


def bills_visits(browser: WebDriver, office: Office, arrivals: Arrivals) -> None:
    """Bill one visit at once, keep another as a draft, and send it."""
    choose(browser, "Bill a visit", "account")
    now = datetime.now(UTC)
    before = versions(office.settings, "claims")
    refused(browser, "Visit: This has to be filled in.", "Diagnosis: This has to be")
    for days, amount, is_draft in ((7, "180,50", False), (8, "90.50", True)):
        visit_at = now - timedelta(days=days)
        select(browser, "Visit", f"Check {visit_at:%d %b}")
        select(browser, "Insurance", office.payer)
        search(browser, "Diagnosis", "E11.9", "Type 2 diabetes")
        fill(browser, "What is billed", "99213")
        fill(browser, "Amount billed", amount)
        if not is_draft:
            refused(browser, "Amount billed: A number with a point")
            assert versions(office.settings, "claims") == before
            fill(browser, "Amount billed", amount.replace(",", "."))
        else:
            tick(browser, "Keep it as a draft, do not send it yet")
        save(browser, "Claim written")
        claim = office.newest("claims").key
        what = "claim drafted" if is_draft else "claim submitted"
        arrivals.expect(what, CLAIM, claim, ["draft", "submitted"])
        see(browser, "being processed")
    choose(browser, "Send a draft", "account")
    select(browser, "Which claim", "90.50 USD, Draft")
    save(browser, "Claim sent")
    arrivals.expect("draft sent", CLAIM, claim, ["submitted"])


def writes_down_answers(browser: WebDriver, office: Office, arrivals: Arrivals) -> None:
    """Write down what the payer answered, and correct a rejected claim."""
    choose_claim(browser, "Accepted", TO_ANSWER)
    before = versions(office.settings, "claims")
    refused(browser, "Allowed: This has to be filled in.")
    fill(browser, "Allowed", "500")
    fill(browser, "Of that left", "20")
    fill(browser, "Answer", "Letter 7")
    press_open(browser, "Check and go on")
    press_open(browser, "Save")
    see(browser, "no more is allowed than was billed")
    assert versions(office.settings, "claims") == before
    fill(browser, "Allowed", "90")
    save(browser, "Answer written down")
    arrivals.expect("accepted", CLAIM, office.claims[TO_ANSWER].key, ["accepted"])
    choose_claim(browser, "Rejected", TO_REJECT)
    fill(browser, "Why it was rejected", "Not covered")
    save(browser, "Answer written down")
    arrivals.expect("rejected", CLAIM, office.claims[TO_REJECT].key, ["rejected"])
    choose_claim(browser, "Correct", REJECTED)
    fill(browser, "Amount billed", "99.00")
    fill(browser, "Reason", "Referral is there")
    save(browser, "Corrected claim sent")
    arrivals.expect("corrected", CORRECTED, office.claims[REJECTED].key)


def takes_and_gives_money(
    browser: WebDriver, office: Office, arrivals: Arrivals
) -> None:
    """Post, allocate, write off, and give back."""
    choose_claim(browser, "Post a payment", TO_PAY)
    before = versions(office.settings, "payments")
    refused(browser, "Amount: This has to be filled in.")
    assert versions(office.settings, "payments") == before
    pays(browser, "40.10")
    type_time(browser, "Came in", f"{datetime.now(UTC) - timedelta(days=1):%Y%m%d}0915")
    saved(browser, office, arrivals, "Payment posted", "40.10")
    choose(browser, "Payment for no claim", "account")
    pays(browser, "30.20")
    saved(browser, office, arrivals, "Payment posted", "30.20")
    see(browser, "Not allocated yet: 30.20 USD")
    choose_claim(browser, "Allocate", TO_PAY)
    fill(browser, "Amount", "20.30")
    saved(browser, office, arrivals, "Allocated", "20.30")
    see(browser, "Not allocated yet: 9.90 USD")
    choose_claim(browser, "Write off", TO_PAY)
    fill(browser, "Amount", "5.40")
    fill(browser, "Reason", "Small sum")
    saved(browser, office, arrivals, "Written off", "5.40")
    choose_claim(browser, "Give back", PAID)
    pays(browser, "10.50")
    fill(browser, "Reason", "Paid twice")
    saved(browser, office, arrivals, "Given back", "10.50")


def voids(browser: WebDriver, office: Office, arrivals: Arrivals) -> None:
    """Void a payment and a claim."""
    choose(browser, "Void a payment", "account")
    select(browser, "Which payment", "Payment, 40.10")
    refused(browser, "Reason: This has to be filled in.")
    fill(browser, "Reason", "Of another patient")
    save(browser, "Payment voided")
    voided = office.newest("payments").key
    arrivals.expect("payment voided", PAYMENT, voided, Decimal("40.10"), ["voided"])
    choose_claim(browser, "Void", TO_VOID)
    fill(browser, "Reason", "Billed in error")
    save(browser, "Claim voided")
    arrivals.expect("claim voided", CLAIM, office.claims[TO_VOID].key, ["voided"])


def choose_claim(browser: WebDriver, doing: str, billed: Decimal) -> None:
    """Choose what to do, and with which claim."""
    choose(browser, doing, "account")
    select(browser, "Which claim", f"{billed} USD")


def pays(browser: WebDriver, amount: str) -> None:
    """Fill in an amount, who pays it, and how."""
    fill(browser, "Amount", amount)
    select(browser, "By or to", "Patient")
    select(browser, "How", "Card")


def saved(
    browser: WebDriver, office: Office, arrivals: Arrivals, done: str, amount: str
) -> None:
    """Save a payment, and begin to wait for it."""
    save(browser, done)
    found = office.paid(Decimal(amount))
    either = ["posted", "voided"]  # one of them is voided a moment later
    what = f"{done.lower()} {amount}"
    arrivals.expect(what, PAYMENT, found.key, Decimal(amount), either)


def sees_it_on_the_pages(browser: WebDriver, office: Office) -> None:
    """See account and list without what was being processed."""
    go_to(browser, "/claims")
    see(browser, "Find a patient")
    select(browser, "Payer", office.payer)
    see(browser, "billed 180.50 USD")
    see(browser, "billed 90.50 USD")
    settle(browser)
    assert "being processed" not in words_on(browser)
    assert "101.00" not in words_on(browser)
    press(browser, office.patient.name)
    see(browser, "balance")
    settle(browser)
    shown = words_on(browser)
    assert "being processed" not in shown
    for words in ("101.00 USD, Accepted", "102.00 USD, Rejected", "106.00 USD, Voided"):
        assert words in shown
