"""People of every kind in an installation that all tests of this package share."""

from collections.abc import Iterator

import psycopg
import pytest

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import running_installation
from tests.dashboards.conftest import furnish

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
PEOPLE = (
    Person("doctor", "Doctor", "doctor", "hospital", "D1"),
    Person("nurse", "Nurse", "nurse", "hospital", "N1"),
    Person("other.nurse", "Other nurse", "nurse", "hospital", "N2"),
    Person("patient", "Patient", "patient", patient_key=7),
    Person("quality", "Quality", "quality"),
)
CARE_TEAM = """
    insert into access.care_team values
        ('hospital', 'N1', 1, '2020-01-01', null),
        ('hospital', 'N1', 3, '2020-01-01', '2020-02-01'),
        ('hospital', 'N1', 4, '2999-01-01', null),
        ('elsewhere', 'N1', 5, '2020-01-01', null),
        ('hospital', 'N2', 6, null, null),
        ('hospital', 'D1', 8, null, null)
"""


@pytest.fixture(scope="package")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with five people, care teams and one assignment."""
    for settings in running_installation(tmp_path_factory.mktemp("access")):
        with connect(settings, Role.OWNER) as connection:
            for person in PEOPLE:
                create_person(connection, person, PASSWORD)
            connection.execute(CARE_TEAM)
            assign_patient(connection, "nurse", 2, "covers the ward")
        yield settings


@pytest.fixture(scope="package")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with marts, named patients, a doctor and a nurse."""
    for settings in running_installation(tmp_path_factory.mktemp("ward")):
        furnish(settings)
        yield settings


@pytest.fixture
def owner(hospital: Settings) -> Iterator[psycopg.Connection]:
    """Yield a connection as the owner; what a test changes is rolled back."""
    with connect(hospital, Role.OWNER) as connection:
        yield connection
        connection.rollback()
