"""A demonstration is filled once; a second ``ehr demo`` changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Mode, Settings
from tests.conftest import taken_away

DEMO = ("demo", "--patients", "25", "--years", "1", "--no-services")
COUNTED = ("raw.lab_results", "raw.delivery", "raw.build", "access.person")


@pytest.fixture
def demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """Yield the settings of a demonstration that is still empty."""
    monkeypatch.setenv("EHR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EHR_MODE", "demo")
    monkeypatch.delenv("EHR_DATABASE_URL", raising=False)
    settings = Settings(home=tmp_path / "home", mode=Mode.DEMO, _env_file=None)
    yield settings
    taken_away(settings)


def counts(settings: Settings) -> dict[str, int]:
    with connect(settings, Role.OWNER) as connection:
        return {
            table: connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608 - names of this file
            for table in COUNTED
        }


def test_a_second_demonstration_changes_nothing(demonstration: Settings) -> None:
    first = CliRunner().invoke(app, DEMO, catch_exceptions=False)
    people = demonstration.root / "demo-people.txt"
    before = counts(demonstration), people.read_text()

    second = CliRunner().invoke(app, DEMO, catch_exceptions=False)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert (counts(demonstration), people.read_text()) == before
    assert before[0]["raw.lab_results"] > 0
    assert before[0]["access.person"] == 11
    assert people.stat().st_mode & 0o077 == 0


def test_a_demonstration_never_fills_a_hospitals_installation(
    demonstration: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EHR_MODE", "production")

    result = CliRunner().invoke(app, DEMO)

    assert "needs EHR_MODE=demo" in str(result.exception)
    assert not demonstration.root.exists()
