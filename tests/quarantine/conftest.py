"""An installation for decisions; each test has a source of its own in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings
from tests.conftest import running_installation

Deliver = Callable[..., LoadReport]


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield the settings of a running installation."""
    yield from running_installation(tmp_path_factory.mktemp("quarantine"))


@pytest.fixture
def source(request: pytest.FixtureRequest) -> str:
    """Return a source that is this test's own."""
    return request.node.name.removeprefix("test_").replace("[", "_").strip("]")[:60]


@pytest.fixture
def deliver(installation: Settings, source: str, tmp_path: Path) -> Deliver:
    """Return what loads a table of our csv, given as lines, as the test's source."""

    def delivered(table: str, *lines: str) -> LoadReport:
        path = tmp_path / f"{table}.csv"
        path.write_text("".join(f"{line}\n" for line in lines))
        return load(installation, path, format_name="csv", source_system=source)

    return delivered
