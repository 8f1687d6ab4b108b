"""A registrar does each of their actions once, and the marts show it.

Forms are filled in by hand, wrongly first. How long each took from saving to the marts
is written into the report of the test.
"""

from datetime import UTC, datetime, timedelta

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import PersonRole
from pipelines.record.actions.entry import Change
from pipelines.record.actions.insuring import add_coverage
from pipelines.record.actions.keeping_contacts import add_contact
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save as save_entries
from tests.clinicians.filling_in import (
    choose,
    fill,
    press_open,
    refused,
    save,
    search,
    select,
    type_time,
    write,
)
from tests.demonstration.arrivals import Arrivals, Told, looking
from tests.demonstration.chromium import (
    awaited,
    enter,
    failures_on,
    go_to,
    press,
    see,
    settle,
    words_on,
)
from tests.demonstration.desk import Desk, find
from tests.demonstration.way_back import (
    newest_patient,
    person,
    who_is,
)
from tests.versions import versions

PATIENT = """
    select 1 from marts.dim_patients
    where patient_key = %s and sex_code = 'female' and marital_status_code = %s
"""
CONTACT = """
    select 1 from marts.dim_contacts
    where contact_key = %s and relationship_code = %s
        and (ended_at is not null) = %s
"""
COVERAGE = """
    select 1 from marts.dim_coverages
    where coverage_key = %s and payer_name = %s and (ended_at is not null) = %s
"""
CONSENT = """
    select 1 from marts.fct_consents
    where consent_key = %s and (ended_at is not null) = %s
"""
APPOINTMENT = """
    select 1 from marts.fct_appointments
    where appointment_key = %s and status_code = %s
        and extract(minute from starts_at) = %s
"""
IS_THERE = "select 1 from marts.dim_patients where patient_key = %s"

pytestmark = pytest.mark.browser


def test_a_registrar_does_each_action_and_sees_it_at_the_desk(
    browser: WebDriver,
    address: str,
    desk: Desk,
    told: Told,
) -> None:
    enter(browser, address, PersonRole.REGISTRAR)
    with looking(desk.settings, PersonRole.REGISTRAR) as arrivals:
        patient_key = registers(browser, desk, arrivals)
        changes_who_it_is(browser, arrivals, patient_key)
        keeps_contacts(browser, desk, arrivals, patient_key)
        insures(browser, desk, arrivals, patient_key)
        books(browser, desk, arrivals, patient_key)
        takes_consents(browser, desk, arrivals, patient_key)
        answers_a_correction_request(browser, desk)
        assert failures_on(browser) == []
        seconds = arrivals.wait()
        nothing_is_processed(browser, desk)
    told(seconds)


def registers(browser: WebDriver, desk: Desk, arrivals: Arrivals) -> int:
    """Register a patient; what is missing or cannot be is named."""
    go_to(browser, "/register")
    see(browser, "Look for the patient first")
    before = versions(desk.settings, "patients")
    fill(browser, "Family name *", desk.family_name)
    fill(browser, "Given name", "Ida")
    select(browser, "Sex", "female")
    fill(browser, "E-mail", "nobody at home")
    refused(browser, "Born: This has to be filled in.")
    type_time(browser, "Born", "19880209")
    press_open(browser, "Check and go on")
    see(browser, "9 Feb 1988")
    press_open(browser, "Save")
    see(browser, "this is no e-mail address")
    assert versions(desk.settings, "patients") == before
    fill(browser, "E-mail", "ida@example.org")
    select(browser, "Marital status", "single")
    save(browser, "Patient registered")
    press(browser, "Open the patient registered last")
    see(browser, f"{desk.family_name}, Ida")
    patient_key = newest_patient(desk.settings, desk.registrar)
    arrivals.expect("registered", IS_THERE, patient_key)
    return patient_key


def changes_who_it_is(browser: WebDriver, arrivals: Arrivals, patient_key: int) -> None:
    """Change demographics, with the reason."""
    choose(browser, "Demographics", "desk")
    select(browser, "Marital status", "married")
    refused(browser, "Reason: This has to be filled in.")
    fill(browser, "Reason", "Married in October")
    save(browser, "Demographics changed")
    arrivals.expect("demographics changed", PATIENT, patient_key, "M")
    see(browser, "being processed")


def keeps_contacts(
    browser: WebDriver, desk: Desk, arrivals: Arrivals, patient_key: int
) -> None:
    """Add a contact, change another, and end a third."""
    for name in ("Alma Before", "Otto Before"):
        values = {
            "contact_name": name,
            "relationship_code": "friend",
            "phone": "+1 555 0100",
        }
        add_contact(desk.settings, desk.registrar, patient_key, values=values)
    change, end = (
        next(
            each.key
            for each in entries(
                desk.settings, desk.registrar, "contacts", [patient_key]
            )
            if each.values["contact_name"] == name
        )
        for name in ("Alma Before", "Otto Before")
    )
    choose(browser, "Contacts", "desk")
    before = versions(desk.settings, "contacts")
    refused(browser, "Name: This has to be filled in.")
    fill(browser, "Name", "Kim New")
    select(browser, "Is to the patient", "Child")
    press_open(browser, "Check and go on")
    press_open(browser, "Save")
    see(browser, "a contact needs a telephone number")
    assert versions(desk.settings, "contacts") == before
    fill(browser, "Telephone", "+1 555 0144")
    save(browser, "Contact added")
    added = desk.newest("contacts", patient_key).key
    arrivals.expect("contact added", CONTACT, added, "child", False)  # noqa: FBT003
    see(browser, "Kim New, child")
    choose(browser, "Change", "contacts_what")
    select(browser, "Which contact", "Alma Before")
    select(browser, "Is to the patient", "Neighbour")
    fill(browser, "Reason", "Said so")
    save(browser, "Contact changed")
    arrivals.expect("contact changed", CONTACT, change, "neighbor", False)  # noqa: FBT003
    choose(browser, "End", "contacts_what")
    select(browser, "Which contact", "Otto Before")
    fill(browser, "Reason", "Moved away")
    save(browser, "Contact ended")
    arrivals.expect("contact ended", CONTACT, end, "friend", True)  # noqa: FBT003
    see(browser, "being processed")


def insures(
    browser: WebDriver, desk: Desk, arrivals: Arrivals, patient_key: int
) -> None:
    """Add an insurance, change another, and end a third."""
    for rank, name in ((2, "Second Before"), (3, "Third Before")):
        values = {
            "payer_name": name,
            "plan_type_code": "commercial",
            "member_number": f"M-{rank}",
            "priority_number": rank,
            "started_at": datetime.now(UTC) - timedelta(days=100),
        }
        add_coverage(desk.settings, desk.registrar, patient_key, values=values)
    keys = {
        each.values["payer_name"]: each.key
        for each in entries(desk.settings, desk.registrar, "coverages", [patient_key])
    }
    choose(browser, "Insurance", "desk")
    before = versions(desk.settings, "coverages")
    refused(browser, "Insurer: This has to be filled in.", "From: This has to be")
    assert versions(desk.settings, "coverages") == before
    fill(browser, "Insurer", "Harbor Plan")
    select(browser, "Kind of plan", "Medicare")
    fill(browser, "Number of the insured", "M-1")
    type_time(browser, "From", "20260101")
    save(browser, "Insurance added")
    added = desk.newest("coverages", patient_key).key
    arrivals.expect("insurance added", COVERAGE, added, "Harbor Plan", False)  # noqa: FBT003
    see(browser, "First: Harbor Plan, from 1 Jan 2026")
    choose(browser, "Change", "coverages_what")
    select(browser, "Which insurance", "Second Before")
    fill(browser, "Insurer", "Second After")
    fill(browser, "Reason", "Renamed")
    save(browser, "Insurance changed")
    arrivals.expect(
        "insurance changed",
        COVERAGE,
        keys["Second Before"],
        "Second After",
        False,  # noqa: FBT003
    )
    choose(browser, "End", "coverages_what")
    select(browser, "Which insurance", "Third Before")
    type_time(browser, "Ends with", f"{datetime.now(UTC):%Y%m%d}")
    fill(browser, "Reason", "Left the firm")
    save(browser, "Insurance ended")
    arrivals.expect(
        "insurance ended",
        COVERAGE,
        keys["Third Before"],
        "Third Before",
        True,  # noqa: FBT003
    )


def books(browser: WebDriver, desk: Desk, arrivals: Arrivals, patient_key: int) -> None:
    """Book, move and cancel an appointment; say who came and who did not."""
    keys = have_appointments(desk, patient_key)
    choose(browser, "Appointments", "desk")
    before = versions(desk.settings, "appointments")
    refused(browser, "With: This has to be filled in.", "Begins: This has to be")
    assert versions(desk.settings, "appointments") == before
    search(browser, "With", "alto", "Altocampo")
    in_weeks = datetime.now(UTC) + timedelta(days=14)
    type_time(browser, "Begins", f"{in_weeks:%Y%m%d}1035")
    save(browser, "Appointment booked")
    added = desk.newest("appointments", patient_key).key
    arrivals.expect("appointment booked", APPOINTMENT, added, "booked", 35)
    choose(browser, "Another time", "desk_appointment_what")
    select(browser, "Which one", "Move")
    type_time(browser, "Begins", f"{in_weeks:%Y%m%d}1425")
    fill(browser, "Reason", "Bus strike")
    save(browser, "Appointment moved")
    arrivals.expect("appointment moved", APPOINTMENT, keys["Move"], "booked", 25)
    for doing, kind, status, why in (
        ("Cancel", "Cancel", "cancelled", "Well again"),
        ("Has come", "Arrive", "arrived", ""),
        ("Did not come", "Miss", "noshow", ""),
    ):
        choose(browser, doing, "desk_appointment_what")
        select(browser, "Which one", kind)
        if why:
            fill(browser, "Reason", why)
        done = "Appointment cancelled" if why else "Appointment changed"
        save(browser, done)
        arrivals.expect(f"appointment {status}", APPOINTMENT, keys[kind], status, 0)
    see(browser, "being processed")


def have_appointments(desk: Desk, patient_key: int) -> dict[str, str]:
    """Let appointments have been booked; return their keys by kind."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for kind, starts_at in (
        ("Move", hour + timedelta(days=3)),
        ("Cancel", hour + timedelta(days=4)),
        ("Arrive", hour - timedelta(hours=3)),
        ("Miss", hour - timedelta(hours=6)),
    ):
        values = {
            "appointment_type_name": kind,
            "status_code": "booked",
            "practitioner_id": "D0001",
            "requested_at": hour - timedelta(days=1),
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=20),
        }
        change = Change("request appointment", patient_key, values)
        save_entries(desk.settings, desk.registrar, [change])
    return {
        each.values["appointment_type_name"]: each.key
        for each in entries(
            desk.settings, desk.registrar, "appointments", [patient_key]
        )
    }


def takes_consents(
    browser: WebDriver, desk: Desk, arrivals: Arrivals, patient_key: int
) -> None:
    """Take two decisions down, and withdraw one of them."""
    choose(browser, "Consents", "desk")
    see(browser, "The patient has decided nothing.")
    choose(browser, "Withdraw", "consents_what")
    see(browser, "There is none that this can be done with.")
    choose(browser, "Decide", "consents_what")
    refused(browser, "About: This has to be filled in.")
    select(browser, "About", "Use for research")
    select(browser, "Decision", "No")
    save(browser, "Decision taken down")
    kept = desk.newest("consents", patient_key).key
    arrivals.expect("consent decided", CONSENT, kept, False)  # noqa: FBT003
    select(browser, "About", "Passing on")
    select(browser, "Decision", "Yes")
    fill(browser, "Only to", "Example Clinic")
    save(browser, "Decision taken down")
    shared = desk.newest("consents", patient_key).key
    see(browser, "Passing on to others to Example Clinic: Yes")
    choose(browser, "Withdraw", "consents_what")
    select(browser, "Which decision", "Passing on")
    fill(browser, "Reason", "Changed their mind")
    save(browser, "Decision withdrawn")
    arrivals.expect("consent withdrawn", CONSENT, shared, True)  # noqa: FBT003
    see(browser, "being processed")


def answers_a_correction_request(browser: WebDriver, desk: Desk) -> None:
    """Answer what a patient asked to have corrected; the patient reads it at once."""
    patient = person(desk.settings, PersonRole.PATIENT)
    key = patient.patient_key
    asked_for = {
        "subject_code": "patients",
        "request_text": "my street is Elm Street",
        "status_code": "requested",
        "requested_at": datetime.now(UTC),
    }
    save_entries(desk.settings, patient, [Change("ask for correction", key, asked_for)])
    find(browser, who_is(desk.settings, key))
    choose(browser, "Requests", "desk")
    see(browser, "my street is Elm Street")
    refused(browser, "Answer: This has to be filled in.")
    select(browser, "Answer", "Accept")
    write(browser, "What the patient reads", "It says Elm Street now.")
    save(browser, "Request answered")
    answered = desk.newest("correction_requests", key)
    assert answered.values["status_code"] == "accepted"
    assert answered.values["answered_by_name"] == desk.registrar.display_name


def nothing_is_processed(browser: WebDriver, desk: Desk) -> None:
    """See the new patient found by name, and each list without what is processed."""
    go_to(browser, "/patients")
    see(browser, "Find a patient")
    field = awaited(browser, "input[type=text]")
    field.send_keys(desk.family_name, Keys.ENTER)
    see(browser, "record number")
    press(browser, f"{desk.family_name}, Ida")
    see(browser, "At the desk")
    for what, words in (
        ("Demographics", "Paula Wetherstone"),
        ("Contacts", "Alma Before, neighbour"),
        ("Insurance", "Second After"),
        ("Appointments", "noshow"),
        ("Consents", "Use for research: No"),
    ):
        choose(browser, what, "desk")
        see(browser, words)
        settle(browser)
        assert "being processed" not in words_on(browser)
