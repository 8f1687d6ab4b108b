"""One installation that the tests of this folder only look at."""

from collections.abc import Iterator

import pytest

from pipelines.settings import Settings
from tests.conftest import running_installation


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield the settings of a running installation; leave it as it is."""
    yield from running_installation(tmp_path_factory.mktemp("database"))
