"""Billing as its pages show it: find a claim, answer it, take money, give it back."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.claiming import Bill, submit_claim
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from tests.clock import ago
from tests.conftest import running_installation
from tests.dashboards.conftest import PASSWORD, furnish
from tests.dashboards.entering import PATIENCE, enter_as
from tests.dashboards.test_desk import click, fill, words
from tests.dashboards.test_pages import APP

BILLING = Person("billing", "Billing", "billing")
REGISTRAR = Person("registrar", "Registrar", "registrar")
DOCTOR = Person("doctor", "Dr. One", "doctor", "hospital", "D1")
CLAIMS = """
    create table marts.fct_claims (
        claim_key text, patient_key bigint, status_code text, payer_name text,
        billed_amount numeric, balance_amount numeric, currency_code text,
        is_replaced boolean, is_outstanding boolean, service_started_at timestamptz,
        submitted_at timestamptz
    );
    alter table marts.fct_claims enable row level security;
    create policy owner on marts.fct_claims to ehr_owner using (true);
    create policy billing on marts.fct_claims to ehr_billing
        using ((select access.is_known_person()));
    grant select on marts.fct_claims to ehr_billing;
    insert into marts.fct_claims values
    ('operational:c1', 1, 'submitted', 'Example Health Plan', 180, 180, 'USD', false,
        true, '2026-06-01 08:00Z', '2026-06-03 08:00Z'),
    ('operational:c2', 2, 'paid', 'Medicare', 95.5, 0, 'USD', false, false,
        '2026-05-01 08:00Z', '2026-05-03 08:00Z'),
    ('operational:c3', 3, 'submitted', 'Medicare', 70, null, 'USD', false, null,
        '2026-04-01 08:00Z', '2026-04-03 08:00Z')
"""
BILL = Bill("professional", "E11.9", "ICD-10-CM", "99213", Decimal("180.00"), "USD")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with three claims in the marts."""
    for settings in running_installation(tmp_path_factory.mktemp("billing")):
        furnish(settings)
        with connect(settings, Role.OWNER) as owner:
            owner.execute(CLAIMS)
            for person in (BILLING, REGISTRAR):
                create_person(owner, person, PASSWORD)
        yield settings


@pytest.fixture
def app(office: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app as billing sees it."""
    monkeypatch.setenv("EHR_HOME", str(office.home))
    monkeypatch.setenv("EHR_MODE", "test")
    return enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE), "billing")


def visited(office: Settings, patient: int) -> tuple[Entry, Entry]:
    """Let a patient have been here, and be insured."""
    visit = {
        "encounter_class_code": "outpatient",
        "encounter_type_name": "Follow-up visit",
        "status_code": "finished",
        "started_at": ago(days=2),
        "ended_at": ago(days=1),
    }
    plan = {
        "payer_name": "Example Health Plan",
        "plan_type_code": "commercial",
        "priority_number": 1,
        "status_code": "active",
        "started_at": ago(days=300),
    }
    save(office, DOCTOR, [Change("record visit", patient, visit)])
    save(office, REGISTRAR, [Change("add coverage", patient, plan)])
    return (
        entries(office, BILLING, "encounters", [patient])[0],
        entries(office, BILLING, "coverages", [patient])[0],
    )


def open_account(app: AppTest, patient_key: int, doing: str) -> None:
    """Open the account of a patient."""
    app.session_state["patient_key"] = patient_key
    app.switch_page("views/billing/patient_account.py").run()
    app.button_group(key="account").set_value(doing).run()


def claim_of(office: Settings, patient: int) -> Entry:
    return max(
        entries(office, BILLING, "claims", [patient]),
        key=lambda each: each.changed_at,
    )


def choose_claim(app: AppTest, patient: int) -> None:
    app.selectbox(key=f"entry|claim {patient}").select_index(0).run()


def test_claims_are_listed_by_status_and_payer(app: AppTest) -> None:
    said = words(app)
    assert "Submitted · Example Health Plan" in said
    assert "billed 180.00 USD · balance 180.00 USD" in said
    assert "balance not known" in said
    assert "95.50" not in said
    fill(app, "Payer", "Medicare")
    said = words(app)
    assert "Submitted · Medicare" in said
    assert "Submitted · Example Health Plan" not in said
    fill(app, "Status", "paid")
    assert "Paid · Medicare · visit of 1 May 2026 · billed 95.50 USD" in words(app)


def test_a_claim_leads_to_the_account_of_its_patient(app: AppTest) -> None:
    app.button(key="claim_operational:c1").click().run()
    said = words(app)
    assert "Meyer, Ada" in said
    assert "Nothing is billed here yet" in said


def test_a_patient_is_found_by_name(app: AppTest) -> None:
    app.text_input(key="billing_search").set_value("Anders").run()
    app.button(key="account_2").click().run()
    assert "Anders, Bruno" in words(app)


def test_a_visit_is_billed(app: AppTest, office: Settings) -> None:
    visit, insurance = visited(office, 3)
    open_account(app, 3, "Bill a visit")
    fill(app, "Visit", visit.record_id)
    fill(app, "Insurance", insurance.record_id)
    fill(app, "What is billed (CPT)", "99213")
    fill(app, "Amount billed", "180.005")
    app.session_state["form|claim 3"].typed["diagnosis"] = [
        "ICD-10-CM",
        "E11.9",
        "Type 2 diabetes mellitus",
    ]
    click(app, "Check and go on")
    click(app, "Save")
    assert "more than two decimals" in words(app)
    fill(app, "Amount billed", "180")
    click(app, "Check and go on")
    click(app, "Save")
    assert "Claim written" in words(app)
    claim = claim_of(office, 3)
    assert claim.values["billed_amount"] == 180
    assert claim.values["status_code"] == "submitted"
    assert any("balance 180.00 USD" in each.label for each in app.expander)


def test_money_comes_in_and_is_given_back(app: AppTest, office: Settings) -> None:
    visit, insurance = visited(office, 1)
    submit_claim(office, BILLING, visit, insurance, bill=BILL)
    open_account(app, 1, "Post a payment")
    choose_claim(app, 1)
    fill(app, "Amount", "200.00")
    fill(app, "By or to", "insurer")
    fill(app, "How", "transfer")
    click(app, "Check and go on")
    assert "more than is owed (180.00 USD)" in words(app)
    app.checkbox[0].check().run()
    click(app, "Save")
    assert any("balance -20.00 USD" in each.label for each in app.expander)
    assert claim_of(office, 1).values["status_code"] == "paid"
    open_account(app, 1, "Give back")
    choose_claim(app, 1)
    fill(app, "Amount", "20.00")
    fill(app, "By or to", "insurer")
    fill(app, "How", "transfer")
    fill(app, "Reason", "Paid too much")
    click(app, "Check and go on")
    click(app, "Save")
    assert any("balance 0.00 USD" in each.label for each in app.expander)
    amounts = sorted(
        (each.values["payment_type_code"], each.values["amount"])
        for each in entries(office, BILLING, "payments", [1])
    )
    assert amounts == [("payment", Decimal(200)), ("refund", Decimal(20))]


def test_a_claim_is_rejected_corrected_and_voided(
    app: AppTest, office: Settings
) -> None:
    visit, insurance = visited(office, 2)
    submit_claim(office, BILLING, visit, insurance, bill=BILL)
    for doing, label in (
        ("Rejected", "Why it was rejected"),
        ("Correct", "Reason"),
        ("Void", "Reason"),
    ):
        open_account(app, 2, doing)
        choose_claim(app, 2)
        fill(app, label, "Modifier")
        click(app, "Check and go on")
        click(app, "Save")
        assert "Not saved" not in words(app)
    statuses = sorted(
        each.values["status_code"] for each in entries(office, BILLING, "claims", [2])
    )
    assert statuses in (["corrected", "voided"], ["rejected", "voided"])
