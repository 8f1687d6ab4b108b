"""The dbt project is parsed once for all installations, whatever their server."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines import parsed_project as keeping
from pipelines.dbt_program import dbt_variables
from pipelines.parsed_project import (
    MANIFEST,
    keep_parsed,
    kept_manifest,
    parse_into,
    parsed_project,
)
from pipelines.settings import Mode, Settings

ANOTHER_SERVER = {
    "EHR_DBT_HOST": "database.example.org",
    "EHR_DBT_PORT": "5433",
    "EHR_DBT_USER": "another_builder",
    "EHR_DBT_SSLMODE": "verify-full",
}
OF_ONE_PARSE = {"metadata", "created_at"}


def without_times(part: Any) -> Any:
    """Return a part of a manifest without what tells when it was parsed.

    Of sources that a macro reads dbt lists some in another order each time.
    """
    if isinstance(part, dict):
        return {
            name: without_times(value)
            for name, value in part.items()
            if name not in OF_ONE_PARSE
        }
    if isinstance(part, list):
        return sorted((without_times(each) for each in part), key=json.dumps)
    return part


def test_what_is_kept_is_what_any_installation_would_parse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_parsed()
    kept = kept_manifest()
    with dbt_variables(Settings(home=tmp_path, mode=Mode.TEST, _env_file=None)):
        for name, value in ANOTHER_SERVER.items():
            monkeypatch.setenv(name, value)
        parse_into(tmp_path / "target")
    parsed = (tmp_path / "target" / MANIFEST).read_text()

    assert kept is not None
    assert without_times(json.loads(kept.read_text())) == without_times(
        json.loads(parsed)
    )


def test_dbt_gets_a_copy_of_its_own_each_time() -> None:
    keep_parsed()
    first, second = parsed_project(), parsed_project()

    assert first is not None
    assert first is not second
    assert first.nodes.keys() == second.nodes.keys()


def test_a_project_that_changed_is_parsed_by_dbt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep_parsed()
    monkeypatch.setattr(keeping, "project_digest", lambda: "another project")

    assert parsed_project() is None
    assert kept_manifest() is None
