"""From a bad delivery to a mart that is right: an officer's way, in Chromium."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.access.people import create_person
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.clinicians.filling_in import click_on, fill, select, tick
from tests.conftest import installation_with_marts
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
from tests.incidents.conftest import OFFICER, PASSWORD
from tests.incidents.finding import SOURCE
from tests.record.laboratory import PATIENTS, file_of, line

SPELLED_WRONGLY, UNIT = "mmol per l", "mmol/L"
WHY = "The analyser's clock was ahead; the laboratory confirmed the results"
FORM = "//div[@data-testid='stForm'][.//button[normalize-space(.)='{button}']]"
CORRECTING, DECIDING = (FORM.format(button=each) for each in ("Correct it", "Decide"))
FOLDED = "//summary[contains(normalize-space(.), 'Correct a code or a unit')]"
RELEASE = "//label[contains(normalize-space(.), 'Release: land in spite')]"
RELEASED = """
    select lab_result_key, unit, unit_ucum, value_number from marts.fct_lab_results
    where lab_result_key like '%LATE%' order by lab_result_key
"""

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Desk:
    """An installation and the address of its pages."""

    settings: Settings
    address: str


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield the pages after a delivery of which three results were refused."""
    folder = tmp_path_factory.mktemp("delivery")
    for settings in installation_with_marts(tmp_path_factory.mktemp("bad_delivery")):
        with connect(settings, Role.OWNER) as owner:
            create_person(owner, OFFICER, PASSWORD)
        deliver(settings, folder)
        build_marts(settings)
        with serving(settings) as address:
            yield Desk(settings, address)


def deliver(settings: Settings, folder: Path) -> None:
    """Load ten good results, and three from a clock that is two days ahead."""
    ahead = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    good = [line(f"G{number}") for number in range(10)]
    late = [line(f"LATE{number}", patient="P2", drawn=ahead) for number in range(3)]
    late = [each.replace(UNIT, SPELLED_WRONGLY) for each in late]
    (folder / "patients.csv").write_text(PATIENTS)
    (folder / "lab_results.csv").write_bytes(file_of(*good, *late))
    load(settings, folder, format_name="csv", source_system=SOURCE)


def test_an_officer_mends_a_unit_releases_rows_and_sees_mart_and_incident_change(
    desk: Desk,
) -> None:
    with chromium(DESKTOP) as browser:
        enter(browser, desk.address, OFFICER.user_id)
        see(browser, "3 of 13 rows broke it (23.1 %)")
        go_to(browser, "/judgements")
        see(browser, "10 results")
        go_to(browser, "/incidents")
        press(browser, "See the refused rows")
        see(browser, "3 rows; 1 to 3 shown")
        settle(browser)
        assert words_on(browser).count("Masked: ") == 3
        assert "LATE" not in words_on(browser)

        click_on(browser, FOLDED, "form of corrections")
        select(browser, "Column", "unit", CORRECTING)
        fill(browser, "Delivered as", SPELLED_WRONGLY, inside=CORRECTING)
        fill(browser, "Stands for", UNIT, inside=CORRECTING)
        fill(browser, "Why?", "Their new spelling of the unit", inside=CORRECTING)
        press(browser, "Correct it")
        see(browser, "Corrected. What waits is read with it")

        click_on(browser, RELEASE, "release")
        fill(browser, "Why?", WHY, inside=DECIDING)
        tick(browser, "Yes, 3 rows")
        press(browser, "Decide")
        see(browser, "3 refused rows: 3 released")
        see(browser, "0 waiting + 3 released + 0 discarded")

        build_marts(desk.settings)
        go_to(browser, "/judgements")
        see(browser, "13 results")
        go_to(browser, "/incidents")
        see(browser, "Open incidents")
        settle(browser)
        # The mart still says that they lie ahead; that load's incident is resolved.
        assert "See the refused rows" not in words_on(browser)
        assert failures_on(browser) == []

    with connect(desk.settings, Role.BUILDER) as builder:
        found = builder.execute(RELEASED).fetchall()
    assert [(unit, ucum, float(value)) for _, unit, ucum, value in found] == [
        (UNIT, UNIT, 4.1)
    ] * 3
