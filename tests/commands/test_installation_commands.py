"""The commands that look at an installation, tried on one."""

import json
import os
import shutil
import socket
from collections import namedtuple
from pathlib import Path

import psycopg
import pytest

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, create_person
from pipelines.cli import main
from pipelines.commands.lifecycle import psql_parameters
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.diagnosis import examine
from pipelines.settings import Mode, Settings
from tests.commands.conftest import Ehr

KEY_FILES = ("keyring.json", "passwords.json")
Usage = namedtuple("Usage", "total used free")


def remedies(settings: Settings) -> dict[str, str]:
    """Return what is not well, with its remedy."""
    return {each.subject: each.remedy for each in examine(settings) if not each.is_well}


def stopped(home: Path, **changes: object) -> Settings:
    """Return an installation that was never brought up."""
    return Settings(home=home, mode=Mode.TEST, _env_file=None, **changes)


def free_ports() -> dict[str, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return {
            "dashboard_port": one.getsockname()[1],
            "dagster_port": other.getsockname()[1],
        }


def test_the_status_of_a_running_server_is_json_and_nothing_else(ehr: Ehr) -> None:
    result = ehr("status", "--json")

    state = json.loads(result.stdout)
    assert result.exit_code == 0
    assert state["server"]["running"] is True
    assert state["server"]["version"] == "18.6"
    assert state["records_waiting_in_quarantine"] == 0


def test_the_status_of_a_stopped_server_is_json_too(
    ehr: Ehr, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EHR_HOME", str(tmp_path))

    result = ehr("status", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["server"]["remedy"] == "run 'ehr up'"


def test_a_sound_installation_needs_no_remedy(installation: Settings) -> None:
    sound = installation.model_copy(update=free_ports())

    assert remedies(sound) == {}


def test_an_installation_never_brought_up_is_told_what_to_run(tmp_path: Path) -> None:
    found = remedies(stopped(tmp_path, **free_ports()))

    assert "run 'ehr up' once" in found["keyring"]
    assert found["PostgreSQL"].startswith("run 'ehr up'")
    assert set(found) == {"keyring", "passwords of the logins", "PostgreSQL"}
    assert list(tmp_path.iterdir()) == []


def test_keys_that_others_can_read_are_named_with_the_command_that_helps(
    installation: Settings,
) -> None:
    files = [installation.keys_folder / name for name in KEY_FILES]
    for file in files:
        file.chmod(0o644)
    try:
        found = remedies(installation)
    finally:
        for file in files:
            file.chmod(0o600)

    assert f"chmod 600 {files[0]}" in found["keyring"]
    assert f"chmod 600 {files[1]}" in found["passwords of the logins"]


def test_a_port_that_something_else_uses_is_named(installation: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        found = remedies(installation.model_copy(update={"dashboard_port": port}))

    assert found[f"port {port}"] == "set EHR_DASHBOARD_PORT to a free port"


def test_a_full_disk_is_named(
    installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 0))

    assert remedies(installation)["disk space"] == "free 5 GiB"


def test_a_wrong_port_of_an_external_server_is_told(tmp_path: Path) -> None:
    url = "postgresql://a:b@/postgres?host=/nowhere&port=1"

    found = remedies(stopped(tmp_path, database_url=url, **free_ports()))

    assert "check EHR_DATABASE_URL" in found["PostgreSQL"]


def test_psql_gives_a_person_no_more_than_their_rights(
    ehr: Ehr, installation: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    with connect(installation, Role.OWNER) as connection:
        create_person(connection, Person("nurse.two", "Nurse", "nurse"), "a long one")
        assign_patient(connection, "nurse.two", 11, "covers the ward")
    visible = "select access.visible_patients()"

    named = ehr("psql", "--as", "nurse", "--user", "nurse.two", "-Atc", visible)
    unnamed = ehr("psql", "--as", "nurse", "-Atc", visible)
    forbidden = ehr("psql", "--as", "nurse", "-c", "select * from raw.patients")

    printed = capfd.readouterr()
    assert printed.out.split() == ["{11}", "{}"]
    assert "permission denied for table patients" in printed.err
    assert [each.exit_code for each in (named, unnamed)] == [0, 0]
    assert forbidden.exit_code == 1


@pytest.mark.parametrize(
    "user", ["o'brien", "a b", "a\\b", "x -c role=postgres", 'q"q', "tab\tbed"]
)
def test_an_odd_user_id_stays_one_user_id(installation: Settings, user: str) -> None:
    parameters = psql_parameters(installation, Role.NURSE, user, "warehouse")

    with psycopg.connect(**parameters) as connection:
        found = connection.execute("select current_setting('ehr.user_id')").fetchone()
    assert found == (user,)


def test_a_user_is_added_once_and_the_password_printed_once(ehr: Ehr) -> None:
    arguments = ("user", "add", "q.one", "--name", "Q. One", "--role", "quality")

    added, again, listed = ehr(*arguments), ehr(*arguments), ehr("user", "list")

    password = added.stdout.split()[-1]
    assert len(password) >= 16
    assert "choose another user id" in str(again.exception)
    assert "Q. One" in listed.stdout
    assert password not in listed.stdout


def test_an_unknown_role_of_a_user_is_refused(ehr: Ehr) -> None:
    result = ehr("user", "add", "q.two", "--name", "Q. Two", "--role", "surgeon")

    assert result.exit_code == 2


def test_a_whole_audit_trail_is_said_to_be_whole(ehr: Ehr) -> None:
    result = ehr("audit", "verify")

    assert result.exit_code == 0
    assert "whole" in result.stdout


def test_a_load_prints_only_json_and_its_books_balance(
    ehr: Ehr, tmp_path: Path
) -> None:
    template = ehr("load", "--template", "patients").stdout
    (tmp_path / "patients.csv").write_text(template)

    result = ehr("load", str(tmp_path), "--format", "csv", "--json")

    report = json.loads(result.stdout)
    assert report["files"]["patients"]["records"] == 2
    assert report["feeds"]["patients"] == {
        "made": 2,
        "landed": 2,
        "unchanged": 0,
        "refused": 0,
    }


def test_a_dry_run_keeps_nothing(ehr: Ehr, tmp_path: Path) -> None:
    template = ehr("load", "--template", "organizations").stdout
    (tmp_path / "organizations.csv").write_text(template)
    arguments = ("load", str(tmp_path), "--format", "csv", "--json")

    tried, loaded = ehr(*arguments, "--dry-run"), ehr(*arguments)

    assert json.loads(tried.stdout)["delivery_id"] is None
    assert json.loads(loaded.stdout)["feeds"]["organizations"]["landed"] == 2


def test_the_status_tells_volumes_and_the_age_of_the_keys(ehr: Ehr) -> None:
    state = json.loads(ehr("status", "--json").stdout)

    assert {each["title"] for each in state["volumes"]} > {"data", "write-ahead log"}
    assert {each["encrypted"] for each in state["volumes"]} <= {
        "yes",
        "no",
        "cannot tell",
    }
    assert [(each["key_id"], each["days"]) for each in state["keys"]] == [
        ("hash", 0),
        ("c1", 0),
        ("w1", 0),
    ]


def test_keys_are_rotated_and_their_state_is_shown(ehr: Ehr) -> None:
    rotated, shown = ehr("key", "rotate"), ehr("key", "status")

    assert rotated.exit_code == shown.exit_code == 0
    assert "c1 and w1 are gone" in rotated.stdout
    assert "c2" in shown.stdout
    assert "being replaced" not in shown.stdout


def test_what_a_command_writes_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"
    arguments = ["ehr", "simulate", "--patients=1", "--years=1", f"--into={made}"]
    monkeypatch.setattr("sys.argv", arguments)
    previous = os.umask(0o022)
    try:
        with pytest.raises(SystemExit):
            main()
    finally:
        os.umask(previous)

    written = list(made.rglob("*"))
    assert written
    assert [path for path in written if path.stat().st_mode & 0o077] == []
