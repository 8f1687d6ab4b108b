"""One installation, with its own server and databases, for a test that needs one."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.database import embedded
from pipelines.database.provisioning import bring_up
from pipelines.settings import Mode, Settings

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


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
