"""The definitions of an installation; parsing the dbt project takes 8 s, so once."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.dbt_manifest import ensure_manifest
from pipelines.definitions import defs
from pipelines.settings import Mode, Settings


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the manifest of the dbt project as it is now."""
    home = tmp_path_factory.mktemp("definitions")
    return ensure_manifest(Settings(home=home, mode=Mode.TEST, _env_file=None))


@pytest.fixture
def definitions(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> dg.Definitions:
    """Return the definitions as Dagster loads them."""
    monkeypatch.setenv("EHR_HOME", str(manifest.parents[2]))
    return defs()
