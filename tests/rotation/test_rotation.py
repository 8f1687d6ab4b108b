"""New keys in place of old ones: whole, and while others work."""

import json
import threading

import psycopg
import pytest
from psycopg import sql

from pipelines.access.encryption import (
    KEYRING_FILE,
    Keyring,
    KeyringError,
    load_keyring,
)
from pipelines.access.sealed_columns import SEALED_TABLES
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD, WAREHOUSE
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.landing.archive import Archive
from pipelines.rotation import rotating
from pipelines.rotation.failures import RotationError
from pipelines.rotation.rotating import Rotated, rotate
from pipelines.rotation.searching import OWNERS, columns_with_values
from pipelines.settings import Settings
from tests.rotation.sealed_values import keys_in_use, opened_entries, opened_values

PLANTED = "create table access.planted (note text, more jsonb)"


def rotated(settings: Settings) -> Rotated:
    return rotate(settings, lambda *_: None)


def extract_marks(settings: Settings) -> list[tuple]:
    """Return what an extract of the record knows its rows by."""
    with connect(settings, Role.OWNER, RECORD) as record:
        return record.execute(
            "select version_id, transaction_id, changed_at, changed_by_user_id "
            "from documentation.notes order by version_id"
        ).fetchall()


def test_after_a_rotation_everything_opens_and_nothing_is_under_an_old_key(
    sealed_installation: Settings,
) -> None:
    settings = sealed_installation
    values, entries = opened_values(settings), opened_entries(settings)
    before = set(keys_in_use(settings))

    done = rotated(settings)

    assert set(done.removed_keys) == before
    assert set(keys_in_use(settings)).isdisjoint(before)
    assert opened_values(settings) == values
    assert opened_entries(settings) == entries
    assert len(values) > 1000
    assert entries


def test_a_rotation_leaves_no_old_key_in_the_folder_of_keys(
    sealed_installation: Settings,
) -> None:
    folder = sealed_installation.keys_folder
    old = json.loads((folder / KEYRING_FILE).read_text())

    rotated(sealed_installation)

    gone = [*old["column"].values(), *old["wrapping"].values()]
    kept = "".join(path.read_text() for path in folder.iterdir() if path.is_file())
    assert [key for key in gone if key in kept] == []
    assert json.loads((folder / KEYRING_FILE).read_text())["hash"] == old["hash"]


def test_an_extract_sees_no_news_in_what_a_rotation_sealed_anew(
    sealed_installation: Settings,
) -> None:
    before = extract_marks(sealed_installation)

    rotated(sealed_installation)

    assert extract_marks(sealed_installation) == before
    assert before


def test_the_record_still_refuses_changes_after_a_rotation(
    sealed_installation: Settings,
) -> None:
    rotated(sealed_installation)

    with connect(sealed_installation, Role.OWNER, RECORD) as record:
        for statement in (
            "update documentation.notes set note_text = note_text",
            "delete from documentation.notes",
        ):
            with pytest.raises(psycopg.errors.RaiseException), record.transaction():
                record.execute(statement)


def test_the_body_of_an_entry_stays_as_it_is(sealed_installation: Settings) -> None:
    folder = sealed_installation.archive_folder
    before = {path: path.read_bytes() for path in folder.rglob("body")}
    keys = {path: path.read_bytes() for path in folder.rglob("key")}

    rotated(sealed_installation)

    assert {path: path.read_bytes() for path in folder.rglob("body")} == before
    assert all(path.read_bytes() != content for path, content in keys.items())
    assert list(folder.rglob("*.part")) == []


def test_every_sealed_value_is_in_a_listed_column(
    sealed_installation: Settings,
) -> None:
    listed = {
        f"{table.schema}.{table.name}.{column}".replace("access.row", 'access."row"')
        for table in SEALED_TABLES
        for column in table.columns
    }
    for database, role in OWNERS:
        with connect(sealed_installation, role, database) as connection:
            found = columns_with_values(connection)
        assert {name.replace('"', "") for name in found} <= listed, database
        if (database, role) == (WAREHOUSE, Role.OWNER):
            assert "identity.patients.family_name" in found


@pytest.mark.parametrize("column", ["note", "more"])
def test_a_column_that_the_list_forgets_keeps_the_old_key_alive(
    sealed_installation: Settings, column: str
) -> None:
    settings = sealed_installation
    keyring = load_keyring(settings.keys_folder)
    sealed = keyring.encrypt("somebody", "access.planted|note|1")
    value = json.dumps({"text": sealed}) if column == "more" else sealed
    with connect(settings, Role.OWNER) as owner:
        owner.execute(PLANTED)
        owner.execute(
            sql.SQL("insert into access.planted ({}) values (%s)").format(
                sql.Identifier(column)
            ),
            (value,),
        )
    try:
        with pytest.raises(RotationError, match=f"access.planted.{column}"):
            rotated(settings)
        old = keyring.current_column_key
        assert old in load_keyring(settings.keys_folder).column_keys
    finally:
        with connect(settings, Role.OWNER) as owner:
            owner.execute("drop table access.planted")
    assert old in rotated(settings).removed_keys


def test_a_listed_table_that_the_rotation_passes_over_keeps_the_old_key_alive(
    sealed_installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(owner: object, table: object, keyring: object, report: object) -> int:
        return (
            0
            if table.name == "patients"
            else rotating_reseal(owner, table, keyring, report)
        )

    rotating_reseal = rotating.reseal
    monkeypatch.setattr(rotating, "reseal", careless)

    with pytest.raises(RotationError, match="patients still holds values"):
        rotated(sealed_installation)

    monkeypatch.undo()
    rotated(sealed_installation)


def test_an_entry_that_the_rotation_passes_over_keeps_the_old_key_alive(
    sealed_installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "rewrap", lambda *_: 0)

    with pytest.raises(RotationError, match="3 archive entries need"):
        rotated(sealed_installation)

    monkeypatch.undo()
    rotated(sealed_installation)


def test_a_value_of_whoever_still_holds_the_old_key_is_refused(
    sealed_installation: Settings,
) -> None:
    settings = sealed_installation
    stale = load_keyring(settings.keys_folder)
    rotated(settings)

    with connect(settings, Role.OWNER) as owner:
        with pytest.raises(psycopg.errors.CheckViolation), owner.transaction():
            write_draft_like(owner, stale)
        with owner.transaction(force_rollback=True):
            write_draft_like(owner, stale.as_of_now())


def write_draft_like(owner: psycopg.Connection, keyring: Keyring) -> None:
    place = "access.key_check|sealed|only"
    owner.execute(
        "update access.key_check set sealed = %s",
        (keyring.encrypt("the keys of this installation", place),),
    )


def test_what_a_transaction_wrote_under_the_old_key_is_waited_for(
    sealed_installation: Settings,
) -> None:
    settings = sealed_installation
    stale = load_keyring(settings.keys_folder)
    rotation = threading.Thread(target=rotated, args=(settings,))
    with connect(settings, Role.OWNER) as owner:
        write_draft_like(owner, stale)
        rotation.start()
        rotation.join(timeout=2)
        is_waiting = rotation.is_alive()
        owner.commit()
    rotation.join(timeout=60)

    assert is_waiting
    assert not rotation.is_alive()
    assert set(keys_in_use(settings)).isdisjoint(stale.column_keys)


def test_the_old_key_opens_until_the_last_reader_of_old_values_has_ended(
    sealed_installation: Settings,
) -> None:
    settings = sealed_installation
    rotation = threading.Thread(target=rotated, args=(settings,))
    with connect(settings, Role.LOADER) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        # It sees the tables as they are now, and holds none of them back.
        reader.execute("select count(*) from raw.source")
        rotation.start()
        rotation.join(timeout=3)
        keyring = load_keyring(settings.keys_folder)
        record_id, content, sealed = reader.execute(
            "select record_id, content_hash, family_name from identity.patients limit 1"
        ).fetchone()
        place = f"identity.patients|family_name|{record_id}.{content.hex}"
        assert keyring.decrypt(sealed, place).startswith("family_name")
    rotation.join(timeout=60)
    assert not rotation.is_alive()


def test_an_entry_archived_by_whoever_holds_the_old_keyring_is_under_the_new_key(
    sealed_installation: Settings, tmp_path: object
) -> None:
    settings = sealed_installation
    archive = Archive(settings.archive_folder, load_keyring(settings.keys_folder))
    rotated(settings)
    (tmp_path / "late.csv").write_bytes(b"a late one\n")

    with (tmp_path / "late.csv").open("rb") as source:
        entry = archive.keep(source)

    assert b"".join(archive.read(entry.address)) == b"a late one\n"
    old = load_keyring(settings.keys_folder).current_wrapping_key
    rotated(settings)
    assert old not in keys_in_use(settings)


def test_the_keyring_of_before_a_rotation_is_told_apart(
    sealed_installation: Settings,
) -> None:
    path = sealed_installation.keys_folder / KEYRING_FILE
    before = path.read_bytes()
    rotated(sealed_installation)
    after = path.read_bytes()
    path.write_bytes(before)
    try:
        with pytest.raises(KeyringError, match="not the one"):
            bring_up(sealed_installation)
    finally:
        path.write_bytes(after)
    bring_up(sealed_installation)


def test_only_one_rotation_is_at_work(sealed_installation: Settings) -> None:
    folder = sealed_installation.keys_folder
    with (
        rotating._only_one_at_a_time(folder),  # noqa: SLF001 - as another process would
        pytest.raises(RotationError, match="another"),
    ):
        rotated(sealed_installation)
