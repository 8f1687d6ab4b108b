"""Dagster's settings as written by ``ehr up``."""

from pathlib import Path

import yaml

from pipelines.database.connections import ensure_passwords
from pipelines.settings import Mode, Settings
from pipelines.supervision.dagster_home import (
    code_socket,
    dagster_folder,
    storage_url,
    workspace_file,
    write_dagster_folder,
)


def settings_in(home: Path) -> Settings:
    return Settings(home=home, mode=Mode.TEST, _env_file=None)


def test_no_password_stands_in_a_file(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    write_dagster_folder(settings)

    written = "".join(path.read_text() for path in dagster_folder(settings).iterdir())

    passwords = ensure_passwords(settings).values()
    assert not [password for password in passwords if password in written]


def test_telemetry_is_off(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    write_dagster_folder(settings)

    written = yaml.safe_load((dagster_folder(settings) / "dagster.yaml").read_text())

    assert written["telemetry"] == {"enabled": False}


def test_the_run_storage_is_reached_with_the_driver_that_dagster_can_use(
    tmp_path: Path,
) -> None:
    url = storage_url(settings_in(tmp_path))

    assert url.startswith("postgresql+psycopg2://ehr_dagster:")
    assert "/dagster?" in url


def test_a_deep_home_gets_a_socket_whose_path_the_kernel_takes(tmp_path: Path) -> None:
    deep = settings_in(tmp_path / ("deep" * 30))
    other = settings_in(tmp_path / ("deep" * 31))

    assert len(str(code_socket(deep))) < 107
    assert code_socket(deep) != code_socket(other)


def test_the_workspace_names_the_socket_of_the_code_server(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    write_dagster_folder(settings)

    workspace = yaml.safe_load(workspace_file(settings).read_text())

    assert workspace["load_from"][0]["grpc_server"]["socket"] == str(
        code_socket(settings)
    )
