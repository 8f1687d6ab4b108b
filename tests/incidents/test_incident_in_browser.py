"""An officer finds the incident of a bad delivery and reads its lines, in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.clinicians.filling_in import open_form, write
from tests.demonstration.chromium import (
    DESKTOP,
    chromium,
    enter,
    failures_on,
    press,
    see,
    serving,
    settle,
    words_on,
)
from tests.incidents.conftest import OFFICER
from tests.incidents.finding import SOURCE
from tests.record.laboratory import file_of, line

pytestmark = pytest.mark.browser


@pytest.fixture
def address(installation: Settings, tmp_path: Path) -> Iterator[str]:
    """Yield the address of the pages, after a delivery with three rows refused."""
    path = tmp_path / "lab_results.csv"
    bad = [line(f"SECRETID{number}", code="") for number in range(3)]
    good = [line(f"G{number}") for number in range(10)]
    path.write_bytes(file_of(*good, *bad))
    load(installation, path, format_name="csv", source_system=SOURCE)
    with serving(installation) as served:
        yield served


def test_an_officer_reads_the_lines_behind_an_incident_and_decides(
    installation: Settings, address: str
) -> None:
    with chromium(DESKTOP) as browser:
        enter(browser, address, OFFICER.user_id)
        see(browser, "3 of 13 rows broke it (23.1 %)")
        press(browser, "Take it")
        see(browser, "The incident is yours.")
        open_form(browser, "Comment")
        write(browser, "What should others know?", "The sender is asked")
        press(browser, "Add the comment")
        see(browser, "Last comment, Quality One")
        press(browser, "See the refused rows")
        see(browser, "3 rows; 1 to 3 shown")
        settle(browser)
        assert words_on(browser).count("Masked: ") == 3
        assert "SECRETID" not in words_on(browser)
        with connect(installation, Role.OWNER) as owner:
            owner.execute("update quarantine.row set status = 'released'")
        browser.get(f"{address}/incidents")
        see(browser, "No incident is open")
        assert failures_on(browser) == []
