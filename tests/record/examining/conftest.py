"""Two small laboratories: in one nothing is kept, in the other files are landed."""

from collections.abc import Iterator

import pytest

from pipelines.settings import Settings
from tests.conftest import running_installation
from tests.record.laboratory import furnish


@pytest.fixture(scope="package")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with two patients; examining leaves no trace."""
    for settings in running_installation(tmp_path_factory.mktemp("laboratory")):
        furnish(settings, tmp_path_factory.mktemp("delivery"))
        yield settings


@pytest.fixture(scope="package")
def busy_laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield another one, in which files are landed."""
    for settings in running_installation(tmp_path_factory.mktemp("busy_laboratory")):
        furnish(settings, tmp_path_factory.mktemp("delivery"))
        yield settings
