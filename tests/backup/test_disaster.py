"""A hospital is lost with its machine and comes back, by the holder's key alone."""

import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from pipelines.access import audit
from pipelines.access.encryption import load_keyring
from pipelines.access.people import Person, create_person
from pipelines.access.reading import Query, Reader
from pipelines.access.sign_in import sign_in
from pipelines.backup.after_restore import Finished
from pipelines.backup.key_files import load_backup_keys, new_holder, read_opener
from pipelines.backup.making import Wanted, make_backup
from pipelines.backup.repository import BackupError
from pipelines.backup.restoring import find_source, restore, take_away
from pipelines.backup.wal import fetch_log, waiting_segments
from pipelines.cli import app
from pipelines.database import embedded
from pipelines.database.connections import administrator_conninfo, connect
from pipelines.database.databases import DATABASES
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.landing.archive import Archive
from pipelines.settings import Settings
from tests.backup.conftest import BACKUPS_OWN, PASSPHRASE, Site, silent
from tests.backup.log_pieces import end_of_log

PASSWORD = "correct horse battery staple"  # noqa: S105 - of a person in a test
DELIVERY = b"patient_id,given_name\n1,Canaryname\n"
TABLES = """
    select format('%I.%I', schemaname, tablename)
    from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')
    order by 1
"""
# Independent of the fingerprints of a backup: a digest of all rows, in their own order.
DIGEST = """
    select
        count(*),
        md5(coalesce(string_agg(md5(row::text), '' order by md5(row::text)), ''))
    from {} as row
"""
PATIENTS = "select patient_key from marts.dim_patients order by patient_key limit 20"


@dataclass(frozen=True)
class Lost:
    """A hospital whose machine is gone, and what was known of it."""

    site: Site
    digests: dict[str, tuple[int, str]]
    between: datetime
    address: str
    names: list[str]


def digests_of(settings: Settings) -> dict[str, tuple[int, str]]:
    """Return a digest of every table of every database."""
    found = {}
    for database in DATABASES:
        login = administrator_conninfo(settings, database.name)
        with psycopg.connect(**login) as connection:
            connection.execute("set timezone = 'UTC'")
            for (table,) in connection.execute(TABLES).fetchall():
                row = connection.execute(DIGEST.format(table)).fetchone()
                found[f"{database.name}.{table}"] = row
    return found


def clone_of(hospital: Settings, site: Site) -> Settings:
    """Bring up a hospital of this test's own, which is itself a restored backup."""
    new_holder(hospital.keys_folder, site.holder_file, PASSPHRASE)
    make_backup(hospital, Wanted(site.folder / "first"), silent)
    opener = read_opener(site.holder_file, PASSPHRASE)
    source = find_source(site.folder / "first", opener, BACKUPS_OWN)
    done = restore(site.settings, source, opener, BACKUPS_OWN, silent)
    assert done.problems == []
    embedded.stop(site.settings)
    bring_up(site.settings)
    shutil.rmtree(site.folder / "first")
    return site.settings


def note(settings: Settings, text: str) -> None:
    """Write into the record's database, as a person's action would."""
    with connect(settings, Role.OWNER, "record") as connection:
        connection.execute("create table if not exists public.note (text text)")
        connection.execute("insert into public.note values (%s)", (text,))
    audit.append(settings, audit.Event("doctor", "doctor", "write", "note"))


def work_on(settings: Settings) -> None:
    """Change rows after a vacuum, as between two backups of a running hospital."""
    login = administrator_conninfo(settings, "warehouse")
    with psycopg.connect(**login, autocommit=True) as server:
        server.execute("vacuum")
        server.execute(
            "update raw.lab_results set line_number = line_number + 1 "
            "where line_number % 50 = 0"
        )
        server.execute("delete from raw.vital_signs where line_number % 50 = 1")
    with connect(settings, Role.DAGSTER, "dagster") as connection:
        connection.execute("create table runs (run_id int primary key)")
        connection.execute("insert into runs select generate_series(1, 1000)")


def last_log_is_kept(site: Site) -> None:
    """Have the server put out its log and the backups fetch it."""
    end_of_log(site.settings)
    keys = load_backup_keys(site.settings.keys_folder)
    fetch_log(site.settings, site.repository, keys)
    assert waiting_segments(site.settings) == []


@pytest.fixture(scope="module")
def lost(
    tmp_path_factory: pytest.TempPathFactory, simulated_hospital: Settings
) -> Iterator[Lost]:
    site = Site(tmp_path_factory.mktemp("disaster"))
    try:
        settings = clone_of(simulated_hospital, site)
        with connect(settings, Role.OWNER) as connection:
            person = Person("d.weber", "Dr. Weber", "doctor")
            create_person(connection, person, PASSWORD)
        site.back_up()
        work_on(settings)
        note(settings, "before the increment")
        site.back_up(is_incremental=True)
        archive = Archive(settings.archive_folder, load_keyring(settings.keys_folder))
        address = archive.keep(BytesIO(DELIVERY)).address
        note(settings, "before the moment")
        time.sleep(0.2)
        between = datetime.now(UTC)
        time.sleep(0.2)
        note(settings, "after the moment")
        names = names_in(settings)
        digests = digests_of(settings)
        last_log_is_kept(site)
        site.lose_everything()
        yield Lost(site, digests, between, address, names)
    finally:
        take_away(site.settings)


def names_in(settings: Settings) -> list[str]:
    """Return names that the hospital knows: none may stand in a backup."""
    reader = Reader(settings, Person("d.weber", "Dr. Weber", "doctor"))
    reading = reader.read("list", {"all": Query(PATIENTS, {})})
    keys = [int(key) for key in reading.frames["all"]["patient_key"]]
    identities = reader.read("chart", {"all": Query(PATIENTS, {})}, keys).identities
    return [each.family_name for each in identities.values() if each.family_name]


@pytest.fixture
def home(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Yield a new home on the new machine, empty."""
    # A home of its own: pools of this process still know the server of another.
    settings = lost.site.at(f"new machine {uuid.uuid4().hex[:6]}")
    monkeypatch.setenv("EHR_HOME", str(settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    monkeypatch.setenv("COLUMNS", "200")
    try:
        yield settings
    finally:
        take_away(settings)


def ehr(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def restored_by_command(lost: Lost, *options: str) -> Result:
    folder, key = str(lost.site.repository.folder), str(lost.site.holder_file)
    return ehr("restore", folder, "--key", key, *options, typed=f"{PASSPHRASE}\n")


def notes_of(settings: Settings) -> list[str]:
    with connect(settings, Role.OWNER, "record") as connection:
        found = connection.execute("select text from public.note order by text")
        return [text for (text,) in found]


def test_everything_comes_back_and_people_work_on(lost: Lost, home: Settings) -> None:
    assert not lost.site.settings.root.exists()

    with pytest.MonkeyPatch.context() as patch:
        # What the restored installation writes by itself comes after the comparison.
        patch.setattr("pipelines.commands.restore._finish", lambda *_: Finished())
        result = restored_by_command(lost)

    assert result.exit_code == 0, result.output
    found = digests_of(home)
    assert found.keys() == lost.digests.keys()
    assert {table for table in found if found[table] != lost.digests[table]} == set()
    assert sum(rows for rows, _ in found.values()) > 10_000
    the_restored_installation_works(lost, home)


def the_restored_installation_works(lost: Lost, home: Settings) -> None:
    bring_up(home)
    with connect(home, Role.COMPLIANCE) as connection:
        events = connection.execute("select count(*) from audit.event").fetchone()
        assert audit.verify(home, connection) == []
        assert events[0] > 3
    signed_in = sign_in(home, "d.weber", PASSWORD)
    assert signed_in.person.role == "doctor"
    assert names_in(home) == lost.names
    assert len(lost.names) > 5
    archive = Archive(home.archive_folder, load_keyring(home.keys_folder))
    assert b"".join(archive.read(lost.address)) == DELIVERY
    assert sorted(notes_of(home)) == sorted(
        ["before the increment", "before the moment", "after the moment"]
    )


def test_a_moment_between_two_writes_is_restored_exactly(
    lost: Lost, home: Settings
) -> None:
    result = restored_by_command(lost, "--at", lost.between.isoformat())

    assert result.exit_code == 0, result.output
    assert sorted(notes_of(home)) == ["before the increment", "before the moment"]
    with connect(home, Role.COMPLIANCE) as connection:
        assert audit.verify(home, connection) == []
        last = connection.execute(
            "select action from audit.event order by event_id desc limit 1"
        )
        assert last.fetchone() == ("restore",)


@pytest.mark.usefixtures("home")
def test_a_moment_that_no_log_reaches_is_refused(lost: Lost) -> None:
    result = restored_by_command(lost, "--at", "2999-01-01")

    assert "the backups end before that moment" in str(result.exception)


def test_no_name_stands_anywhere_in_the_backups(lost: Lost) -> None:
    content = b"".join(
        path.read_bytes()
        for path in lost.site.repository.folder.rglob("*")
        if path.is_file()
    )

    sought = [*lost.names, "Canaryname", "before the increment", "d.weber"]
    assert len(content) > 1_000_000
    assert [name for name in sought if name.encode() in content] == []


def test_a_key_of_somebody_else_restores_nothing(
    lost: Lost, home: Settings, tmp_path: Path
) -> None:
    new_holder(tmp_path / "keys", tmp_path / "other.json", PASSPHRASE)

    result = ehr(
        *("restore", str(lost.site.repository.folder)),
        *("--key", str(tmp_path / "other.json")),
        typed=f"{PASSPHRASE}\n",
    )

    assert "does not open this backup" in str(result.exception)
    assert not home.root.exists()


def test_a_wrong_passphrase_restores_nothing(lost: Lost, home: Settings) -> None:
    folder, key = str(lost.site.repository.folder), str(lost.site.holder_file)

    result = ehr("restore", folder, "--key", key, typed="another passphrase\n")

    assert "passphrase does not open" in str(result.exception)
    assert not home.root.exists()


def test_nothing_is_restored_over_something(lost: Lost, home: Settings) -> None:
    home.root.mkdir()
    (home.root / "precious").write_text("precious")

    result = restored_by_command(lost)

    assert "is not empty" in str(result.exception)
    assert [path.name for path in home.root.iterdir()] == ["precious"]


def test_an_interrupted_restore_is_never_started(
    lost: Lost, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        msg = "the power failed"
        raise BackupError(msg)

    monkeypatch.setattr("pipelines.backup.restoring.restore_server", break_off)

    restored_by_command(lost)

    with pytest.raises(Exception, match="was interrupted: remove the folder"):
        bring_up(home)
