"""One installation, with its own server and databases, for a test that needs one."""

import gc
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from pipelines.access.demonstration import make_demo_people
from pipelines.building import build_marts
from pipelines.database import embedded
from pipelines.database.connections import connect
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.lighter_dbt import OBJECTS_BETWEEN_LOOKS
from pipelines.record.simulator.simulation import simulate
from pipelines.settings import Mode, Settings
from tests import kept_homes
from tests.compliance.outcomes import Outcomes
from tests.demonstration.chromium import close_idle

TESTS = Path(__file__).parent
# Begun first, or one of them would go on alone at the end.
LONGEST = ("demonstration", "dbt", "backup", "canaries", "dashboards", "permissions")
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
REAL_SOURCES = {
    "mimic": "mimic_iv_demo",
    "synthea": "synthea_csv/synthea_2022_59_patients",
}


# Tests kill processes, never the machine: what a process wrote is there without waiting
# for the disk. It halves the time that an installation of a test needs to come and go.
NOT_WAITING_FOR_THE_DISK = "fsync = off\n"


def pytest_configure(config: pytest.Config) -> None:
    """Count how the tests end, for the page of compliance; save time in all of them."""
    if not hasattr(config, "workerinput"):  # one of several hears of all of them
        config.pluginmanager.register(Outcomes(), "outcomes")
    embedded.CONFIGURATION += NOT_WAITING_FOR_THE_DISK
    gc.set_threshold(*OBJECTS_BETWEEN_LOOKS)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take away what installations with marts were copied from, after the last test."""
    if not hasattr(config, "workerinput"):
        kept_homes.take_kept_away()


def pytest_collection_finish() -> None:
    """Let pages that run without a server take less of the processor.

    Each would look through every installed package for components: 0.3 s, and finds
    none. And a thousand times a second, beside the page, whether the page is over.
    """
    if "streamlit.testing.v1" in sys.modules:
        from streamlit.components.v2 import manifest_scanner as scanner  # noqa: PLC0415
        from streamlit.testing.v1 import local_script_runner as pages  # noqa: PLC0415

        scanner.scan_component_manifests = cache(scanner.scan_component_manifests)
        look = pages.require_widgets_deltas

        def wait(runner: pages.LocalScriptRunner, timeout: float) -> None:
            runner._script_thread.join(timeout)  # noqa: SLF001 - it has no public name
            look(runner, timeout)

        pages.require_widgets_deltas = wait


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Close the browsers that a folder leaves, after its last test."""
    if not nextitem or folder_of(nextitem.nodeid) != folder_of(item.nodeid):
        close_idle()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the folders that take longest be first."""
    items.sort(key=lambda item: place_of(folder_of(item.nodeid)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> "Folders":
    """Give whole folders to the processes that run tests beside each other."""
    return Folders(config, log)


class Folders(LoadScopeScheduling):
    """A folder is one piece of work: its installations are made once, for it alone."""

    def _split_scope(self, nodeid: str) -> str:
        return folder_of(nodeid)


def folder_of(nodeid: str) -> str:
    """Return the folder of ``tests`` that a test is in, or its file there."""
    return nodeid.partition("::")[0].split("/")[1]


def place_of(folder: str) -> int:
    """Return when a folder is begun."""
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


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

    def fill(settings: Settings) -> None:
        fill_with_simulation(settings, patients=150, years=3)

    home = tmp_path_factory.mktemp("hospital")
    yield from filled_installation(home, "simulated_hospital", fill)


def fill_with_simulation(settings: Settings, *, patients: int, years: int) -> None:
    """Simulate a hospital, load it as source ``hospital``, build, make demo people."""
    folder = settings.root / "simulated"
    until = datetime.now(UTC).date()
    simulate(patients=patients, years=years, seed=1, until=until, folder=folder)
    load(settings, folder, format_name="csv", source_system="hospital")
    build_marts(settings)
    with connect(settings, Role.OWNER) as connection:
        make_demo_people(connection, "hospital")


def installation_with_marts(home: Path) -> Iterator[Settings]:
    """Bring one up whose marts are built and empty, and take it away afterwards."""
    kept_homes.copy_empty_to(home)
    yield from running_installation(home)


def filled_installation(
    home: Path, name: str, fill: Callable[[Settings], None]
) -> Iterator[Settings]:
    """Bring one up that was filled once for all who name it so; take it away after."""
    kept_homes.copy_filled_to(home, name, fill)
    yield from running_installation(home)


def real_sources(home: Path, shared_data: Path) -> Iterator[Settings]:
    """Bring one up with MIMIC-IV and 59 patients of Synthea, built."""

    def fill(settings: Settings) -> None:
        for format_name, folder in REAL_SOURCES.items():
            load(settings, shared_data / folder, format_name=format_name)
        build_marts(settings)

    yield from filled_installation(home, "real_sources", fill)


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
