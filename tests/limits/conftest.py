"""An installation with empty marts, two officers and others; results by hand."""

from collections.abc import Iterator

import pytest

from pipelines.access.people import Person, create_person
from pipelines.checking.definitions import enter_definitions
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import installation_with_marts

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
OFFICER = Person("officer", "Quality One", "quality")
COLLEAGUE = Person("colleague", "Quality Two", "quality")
ENGINEER = Person("engineer", "Engineer", "engineer")
DOCTOR = Person("doctor", "Dr. One", "doctor", "hospital", "D1")


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with people and the words of every check, no results."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("limits")):
        with connect(settings, Role.OWNER) as owner:
            for person in (OFFICER, COLLEAGUE, ENGINEER, DOCTOR):
                create_person(owner, person, PASSWORD)
        take_away(settings)
        yield settings


@pytest.fixture(autouse=True)
def nothing_decided(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take away what a test entered, found and decided."""
    yield
    if "installation" in request.fixturenames:
        take_away(request.getfixturevalue("installation"))


def take_away(settings: Settings) -> None:
    """Leave the words of every check, and neither results nor decisions."""
    with connect(settings, Role.OWNER) as owner:
        owner.execute(
            "truncate quality.mart_check_result, quality.checked_build, "
            "quality.mart_check_row, quality.incident_measure, "
            "quality.limit_proposal, quality.limit_histogram, "
            "quality.limit_decision, quality.threshold_decision"
        )
    with connect(settings, Role.BUILDER) as builder:
        builder.execute("truncate marts.fct_lab_results, marts.dim_patients")
        builder.execute(
            "delete from quality.check_definition where signed_version is not null"
        )
        enter_definitions(builder)
