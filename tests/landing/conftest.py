"""One installation for all tests that load under a source of their own."""

from collections.abc import Iterator

import pytest

from pipelines.settings import Settings
from tests.conftest import running_installation


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    yield from running_installation(tmp_path_factory.mktemp("landing"))
