"""Backups are made by themselves, and by themselves restored to see that they can."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest
from typer.testing import CliRunner, Result

from pipelines.assets.backup import (
    FETCH_SECONDS,
    backup,
    build_backup_schedules,
    is_full_due,
    restore_drill,
    server_log,
)
from pipelines.backup import drill, restored_server
from pipelines.backup.manifest import Kind, Manifest
from pipelines.backup.restored_server import LATEST, Target
from pipelines.cli import app
from pipelines.commands.backup_status import told
from pipelines.database import embedded, wal_spool
from pipelines.database.connections import administrator_conninfo, connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.backup.conftest import Site

DRILLS = """
    select backup_id, tables_compared, problem_count, first_problem
    from quality.restore_drill order by drill_id desc limit 1
"""


@pytest.fixture
def command(site: Site, monkeypatch: pytest.MonkeyPatch) -> object:
    """Return what runs one ``ehr`` command on the site."""
    monkeypatch.setenv("EHR_HOME", str(site.settings.root))
    monkeypatch.setenv("EHR_BACKUP_FOLDER", str(site.repository.folder))
    monkeypatch.setenv("EHR_MODE", "test")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, arguments, input=typed)

    return run


def materialize(
    settings: Settings, *assets: dg.AssetsDefinition
) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [*assets], resources={"settings": settings}, raise_on_error=False
    )


def last_drill(settings: Settings) -> tuple:
    with connect(settings, Role.ENGINEER) as connection:
        return connection.execute(DRILLS).fetchone()


def test_the_assets_back_up_restore_beside_and_write_down_that_all_is_equal(
    site: Site, command: object
) -> None:
    assert materialize(site.settings, backup, restore_drill).success

    (made,) = site.repository.all(site.own_key())
    expected = (made.backup_id, len(made.manifest.fingerprints), 0, None)
    assert made.manifest.kind is Kind.FULL
    assert last_drill(site.settings) == expected
    assert not (site.settings.root / drill.FOLDER).exists()
    shown = command("status").stdout
    assert re.search(r"last backup \d minutes? ago", shown)
    assert f"{len(made.manifest.fingerprints)} tables equal" in shown


def test_the_backup_of_the_next_day_is_an_increment(site: Site) -> None:
    assert materialize(site.settings, backup).success

    newest = site.repository.all(site.own_key())[-1].manifest
    assert newest.kind is Kind.INCREMENTAL
    now = newest.holds_until
    assert not is_full_due(site.settings, site.repository, now + timedelta(days=6))
    assert is_full_due(site.settings, site.repository, now + timedelta(days=7))


def test_a_backup_that_cannot_be_restored_fails_the_drill(
    site: Site, command: object
) -> None:
    newest = site.repository.ids()[-1]
    piece = max(
        (site.repository.backups / newest).iterdir(),
        key=lambda each: each.stat().st_size,
    )
    whole = piece.read_bytes()
    piece.write_bytes(whole[:-1])
    try:
        assert not materialize(site.settings, restore_drill).success
    finally:
        piece.write_bytes(whole)

    backup_id, tables, problems, first = last_drill(site.settings)
    assert (backup_id, tables) == (newest, 0)
    assert problems > 0
    assert "nothing was restored" in first
    assert "1 problems" in command("status").stdout


def test_a_drill_that_finds_a_difference_fails(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pipelines.backup.restoring.differences", lambda *_: iter(["raw.x: 1 row less"])
    )

    assert not materialize(site.settings, restore_drill).success
    assert last_drill(site.settings)[2:] == (1, "raw.x: 1 row less")


def test_the_log_is_fetched_while_people_work(site: Site) -> None:
    login = administrator_conninfo(site.settings)
    with psycopg.connect(**login, autocommit=True) as server:
        server.execute("select pg_create_restore_point('work')")
        ended = server.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
        archived = "select coalesce(last_archived_wal, '') from pg_stat_archiver"
        while server.execute(archived).fetchone() < ended:
            pass
    waiting = list(wal_spool.spool(embedded.place(site.settings)).iterdir())

    with dg.build_sensor_context(resources={"settings": site.settings}) as context:
        said = server_log(context)

    assert waiting
    assert f"{len(waiting)} pieces of the log" in said.skip_message
    assert list(wal_spool.spool(embedded.place(site.settings)).iterdir()) == []
    # Half of what is promised for the server, half for this sensor, a little between.
    assert wal_spool.ARCHIVE_SECONDS + FETCH_SECONDS < 60


def test_a_log_that_cannot_be_replayed_to_its_end_fails_the_drill(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = restored_server.options_for

    def unreadable(manifest: Manifest, target: Target, log: Path) -> list[str]:
        options = real(manifest, target, log)
        return [*options, "restore_command=false"] if target == LATEST else options

    with monkeypatch.context() as patched:
        patched.setattr(restored_server, "options_for", unreadable)
        assert not materialize(site.settings, restore_drill).success
    _, tables, problems, first = last_drill(site.settings)
    assert (tables > 0, problems) == (True, 1)
    assert "was not replayed to there" in first

    assert materialize(site.settings, restore_drill).success


def test_nothing_starts_by_itself_without_a_folder(site: Site) -> None:
    off = [each.default_status for each in build_backup_schedules(site.at("none"))]
    on = [each.default_status for each in build_backup_schedules(site.settings)]

    assert set(off) == {dg.DefaultScheduleStatus.STOPPED}
    assert set(on) == {dg.DefaultScheduleStatus.RUNNING}
    settings = site.at("home")
    with dg.build_sensor_context(resources={"settings": settings}) as context:
        assert "is not set" in server_log(context).skip_message


def test_the_commands_list_and_verify(site: Site, command: object) -> None:
    listed = command("backup", "list")
    verified = command("backup", "verify")

    assert [each in listed.stdout for each in site.repository.ids()] == [True, True]
    assert verified.exit_code == 0
    assert "not well" not in verified.stdout


def test_verifying_damage_says_which_file_and_fails(
    site: Site, command: object
) -> None:
    path = site.repository.backups / site.repository.ids()[0] / "manifest"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    try:
        verified = command("backup", "verify")
    finally:
        path.write_bytes(whole)

    assert verified.exit_code == 1
    assert f"{site.repository.ids()[0]}: not well" in verified.stdout


def test_a_backup_without_a_second_holder_is_refused(
    command: object, tmp_path: object
) -> None:
    name = command("backup", "holder", "list").stdout.strip()
    command("backup", "holder", "remove", name)
    try:
        refused = command("backup")
    finally:
        made = command(
            *("backup", "holder", "new", str(tmp_path / "holder.json")),
            typed="a passphrase of the next\na passphrase of the next\n",
        )

    assert "no second holder" in str(refused.exception)
    assert made.exit_code == 0, made.output
    assert command("backup", "--incremental").exit_code == 0


def test_a_folder_inside_the_home_is_refused(site: Site, command: object) -> None:
    inside = command("backup", "--to", str(site.settings.root / "backups"))

    assert "would be lost with it" in str(inside.exception)


def test_two_backups_at_once_are_refused(site: Site, command: object) -> None:
    from pipelines.backup.making import _only_one_at_a_time  # noqa: PLC0415 - of one test only

    with _only_one_at_a_time(site.repository):
        second = command("backup")

    assert "another backup is being made" in str(second.exception)


NOW = datetime(2026, 3, 10, tzinfo=UTC)
SOUND = {
    "folder": "/backups",
    "problem": "",
    "last_backup": NOW - timedelta(hours=20),
    "log_waiting_seconds": 30.0,
    "last_drill": {
        "ended_at": NOW - timedelta(days=3),
        "tables_compared": 214,
        "problem_count": 0,
        "first_problem": None,
        "recovery_time_seconds": 61.0,
    },
}


def test_a_sound_state_is_told_without_alarm() -> None:
    assert list(told(SOUND, NOW)) == [
        "last backup 20 hours ago, in /backups",
        "last drill 3 days ago: 214 tables equal, restored in 61 s",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"folder": None},
        {"problem": "none yet: run 'ehr backup'"},
        {"last_backup": NOW - timedelta(hours=37)},
        {"log_waiting_seconds": 121.0},
        {"last_drill": None},
        {"last_drill": SOUND["last_drill"] | {"ended_at": NOW - timedelta(days=10)}},
        {"last_drill": SOUND["last_drill"] | {"problem_count": 1}},
    ],
)
def test_what_somebody_must_do_is_told_in_red(change: dict) -> None:
    assert any(line.startswith("[red]") for line in told(SOUND | change, NOW))
