"""Canaries through dbt and Dagster: built, and in the words of builds that fail."""

import pytest

from tests.canaries.campaign import WORDS_OF_BUILDS, Campaign
from tests.canaries.conftest import look_everywhere
from tests.canaries.places import leaks_among
from tests.canaries.scan import Finding


@pytest.fixture(scope="module")
def found_after_builds(built: Campaign) -> list[Finding]:
    """Return every canary of every place after builds that succeed and that fail."""
    return look_everywhere(built)


def test_no_canary_leaves_its_places_when_builds_fail(
    campaign: Campaign, found_after_builds: list[Finding]
) -> None:
    assert not leaks_among(campaign, found_after_builds)


def test_the_marts_were_built_and_the_poisoned_builds_failed(
    campaign: Campaign, found_after_builds: list[Finding]
) -> None:
    """The errors did quote canaries: there was something to hide."""
    endings = campaign.endings

    assert (endings["run"], endings["poisoned builds"]) == (0, 0)
    assert (endings["dagster"], endings["run fails"]) == (1, 1)
    assert endings["dagster landed"] > 0
    assert "warehouse: marts.fct_conditions" in {e.place for e in found_after_builds}
    for module, name in WORDS_OF_BUILDS:
        assert f"{module.__name__}.{name}" in campaign.quoting
