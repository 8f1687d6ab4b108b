"""One built installation with two patients, for all tests of the warehouse's rights."""

from collections.abc import Iterator

import pytest

from tests.conftest import installation_with_marts
from tests.permissions.warehouse.site_of_rights import Site, make_site


@pytest.fixture(scope="package")
def warehouse_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Yield the built installation; whatever is tried leaves nothing."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("rights")):
        yield make_site(settings)
