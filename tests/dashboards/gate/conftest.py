"""The pages of the small hospital, served behind their gate."""

from collections.abc import Iterator

import psycopg
import pytest

from pipelines.access.sign_in import sign_in_as_persona
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.asking import with_session
from tests.demonstration.chromium import serving

SOCKET = "/_stcore/stream"


@pytest.fixture(scope="package")
def address(hospital: Settings) -> Iterator[str]:
    """Yield the address of the pages."""
    with serving(hospital) as served:
        yield served


@pytest.fixture
def owner(hospital: Settings) -> Iterator[psycopg.Connection]:
    """Yield a connection as the owner."""
    with connect(hospital, Role.OWNER, autocommit=True) as connection:
        yield connection


@pytest.fixture
def doctor(hospital: Settings) -> dict[str, str]:
    """Return the headers of a doctor's browser."""
    return with_session(hospital, sign_in_as_persona(hospital, "doctor").token)
