"""A specimen that the laboratory rejects: who ordered it sees it, until it is done."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from dashboards.place import PATIENT
from pipelines.access.acting import RuleError, asking
from pipelines.access.people import Person, PersonRole, find_person
from pipelines.access.reading import Query, Reader
from pipelines.access.seen_rejections import NOTE, note_seen_rejection
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.laboratory_work import set_specimen_status
from pipelines.record.actions.ordering import order_tests
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.taking_specimens import record_specimen
from pipelines.settings import Settings
from pipelines.write_back import land_record
from tests.clinicians.conftest import Clinic
from tests.clinicians.filling_in import click_on
from tests.clinicians.test_accession import page_of
from tests.clinicians.test_forms import said
from tests.clock import ago
from tests.demonstration.chromium import (
    DESKTOP,
    chromium,
    enter,
    failures_on,
    go_to,
    press,
    see,
    serving,
    settle,
    words_on,
)

POTASSIUM = "2823-3"
# Critical results of others come before it on the worklist.
CHART_OF_REJECTED = (
    "(//p[contains(., 'Specimen rejected: Clotted')]"
    "/following::button[normalize-space(.)='Open chart'])[1]"
)
TUBE = "A-26-REJECTED"
LISTED = "select patient_key, specimen_key from marts.fct_rejected_specimens"
WAITING = f"{LISTED} where accession_number = %(tube)s"
LATER = """
    update marts.fct_rejected_specimens
    set known_from = known_from + make_interval(hours => %(hours)s)
    where specimen_key = %(key)s
"""


@dataclass(frozen=True)
class Rejected:
    """A rejected specimen of the clinic's patient, in the marts."""

    technician: Person
    order: Entry
    specimen: Entry


def entry_of(
    settings: Settings, person: Person, feed: str, key: int, **is_: str
) -> Entry:
    """Return the newest entry of a feed whose values are so."""
    found = [
        each
        for each in entries(settings, person, feed, [key])
        if all(each.values[name] == value for name, value in is_.items())
    ]
    return found[-1]


def brought(settings: Settings) -> None:
    """Bring what was saved into the marts."""
    land_record(settings)
    build_marts(settings)


@pytest.fixture(scope="module")
def rejected(clinic: Clinic) -> Rejected:
    """Let the doctor order, a specimen come clotted, and the marts know of it."""
    settings, key = clinic.settings, clinic.patient_key
    with connect(settings, Role.OWNER) as owner:
        technician = find_person(owner, PersonRole.LAB_TECHNICIAN)
    order_tests(
        settings,
        clinic.doctor,
        key,
        category="laboratory",
        test_codes=[POTASSIUM],
        priority="stat",
    )
    order = entry_of(settings, technician, "lab_orders", key, test_code=POTASSIUM)
    record_specimen(
        settings,
        technician,
        order,
        material="Serum",
        accession_number=TUBE,
        collected_at=ago(hours=1),
    )
    specimen = entry_of(settings, technician, "specimens", key, accession_number=TUBE)
    order = entry_of(settings, technician, "lab_orders", key, test_code=POTASSIUM)
    set_specimen_status(
        settings,
        technician,
        specimen,
        status="rejected",
        reason="clotted",
        order=order,
        is_to_be_repeated=True,
    )
    brought(settings)
    return Rejected(technician, order, specimen)


@pytest.fixture
def unseen(clinic: Clinic) -> Iterator[None]:
    """Let nobody have seen a rejection."""
    with connect(clinic.settings, Role.OWNER) as owner:
        owner.execute("delete from access.seen_rejection")
    yield
    with connect(clinic.settings, Role.OWNER) as owner:
        owner.execute("delete from access.seen_rejection")


def rows_seen(clinic: Clinic, person: Person) -> list[int]:
    """Return whose rejected specimens a person reads from the mart."""
    read = Reader(clinic.settings, person).read("test", {"rows": Query(LISTED, {})})
    return list(read.frames["rows"]["patient_key"])


@pytest.mark.usefixtures("rejected", "unseen")
def test_the_doctor_is_told_why_and_that_another_is_to_be_taken(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(page_of(clinic, monkeypatch, PersonRole.DOCTOR, "worklist"))

    assert "Specimen rejected: Clotted" in text
    assert "Please collect again" in text
    assert f"ordered by {clinic.doctor.display_name}" in text
    assert clinic.name in text
    assert "has not asked" not in text


@pytest.mark.usefixtures("unseen")
def test_seen_it_leaves_the_worklist_and_stays_on_the_chart(
    clinic: Clinic, rejected: Rejected, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(clinic, monkeypatch, PersonRole.DOCTOR, "worklist")
    page = page.button(f"seen_{rejected.specimen.key}").click().run()
    assert "Clotted" not in said(page)

    page.session_state[PATIENT] = clinic.patient_key
    chart = said(page.switch_page("views/doctor/chart.py").run())
    assert "Specimen rejected: Clotted" in chart
    assert f"Seen by {clinic.doctor.display_name}" in chart
    with connect(clinic.settings, Role.OWNER) as owner:
        trail = owner.execute(
            "select result, patient_keys from audit.event "
            "where subject = 'rejected specimen' order by event_id desc limit 2"
        ).fetchall()
    assert trail == [("ok", [clinic.patient_key]), ("intended", [clinic.patient_key])]


@pytest.mark.usefixtures("unseen")
def test_a_rejection_that_changed_after_it_was_seen_is_back(
    clinic: Clinic, rejected: Rejected, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, key = clinic.settings, rejected.specimen.key
    note_seen_rejection(settings, clinic.doctor, clinic.patient_key, key)
    shown = []
    with connect(settings, Role.BUILDER, autocommit=True) as builder:
        for hours in (0, 1, -1):
            builder.execute(LATER, {"hours": hours, "key": key})
            page = page_of(clinic, monkeypatch, PersonRole.DOCTOR, "worklist")
            shown.append("Specimen rejected: Clotted" in said(page))

    assert shown == [False, True, False]


@pytest.mark.usefixtures("rejected", "unseen")
def test_the_nurse_of_the_patient_sees_it_and_cannot_say_seen(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(clinic, monkeypatch, PersonRole.NURSE, "worklist")

    assert "Specimen rejected: Clotted" in said(page)
    assert [each for each in page.button if each.label == "Seen"] == []


@pytest.mark.usefixtures("unseen")
def test_only_a_doctor_says_seen(clinic: Clinic, rejected: Rejected) -> None:
    key = rejected.specimen.key
    for person in (clinic.nurse, rejected.technician):
        with pytest.raises(RuleError, match="may not acknowledge"):
            note_seen_rejection(clinic.settings, person, clinic.patient_key, key)
    # Not by going round the code either.
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        asking(clinic.settings, clinic.nurse) as connection,
    ):
        connection.execute(NOTE, (clinic.patient_key, key))


@pytest.mark.usefixtures("rejected")
def test_a_nurse_of_other_patients_and_billing_read_none(
    clinic: Clinic, other_nurse: Person
) -> None:
    with connect(clinic.settings, Role.OWNER) as owner:
        billing = find_person(owner, PersonRole.BILLING)

    assert clinic.patient_key in rows_seen(clinic, clinic.nurse)
    assert rows_seen(clinic, other_nurse) == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows_seen(clinic, billing)


@pytest.mark.browser
@pytest.mark.usefixtures("rejected", "unseen")
def test_a_rejection_reaches_the_doctor_in_the_browser(clinic: Clinic) -> None:
    with (
        serving(clinic.settings) as address,
        chromium(DESKTOP) as browser,
    ):
        enter(browser, address, PersonRole.DOCTOR)
        go_to(browser, "/worklist")
        see(browser, "Specimen rejected: Clotted")
        see(browser, "Please collect again")
        assert failures_on(browser) == []
        assert open_chart_tells_it(browser)
        press(browser, "Seen")
        see(browser, f"Seen by {clinic.doctor.display_name}")
        go_to(browser, "/worklist")
        see(browser, "to collect again: none")
        settle(browser)
        assert "Clotted" not in words_on(browser)


def open_chart_tells_it(browser: WebDriver) -> bool:
    """Open the chart from the row, and see the rejection there."""
    click_on(browser, CHART_OF_REJECTED, "chart of whose specimen was rejected")
    see(browser, "Laboratory results")
    settle(browser)
    return "Specimen rejected: Clotted" in words_on(browser)


def test_another_specimen_ends_it(clinic: Clinic, rejected: Rejected) -> None:
    settings, key = clinic.settings, clinic.patient_key
    order = entry_of(
        settings, rejected.technician, "lab_orders", key, test_code=POTASSIUM
    )
    record_specimen(
        settings,
        rejected.technician,
        order,
        material="Serum",
        accession_number="A-26-SECOND",
        collected_at=ago(minutes=5),
    )
    brought(settings)

    with connect(settings, Role.BUILDER) as builder:
        found = builder.execute(WAITING, {"tube": TUBE}).fetchall()
    assert found == []
