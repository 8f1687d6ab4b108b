"""Every dbt unit test: the boundary cases of each clinical rule."""

from pipelines.building import run_dbt
from tests.dbt.conftest import ThreeBuilds


def test_every_rule_holds_at_its_boundaries(three_builds: ThreeBuilds) -> None:
    # dbt reads the columns of the models that a test stands in for: they are built.
    failed = run_dbt(three_builds.settings, "test", "--select", "test_type:unit")

    assert failed == {}
