"""What dbt leaves on disk quotes no row, and nobody else may read it."""

from tests.dbt.conftest import ThreeBuilds


def test_a_build_leaves_no_messages_of_the_database_on_disk(
    three_builds: ThreeBuilds,
) -> None:
    folder = three_builds.settings.root / "dbt"

    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "target").is_dir()
    assert not list(folder.rglob("run_results.json"))
    assert not list(folder.rglob("dbt.log"))
