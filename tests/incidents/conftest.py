"""An installation with two officers and clinicians; results of checks by hand."""

from collections.abc import Iterator

import pytest

from pipelines.access.people import Person, create_person
from pipelines.checking.definitions import enter_definitions
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import running_installation

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
OFFICER = Person("officer", "Quality One", "quality")
COLLEAGUE = Person("colleague", "Quality Two", "quality")
ENGINEER = Person("engineer", "Engineer", "engineer")
DOCTOR = Person("doctor", "Dr. One", "doctor", "hospital", "D1")
NURSE = Person("nurse", "Nurse One", "nurse", "hospital", "N1")
PEOPLE = (OFFICER, COLLEAGUE, ENGINEER, DOCTOR, NURSE)


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with people and the words of every check, no results."""
    for settings in running_installation(tmp_path_factory.mktemp("incidents")):
        with connect(settings, Role.OWNER) as owner:
            for person in PEOPLE:
                create_person(owner, person, PASSWORD)
        with connect(settings, Role.BUILDER) as builder:
            enter_definitions(builder)
        yield settings


@pytest.fixture(autouse=True)
def nothing_found(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take away what a test found and decided."""
    yield
    if "installation" in request.fixturenames:
        settings = request.getfixturevalue("installation")
        with connect(settings, Role.OWNER) as owner:
            owner.execute(
                "truncate quality.mart_check_result, quality.checked_build, "
                "quality.mart_check_row, quality.incident_measure, "
                "quality.incident_decision, quality.value_report, "
                "quality.report_answer, quality.expectation_result, "
                "quality.suite_result, quarantine.row"
            )
