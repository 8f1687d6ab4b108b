"""The patient whom doctor and nurse write about in Chromium, and what became of it."""

from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import PersonRole
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.clinicians.conftest import Clinic
from tests.demonstration.charts import open_found, search
from tests.demonstration.chromium import enter, go_to, see


def open_as(browser: WebDriver, clinic: Clinic, address: str, role: PersonRole) -> None:
    """Sign in, and open the patient's chart: doctors search, nurses have a list."""
    enter(browser, address, role)
    if role is PersonRole.DOCTOR:
        reopen(browser, clinic)
        return
    go_to(browser, "/patients")
    see(browser, "Narrow the list")
    open_found(browser, clinic.name)


def reopen(browser: WebDriver, clinic: Clinic) -> None:
    """Go to the patient's chart again."""
    search(browser, clinic.number)
    open_found(browser, clinic.name)


def in_marts(clinic: Clinic, mart: str, column: str, value: str) -> int:
    """Return how many rows of the patient a mart has with a value."""
    with connect(clinic.settings, Role.BUILDER) as builder:
        return builder.execute(
            f"select count(*) from marts.{mart} "  # noqa: S608 - names of this module
            f"where patient_key = %s and {column} = %s",
            (clinic.patient_key, value),
        ).fetchone()[0]


def button_of(key: str) -> str:
    """Return the path of a button by its key."""
    return f"//div[contains(@class, 'st-key-{key}')]//button"
