"""One installation that the commands of this folder are tried on."""

from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.settings import Settings
from tests.conftest import running_installation

Ehr = Callable[..., Result]


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield the settings of a running installation."""
    yield from running_installation(tmp_path_factory.mktemp("commands"))


@pytest.fixture
def ehr(installation: Settings, monkeypatch: pytest.MonkeyPatch) -> Ehr:
    """Return what runs one ``ehr`` command in this process, on the installation."""
    monkeypatch.setenv("EHR_HOME", str(installation.root))
    monkeypatch.setenv("EHR_MODE", "test")
    monkeypatch.delenv("EHR_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments)

    return run
