"""One installation, with its own server and databases, for a test that needs one."""

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.access.demonstration import make_demo_people
from pipelines.building import build_marts
from pipelines.database import embedded
from pipelines.database.connections import connect
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.record.simulator.simulation import simulate
from pipelines.settings import Mode, Settings
from tests.compliance.outcomes import Outcomes

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """Count how the tests end, for the page of compliance."""
    config.pluginmanager.register(Outcomes(), "outcomes")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of clinical data beside a development checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs the clinical data at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def shared_clinical(shared_data: Path) -> Path:
    """Return the folder of clinical tables and golden vectors."""
    return shared_data.parent / "clinical"


@pytest.fixture
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield the settings of an empty installation of this test's own, running."""
    home = tmp_path_factory.mktemp(f"ehr-{uuid.uuid4().hex[:6]}")
    yield from running_installation(home)


@pytest.fixture(scope="session")
def simulated_hospital(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """Yield a small hospital, simulated, loaded and built; tests only read it."""
    for settings in running_installation(tmp_path_factory.mktemp("hospital")):
        fill_with_simulation(settings, patients=150, years=3)
        yield settings


def fill_with_simulation(settings: Settings, *, patients: int, years: int) -> None:
    """Simulate a hospital, load it as source ``hospital``, build, make demo people."""
    folder = settings.root / "simulated"
    until = datetime.now(UTC).date()
    simulate(patients=patients, years=years, seed=1, until=until, folder=folder)
    load(settings, folder, format_name="csv", source_system="hospital")
    build_marts(settings)
    with connect(settings, Role.OWNER) as connection:
        make_demo_people(connection, "hospital")


def running_installation(home: Path) -> Iterator[Settings]:
    """Bring an embedded installation up in ``home`` and take it away afterwards."""
    settings = Settings(home=home, mode=Mode.TEST, _env_file=None)
    try:
        bring_up(settings)
        yield settings
    finally:
        taken_away(settings)


def taken_away(settings: Settings) -> None:
    """Stop an embedded server and remove its files, wherever they are."""
    where = embedded.place(settings)
    embedded.stop(settings)
    shutil.rmtree(where.folder, ignore_errors=True)
    shutil.rmtree(where.socket_folder, ignore_errors=True)
