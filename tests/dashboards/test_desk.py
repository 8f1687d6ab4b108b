"""The desk as a registrar sees it: find, register, change, compare, merge."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.writing.appointments import BOOKED_ALREADY, warn_of_booked
from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.asking import ask_for_correction
from pipelines.record.actions.booking import book_appointment
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.registering import register_patient
from pipelines.settings import Settings
from tests.conftest import running_installation
from tests.dashboards.conftest import PASSWORD, furnish
from tests.dashboards.entering import PATIENCE, enter_as
from tests.dashboards.test_pages import APP

REGISTRAR = Person("registrar", "Registrar", "registrar")
FOR_REGISTRARS = """
    create policy registrar on marts.dim_patients to ehr_registrar
        using ((select access.is_known_person()));
    grant select on marts.dim_patients, marts.dim_practitioners to ehr_registrar;
    insert into marts.dim_practitioners
    values ('operational:D7', 'Dr. Seven', 'Cardiology')
"""
# The build made one allergy the survivor's, and nothing of another table.
CHANGED = """
    insert into quality.merge_change values
    (1, %(key)s, 2, 'merge', 'marts.fct_allergies', 1, 2, 0, 3),
    (1, %(key)s, 2, 'merge', 'marts.fct_same', 0, 2, 0, 2)
"""
EVE = {
    "family_name": "Lindqvist",
    "given_name": "Eve",
    "birth_date": date(1970, 5, 1),
    "sex_code": "F",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with three delivered patients and a registrar."""
    for settings in running_installation(tmp_path_factory.mktemp("desk")):
        furnish(settings)
        with connect(settings, Role.OWNER) as owner:
            owner.execute(FOR_REGISTRARS)
            create_person(owner, REGISTRAR, PASSWORD)
        yield settings


@pytest.fixture
def app(office: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app as the registrar sees it."""
    monkeypatch.setenv("EHR_HOME", str(office.home))
    monkeypatch.setenv("EHR_MODE", "test")
    return enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE), "registrar")


def words(app: AppTest) -> str:
    """Return all that the page says."""
    assert not app.exception
    parts = [
        *app.title, *app.markdown, *app.caption, *app.error, *app.warning,
        *app.info, *app.success,
    ]  # fmt: skip
    return "\n".join(str(part.value) for part in parts)


def click(app: AppTest, label: str) -> None:
    """Click the button of a label."""
    next(each for each in app.button if each.label == label).click().run()


def fill(app: AppTest, label: str, value: object) -> None:
    """Fill in the field of a label, whatever kind it is."""
    fields = [
        *app.text_input, *app.selectbox, *app.date_input, *app.text_area,
    ]  # fmt: skip
    field = next(each for each in fields if each.label.rstrip(" *") == label)
    field.set_value(value).run()


def open_desk(app: AppTest, patient_key: int, what: str | None = None) -> None:
    """Open the desk of a patient."""
    app.session_state["patient_key"] = patient_key
    app.switch_page("views/registrar/patient.py").run()
    if what is not None:
        app.button_group(key="desk").set_value(what).run()


def written(office: Settings, feed: str, patient_key: int) -> list:
    return entries(office, REGISTRAR, feed, [patient_key])


def test_a_patient_is_found_by_the_sound_of_the_name(app: AppTest) -> None:
    app.text_input(key="search").set_value("Mayer").run()
    assert "born 3 Aug 1956" in words(app)
    assert {each.label for each in app.button} >= {"Meyer, Ada"}


def test_a_patient_is_registered_and_opened_at_once(app: AppTest) -> None:
    app.switch_page("views/registrar/register.py").run()
    fill(app, "Family name", "Oakes")
    fill(app, "Given name", "Ben")
    fill(app, "Born", date(1988, 2, 9))
    fill(app, "Sex", "M")
    click(app, "Check and go on")
    assert "You are about to register a patient" in words(app)
    assert not app.warning
    click(app, "Save")
    assert "Patient registered" in words(app)
    click(app, "Open the patient registered last")
    assert "Oakes, Ben" in words(app)
    assert "born 9 Feb 1988" in words(app)


def test_who_may_be_registered_already_is_shown_and_has_to_be_considered(
    app: AppTest,
) -> None:
    app.switch_page("views/registrar/register.py").run()
    fill(app, "Family name", "Maier")
    fill(app, "Given name", "Adele")
    fill(app, "Born", date(1956, 8, 3))
    fill(app, "Sex", "F")
    click(app, "Check and go on")
    said = words(app)
    assert "Registered already: Meyer, Ada, born 3 Aug 1956" in said
    assert next(each for each in app.button if each.label == "Save").disabled
    app.checkbox[0].check().run()
    click(app, "Save")
    assert "Patient registered" in words(app)


def test_demographics_are_changed_and_show_at_once(
    app: AppTest, office: Settings
) -> None:
    key = register_patient(office, REGISTRAR, values=EVE)
    open_desk(app, key, "Demographics")
    fill(app, "Town", "Salem")
    click(app, "Check and go on")
    assert "some of it has to be mended" in words(app)
    fill(app, "Reason", "Moved")
    click(app, "Check and go on")
    assert "Town before: not filled in" in words(app)
    click(app, "Save")
    assert "being processed" in words(app)
    entry = written(office, "patients", key)[0]
    assert (entry.values["city"], entry.change_reason_text) == ("Salem", "Moved")


def test_who_was_delivered_by_another_system_is_not_changed_here(app: AppTest) -> None:
    open_desk(app, 1, "Demographics")
    assert "Meyer, Ada" in words(app)
    assert "delivered by another system" in words(app)


def test_a_contact_and_an_insurance_are_added(app: AppTest, office: Settings) -> None:
    open_desk(app, 2, "Contacts")
    fill(app, "Name", "Kim Anders")
    fill(app, "Is to the patient", "child")
    fill(app, "Telephone", "+1 555 0144")
    click(app, "Check and go on")
    click(app, "Save")
    assert "Kim Anders, child" in words(app)
    open_desk(app, 2, "Insurance")
    fill(app, "Insurer", "Example Health Plan")
    fill(app, "Kind of plan", "medicare")
    fill(app, "Number of the insured", "M-7")
    fill(app, "From", date(2026, 1, 1))
    click(app, "Check and go on")
    click(app, "Save")
    assert "First: Example Health Plan, from 1 Jan 2026" in words(app)
    assert len(written(office, "contacts", 2)) == 1
    assert len(written(office, "coverages", 2)) == 1


def test_two_registrations_are_compared_merged_and_parted(
    app: AppTest, office: Settings
) -> None:
    key = register_patient(office, REGISTRAR, values=EVE | {"given_name": "Evelyn"})
    open_desk(app, key, "Same person")
    app.text_input(key="merge_search").set_value("Anders").run()
    app.selectbox(key="merge_other").set_value(2).run()
    table = app.dataframe[0].value
    assert "Evelyn" in str(table.to_numpy())
    fill(app, "Why this is one person", "Same card")
    click(app, "Check and go on")
    assert "let this registration go on under Anders, Bruno" in words(app)
    click(app, "Save")
    assert "Merged" in words(app)
    assert "Same card" in words(app)
    fill(app, "Why these are two people", "Cousins")
    click(app, "Check and go on")
    click(app, "Save")
    assert "Taken back" in words(app)
    assert len(written(office, "patient_links", key)) == 2
    with connect(office, Role.BUILDER) as builder:
        builder.execute(CHANGED, {"key": key})
    app.run()
    changed = str(app.dataframe[-1].value.to_numpy())
    assert "marts.fct_allergies" in changed
    assert "marts.fct_same" not in changed


def test_an_appointment_is_booked_at_the_desk(app: AppTest, office: Settings) -> None:
    open_desk(app, 3, "Appointments")
    fill(app, "With", "seven")
    found = next(each for each in app.selectbox if each.label == "1 found")
    found.select_index(0).run()
    # What runs the app here does not know this kind of field.
    typed = app.session_state["form|desk appointment 3"].typed
    typed["starts_at"] = datetime.now() + timedelta(days=10)  # noqa: DTZ005 - local
    click(app, "Check and go on")
    assert "Dr. Seven" in words(app)
    click(app, "Save")
    booked = written(office, "appointments", 3)
    assert [each.values["practitioner_id"] for each in booked] == ["D7"]


def test_a_consent_is_taken_down_and_its_effect_is_told(
    app: AppTest, office: Settings
) -> None:
    open_desk(app, 3, "Consents")
    fill(app, "About", "treating_team_only")
    fill(app, "Decision", "permit")
    click(app, "Check and go on")
    assert "break the glass" in words(app)
    click(app, "Save")
    assert "Only the treating team sees the record: Yes" in words(app)
    assert len(written(office, "consents", 3)) == 1


def test_a_wish_for_correction_is_answered_at_the_desk(
    app: AppTest, office: Settings
) -> None:
    app.switch_page("views/registrar/corrections.py").run()
    assert "No wish for correction waits" in words(app)
    patient = Person("ada", "Ada", "patient", patient_key=1)
    with connect(office, Role.OWNER) as owner:
        create_person(owner, patient, PASSWORD)
    ask_for_correction(office, patient, subject="patients", wish="It is **Adah**")
    ask_for_correction(office, patient, subject="allergies", wish="I have none")
    app.switch_page("views/registrar/corrections.py").run()
    told = words(app)
    assert "Meyer, Ada" in told
    assert "000451-7" in told
    assert told.count("ask who wrote it before you accept it") == 1
    select = next(each for each in app.selectbox if each.label.startswith("Answer"))
    select.select("deny").run()
    click(app, "Check and go on")
    assert "mended first" in words(app)
    text = next(each for each in app.text_area if each.label.startswith("What the"))
    text.input("It is so on your passport").run()
    click(app, "Check and go on")
    click(app, "Save")

    found = entries(office, patient, "correction_requests", [1])
    answered = [each.values for each in found if each.values["status_code"] == "denied"]
    assert [each["answer_text"] for each in answered] == ["It is so on your passport"]
    assert "ask who wrote it" in words(app)
    assert "Adah" not in words(app)


def test_two_at_once_with_one_doctor_are_warned_of(office: Settings) -> None:
    at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    book_appointment(
        office,
        REGISTRAR,
        1,
        practitioner_id="D7",
        specialty="Cardiology",
        starts_at=at,
        minutes=20,
        kind="Follow-up",
    )

    told = warned_of(office, at + timedelta(minutes=19))

    assert told == [BOOKED_ALREADY]
    assert warned_of(office, at + timedelta(minutes=20)) == []


def warned_of(office: Settings, starts_at: datetime) -> list[str]:
    """Return what the form warns of, asked in the registrar's name."""
    values = {"starts_at": starts_at, "minutes": 20}
    with (
        patch("dashboards.session.person", return_value=REGISTRAR),
        patch("dashboards.session.settings", return_value=office),
    ):
        return warn_of_booked("D7", values)


def test_race_and_county_are_asked_for_and_an_old_county_is_warned_of(
    app: AppTest, office: Settings
) -> None:
    key = register_patient(
        office,
        REGISTRAR,
        values=EVE
        | {"given_name": "Nora", "county": "Hampden", "city": "Ludlow"}
        | {"race_code": "asian", "ethnicity_code": "nonhispanic"},
    )
    open_desk(app, key, "Demographics")
    shown = app.dataframe[0].value
    listed = dict(zip(shown["What"], shown["Value"], strict=True))
    assert listed["Race, as the patient says"] == "Asian"
    assert listed["Ethnicity, as the patient says"] == "Not Hispanic or Latino"
    assert listed["County"] == "Hampden"
    fill(app, "Town", "Boston")
    fill(app, "Reason", "moved")
    click(app, "Check and go on")

    assert "the county stays Hampden" in words(app)
