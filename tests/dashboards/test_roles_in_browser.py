"""Every role in Chromium, on a simulated hospital: its pages, and nobody else's."""

import threading
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pipelines.access.encryption import load_keyring
from pipelines.access.identity import identities_of
from pipelines.access.people import PersonRole
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.asking import open_page, with_session
from tests.demonstration.chromium import (
    DESKTOP,
    OVERFLOW,
    PHONE,
    awaited,
    chromium,
    enter,
    failures_on,
    go_to,
    leave,
    press,
    refusals_on,
    see,
    serving,
    settle,
    words_on,
)

# Address of each page of a role, and words that only its data can have brought.
PAGES: dict[PersonRole, dict[str, tuple[str, ...]]] = {
    PersonRole.DOCTOR: {
        "worklist": ("Worklist", "Critical"),
        "patients": ("Find a patient",),
        "chart": ("Chart",),
        "results": ("Results", "Choose a patient first"),
        "medicines": ("Medicines", "Choose a patient first"),
        "active_list": ("Active list", "Choose a patient first"),
        "reports": ("Reports", "Choose a patient first"),
        "requests": ("Requests", "Due or overdue, and not asked for"),
        "my_reports": ("My reports", "You have reported no value"),
    },
    PersonRole.NURSE: {
        "worklist": ("Worklist", "A doctor acknowledges"),
        "patients": ("My patients", "born"),
        "chart": ("Chart",),
        "results": ("Results", "Choose a patient first"),
        "medicines": ("Medicines", "Choose a patient first"),
        "active_list": ("Active list", "Choose a patient first"),
        "reports": ("Reports", "Choose a patient first"),
        "doses": ("Doses", "Shift"),
        "ward_round": ("Ward round",),
        "ward": ("My ward",),
        "my_reports": ("My reports", "You have reported no value"),
    },
    PersonRole.LAB_TECHNICIAN: {
        "upload": ("Upload results",),
        "worklist": ("Orders and specimens",),
        "accession": ("Accession", "Number of the order"),
        "results": ("Results",),
        "turnaround": ("Turn-around times", "With both times"),
        "flags_and_units": ("Flags and units", "Units that seem mixed up"),
        "delta_checks": ("Delta checks", "real disease"),
    },
    PersonRole.COMPLIANCE: {
        "reviews": ("Weekly reviews",),
        "search": ("Audit",),
        "looks": ("Looks to ask about",),
        "glass": ("Broken glass",),
        "disclosures": ("Accounting of disclosures",),
        "grants": ("Who may do what",),
        "restrictions": ("Restrictions", "Labels"),
        "release": ("Release of results", "every result is read at once"),
    },
    PersonRole.PATIENT: {
        "results": ("My results", "usual range"),
        "medicines": ("My medicines",),
        "plans": ("My treatment plans",),
        "visits": ("My visits",),
        "requests": ("My requests",),
        "contacts": ("My contacts",),
        "privacy": ("Privacy",),
        "download": ("Download",),
        "access_log": ("Who looked at my record",),
    },
    PersonRole.QUALITY: {
        "incidents": ("Incidents", "Last deliver"),
        "reported_values": ("Reported values", "Nobody has reported a value"),
        "loads": ("Loads", "hospital"),
        "checks": ("Checks",),
        "conservation": ("Conservation", "Nothing has been counted yet"),
        "refused_rows": ("Refused rows",),
        "judgements": ("Judgement of results", "Why results are not judged"),
        "critical_results": ("Critical results", "By test"),
        "turnaround": ("Turn-around times", "With both times"),
        "flags_and_units": ("Flags and units", "Units that seem mixed up"),
        "delta_checks": ("Delta checks", "real disease"),
        "medicines": ("Medicines", "Mapped to ingredients"),
    },
    PersonRole.REGISTRAR: {
        "patients": ("Patients", "Find a patient"),
        "patient": ("Patient", "Choose a patient first"),
        "register": ("Register", "Look for the patient first"),
        "corrections": ("Corrections",),
    },
    PersonRole.BILLING: {
        "claims": ("Claims", "Submitted"),
        "patient_account": ("Account", "Choose a patient first"),
    },
    PersonRole.SUPPORT: {
        "why": ("Why can, or can't, somebody see a patient?", "Give both"),
        "wards": ("Wards", "Put a nurse on a ward"),
    },
}
COMING = {"": ("Your pages are being built",)}
ADDRESSES = sorted({path for pages in PAGES.values() for path in pages})
NURSES_PATIENTS = """
    select patient_key from access.care_team
    where practitioner_id = 'N0001' and (ended_at is null or ended_at > now())
"""
EVERYBODY = "select patient_key from marts.dim_patients"
SIZES = {"desktop": DESKTOP, "phone": PHONE}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(simulated_hospital: Settings) -> Iterator[str]:
    """Yield the address of the pages of the simulated hospital."""
    with serving(simulated_hospital) as served:
        yield served


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Return the size of a screen."""
    return SIZES[request.param]


@pytest.fixture
def browser(size: tuple[int, int]) -> Iterator[WebDriver]:
    """Yield a Chromium that remembers nobody."""
    with chromium(size) as opened:
        yield opened


@pytest.fixture(scope="module")
def names(simulated_hospital: Settings) -> dict[int, str]:
    """Return the names of all patients as the doctor's pages write them."""
    with connect(simulated_hospital, Role.DOCTOR) as connection:
        connection.execute("select set_config('ehr.user_id', 'doctor', false)")
        keys = [key for (key,) in connection.execute(EVERYBODY)]
        keyring = load_keyring(simulated_hospital.keys_folder)
        found = identities_of(connection, keyring, keys)
    return {key: identity.full_name for key, identity in found.items()}


@pytest.fixture(scope="module")
def foreign_names(simulated_hospital: Settings, names: dict[int, str]) -> set[str]:
    """Return the names of patients whom the nurse may not see."""
    with connect(simulated_hospital, Role.BUILDER) as connection:
        own = {key for (key,) in connection.execute(NURSES_PATIENTS)}
    hers = {names[key] for key in own}
    return set(names.values()) - hers


def pages_of(role: PersonRole) -> dict[str, tuple[str, ...]]:
    """Return the addresses of a role's pages with words to see there."""
    return PAGES.get(role, COMING)


def look_at(browser: WebDriver, words: tuple[str, ...]) -> str:
    """Wait for a page's words; it must be whole and fit the screen."""
    for expected in words:
        see(browser, expected)
    settle(browser)
    assert failures_on(browser) == []
    assert refusals_on(browser) == []
    assert browser.execute_script(OVERFLOW) <= 0
    return words_on(browser)


@pytest.mark.parametrize("role", PersonRole)
def test_every_page_of_a_role_shows_its_data_and_fits(
    role: PersonRole, browser: WebDriver, address: str
) -> None:
    enter(browser, address, role)
    for path, words in pages_of(role).items():
        go_to(browser, f"/{path}")
        look_at(browser, words)


@pytest.mark.parametrize("role", PersonRole)
def test_the_address_of_another_roles_page_brings_only_ones_own(
    role: PersonRole, simulated_hospital: Settings, address: str
) -> None:
    """What is sent to a browser counts: one that is shown nothing may have been told.

    Each address is opened as by hand, in a new page of the same session.
    """
    own = pages_of(role)
    home = {next(iter(own.values()))[0]} - {"Your pages are being built"}
    session = sign_in_as_persona(simulated_hospital, role).token
    headers = with_session(simulated_hospital, session)
    for path in ADDRESSES:
        if path not in own:
            with open_page(address, headers, path) as sent:
                assert titles_in(sent) == (home or {role.title}), path


def titles_in(sent: list[ForwardMsg]) -> set[str]:
    """Return the titles of a page as it was sent."""
    headings = [message.delta.new_element.heading for message in sent]
    return {heading.body for heading in headings if heading.tag == "h1"}


def titles_on(browser: WebDriver) -> set[str]:
    """Return the titles that a page shows."""
    return {each.text for each in browser.find_elements(By.TAG_NAME, "h1")}


def test_without_signing_in_every_address_leads_to_the_sign_in(address: str) -> None:
    with chromium(DESKTOP) as browser:
        for path in ADDRESSES:
            browser.get(f"{address}/{path}")
            see(browser, "User name")
            settle(browser)
            assert titles_on(browser) == {"EHR Warehouse"}, path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("joh smi", "Smithgrove, Joh"),
        ("SMITHER joh", "Smithermoor, Joh"),
        ("smythgrofe", "Smithgrove, Joh"),
    ],
)
def test_the_search_finds_a_beginning_and_a_misspelt_name(
    text: str, expected: str, browser: WebDriver, address: str
) -> None:
    enter(browser, address, PersonRole.DOCTOR)
    go_to(browser, "/patients")
    see(browser, "Find a patient")
    search = awaited(browser, "input[type=text]")
    search.send_keys(text, Keys.ENTER)
    look_at(browser, (expected,))


def open_first_patient(browser: WebDriver, name: str) -> None:
    """Search a patient by the name that lists show, and open the chart."""
    go_to(browser, "/patients")
    see(browser, "Find a patient")
    search = awaited(browser, "input[type=text]")
    search.send_keys(name.replace(",", ""), Keys.ENTER)
    press(browser, name)
    look_at(browser, (name,))


def test_two_persons_in_two_browsers_never_see_each_others_data(
    address: str, names: dict[int, str], foreign_names: set[str]
) -> None:
    """A doctor and a nurse switch pages at the same time, again and again."""
    name = sorted(foreign_names)[0]
    seen_by_nurse: list[str] = []
    with (
        chromium(DESKTOP) as doctor,
        chromium(PHONE) as nurse,
    ):
        enter(doctor, address, PersonRole.DOCTOR)
        enter(nurse, address, PersonRole.NURSE)
        turns = [
            threading.Thread(target=wander, args=(doctor, [], 6)),
            threading.Thread(target=wander, args=(nurse, seen_by_nurse, 6)),
        ]
        for turn in turns:
            turn.start()
        open_first_patient_after(turns, doctor, name)
        seen_by_nurse.append(nurse.page_source)

        leave(doctor)
        assert name not in doctor.page_source
        enter(doctor, address, PersonRole.QUALITY)
        assert not any(each in doctor.page_source for each in names.values())

    assert len(seen_by_nurse) >= 6
    for source in seen_by_nurse:
        assert {each for each in foreign_names if each in source} == set()


def open_first_patient_after(
    turns: list[threading.Thread], browser: WebDriver, name: str
) -> None:
    """Open a chart once both have wandered."""
    for turn in turns:
        turn.join()
    open_first_patient(browser, name)


def wander(browser: WebDriver, seen: list[str], times: int) -> None:
    """Switch between pages and keep what each showed."""
    for _ in range(times):
        for path in ("/worklist", "/patients"):
            go_to(browser, path)
            settle(browser)
            seen.append(browser.page_source)
