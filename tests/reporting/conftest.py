"""An installation with an officer, a doctor and the words of every check."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from pipelines.access.people import Person, create_person
from pipelines.checking.definitions import enter_definitions
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import running_installation
from tests.record.laboratory import file_of

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
OFFICER = Person("officer", "Quality One", "quality")
DOCTOR = Person("doctor", "Dr. One", "doctor", "hospital", "D1")


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with people and the words of every check, no results."""
    for settings in running_installation(tmp_path_factory.mktemp("reporting")):
        with connect(settings, Role.OWNER) as owner:
            for person in (OFFICER, DOCTOR):
                create_person(owner, person, PASSWORD)
        with connect(settings, Role.BUILDER) as builder:
            enter_definitions(builder)
        yield settings


@pytest.fixture(autouse=True)
def nothing_found(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take away what a test found, decided and told."""
    yield
    if "installation" not in request.fixturenames:
        return
    with connect(request.getfixturevalue("installation"), Role.OWNER) as owner:
        owner.execute(
            "truncate quality.scorecard_day, quality.mart_check_result, "
            "quality.checked_build, quality.incident_measure, "
            "quality.incident_decision, quality.expectation_result, "
            "quality.suite_result, quality.series_check_result, "
            "quality.series_measurement, quality.rebuild_proof, quality.alert, "
            "quality.alert_sent, quality.alert_channel, quality.value_report, "
            "quality.report_answer, quarantine.row, quarantine.decision"
        )
        owner.execute("update raw.delivery set landed_at = '2020-01-01'")


@pytest.fixture
def owner(installation: Settings) -> Iterator[psycopg.Connection]:
    """Yield a connection as the owner, who may make the past."""
    with connect(installation, Role.OWNER, autocommit=True) as connection:
        yield connection


@pytest.fixture
def source() -> str:
    """Return the name of a source of this test's own: what it delivers is new."""
    return f"ward_{uuid4().hex[:8]}"


@pytest.fixture
def deliver(installation: Settings, tmp_path: Path, source: str) -> Callable[..., int]:
    """Return what loads some lines of results; it returns the delivery's number."""

    def load_lines(*lines: str, source: str = source) -> int:
        path = tmp_path / "lab_results-<b>Canary<b>.csv"
        path.write_bytes(file_of(*lines))
        report = load(installation, path, format_name="csv", source_system=source)
        return report.delivery_id

    return load_lines
