"""The embedded server is closed to others, starts again after a kill, loses nothing."""

import os
import signal
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from pipelines.access.encryption import ensure_keyring
from pipelines.database import embedded
from pipelines.database.connections import administrator_conninfo, connect, conninfo
from pipelines.database.embedded import ServerError
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.database.service_user import Place
from pipelines.settings import Mode, Settings
from tests.conftest import taken_away


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Yield the settings of an installation that has not been brought up yet."""
    unused = Settings(home=tmp_path / "home", mode=Mode.TEST, _env_file=None)
    yield unused
    taken_away(unused)


def shown(settings: Settings, setting: str) -> str:
    """Return a setting of the running server."""
    with connect(settings, Role.OWNER) as connection:
        row = connection.execute("select current_setting(%s)", (setting,)).fetchone()
    return row[0]


def process_of(settings: Settings) -> int:
    """Return the id of the server's first process."""
    file = embedded.place(settings).data_folder / "postmaster.pid"
    return int(file.read_text().splitlines()[0])


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("password_encryption", "scram-sha-256"),
        ("data_checksums", "on"),
        ("log_min_error_statement", "panic"),
        ("log_error_verbosity", "terse"),
    ],
)
def test_the_server_listens_on_no_network_and_logs_no_row(
    installation: Settings, setting: str, value: str
) -> None:
    assert shown(installation, setting) == value


def test_a_value_that_cannot_be_cast_is_not_in_the_log(installation: Settings) -> None:
    with (
        connect(installation, Role.LOADER) as connection,
        pytest.raises(psycopg.DataError),
    ):
        connection.execute("select 'Zqname99'::numeric")

    assert "Zqname99" not in embedded.place(installation).log_file.read_text()


def test_text_is_sorted_alike_on_every_machine(installation: Settings) -> None:
    with connect(installation, Role.OWNER) as connection:
        locales = connection.execute(
            "select datlocprovider, datlocale, pg_encoding_to_char(encoding) "
            "from pg_database where datname in ('record', 'warehouse', 'dagster')"
        ).fetchall()

    assert locales == [("b", "C.UTF-8", "UTF8")] * 3


def test_a_wrong_password_opens_nothing(installation: Settings) -> None:
    login = conninfo(installation, Role.OWNER) | {"password": "wrong"}

    with pytest.raises(psycopg.OperationalError, match="password authentication"):
        psycopg.connect(**login)


def test_nobody_else_can_enter_the_folders_of_the_server(
    installation: Settings,
) -> None:
    where = embedded.place(installation)

    for folder in (where.folder, where.data_folder, where.socket_folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_server_that_runs_is_left_alone(installation: Settings) -> None:
    before = process_of(installation)

    bring_up(installation)

    assert process_of(installation) == before


def test_a_killed_server_starts_again_with_all_it_had(settings: Settings) -> None:
    bring_up(settings)
    with connect(settings, Role.OWNER) as connection:
        connection.execute("create table public.kept as select 1 as one")
    os.kill(process_of(settings), signal.SIGKILL)

    bring_up(settings)

    with connect(settings, Role.OWNER) as connection:
        assert connection.execute("select one from public.kept").fetchone() == (1,)


def test_two_commands_at_once_bring_up_one_server(settings: Settings) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        for each in [pool.submit(bring_up, settings) for _ in range(2)]:
            each.result()

    for role in (Role.OWNER, Role.LOADER):
        connect(settings, role).close()


def test_what_an_interrupted_initdb_left_is_made_anew(settings: Settings) -> None:
    making = embedded.place(settings).folder / "data.making"
    making.mkdir(parents=True)
    (making / "PG_VERSION").write_text("18\n")
    (making / "left-over").touch()

    bring_up(settings)

    assert not making.exists()
    assert not (embedded.place(settings).data_folder / "left-over").exists()


def test_a_damaged_data_folder_is_reported_and_never_removed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "LINGER_SECONDS", 0)
    data = embedded.place(settings).data_folder
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    (data / "precious").touch()
    ensure_keyring(settings.keys_folder)  # without it no server is started

    with pytest.raises(ServerError, match="read the end of"):
        bring_up(settings)

    assert (data / "precious").exists()


def test_installations_run_side_by_side(
    installation: Settings, settings: Settings
) -> None:
    bring_up(settings)
    with connect(settings, Role.OWNER) as connection:
        connection.execute("create table public.only_here ()")
    embedded.stop(settings)

    with connect(installation, Role.OWNER) as connection:
        found = connection.execute("select to_regclass('public.only_here')").fetchone()
    assert found == (None,)


def test_keys_of_another_installation_are_named_as_the_cause(
    settings: Settings,
) -> None:
    bring_up(settings)
    (settings.keys_folder / "passwords.json").unlink()

    with pytest.raises(ServerError, match="restore the keys folder"):
        bring_up(settings)


def test_no_login_may_look_into_the_databases_of_the_server(
    installation: Settings,
) -> None:
    for name in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="CONNECT privilege"):
            connect(installation, Role.RESEARCHER, name)
    psycopg.connect(**administrator_conninfo(installation)).close()


@pytest.mark.parametrize("version", ["18.4", "17.9"])
def test_an_old_server_is_refused(tmp_path: Path, version: str) -> None:
    program = tmp_path / "bin" / "postgres"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    program.chmod(0o755)
    where = Place(tmp_path, tmp_path, tmp_path, None)

    with pytest.raises(ServerError, match=f"{version} is older than 18.6"):
        embedded.check_version(where)
