"""The registrar's desk in Chromium, and the patient who comes to it."""

from dataclasses import dataclass

from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import Person
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.settings import Settings
from tests.demonstration.charts import search
from tests.demonstration.chromium import press, see, settle
from tests.demonstration.way_back import Somebody


@dataclass(frozen=True)
class Desk:
    """The registrar, and the patient who comes for the first time."""

    settings: Settings
    registrar: Person
    family_name: str

    def newest(self, feed: str, patient_key: int) -> Entry:
        """Return what was written last about a patient."""
        found = entries(self.settings, self.registrar, feed, [patient_key])
        return max(found, key=lambda each: each.changed_at)


def find(browser: WebDriver, patient: Somebody) -> None:
    """Find a patient by the record number, and open the desk."""
    search(browser, patient.record_number)
    press(browser, patient.name)
    see(browser, "At the desk")
    settle(browser)
