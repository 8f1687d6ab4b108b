"""What lies in EHR_HOME and nothing else could give back comes back with the rest."""

import time

import pytest

from pipelines.backup.holders import load_backup_keys
from pipelines.backup.home_files import (
    MADE_ANEW,
    kept_afterwards,
    kept_first,
    put_back,
)
from pipelines.backup.manifest import KeptFile
from pipelines.backup.restored_server import Target
from pipelines.backup.wal import fetch_log
from pipelines.database.provisioning import bring_up
from pipelines.settings import Settings
from tests.backup.conftest import Site


def write(settings: Settings, place: str, text: str) -> None:
    path = settings.root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def paths(files: object, settings: Settings) -> set[str]:
    return {path.relative_to(settings.root).as_posix() for path in files}


def fetch(site: Site) -> None:
    keys = load_backup_keys(site.settings.keys_folder)
    fetch_log(site.settings, site.repository, keys)


def test_what_is_made_anew_is_left_out_and_all_else_is_kept(site: Site) -> None:
    settings = site.at("some home")
    for name in (*MADE_ANEW, "archive", "audit", "keys", "of a later version"):
        write(settings, f"{name}/file", name)
    write(settings, "erasures.jsonl", "{}")
    (settings.root / "link").symlink_to("/etc")

    first = paths(kept_first(settings), settings)
    afterwards = paths(kept_afterwards(settings, first), settings)

    assert first == {"audit/file"}
    assert afterwards == {
        *("archive/file", "keys/file", "of a later version/file", "erasures.jsonl")
    }


def test_files_come_back_with_content_rights_and_time(
    site: Site, restored: Settings
) -> None:
    write(site.settings, "models/one/model", "weights")
    (site.settings.root / "models/one/model").chmod(0o640)
    before = (site.settings.root / "models/one/model").stat()
    site.back_up()

    site.restore(restored)

    after = (restored.root / "models/one/model").stat()
    assert (restored.root / "models/one/model").read_text() == "weights"
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    assert (restored.root / "keys" / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_an_unchanged_file_is_sealed_once_for_all_backups(site: Site) -> None:
    write(site.settings, "archive/ab/entry", "delivered")
    one, two = site.back_up(), site.back_up(is_incremental=True)

    def found(files: list[KeptFile]) -> list[str]:
        return [file.file for file in files if file.path == "archive/ab/entry"]

    assert found(one.files) == found(two.files) != []
    write(site.settings, "archive/ab/entry", "rewrapped")
    three = site.back_up(is_incremental=True)
    assert found(three.files) != found(two.files)


def test_what_came_after_the_backup_comes_back_up_to_the_moment(
    site: Site, restored: Settings
) -> None:
    site.back_up()
    write(site.settings, "archive/cd/later", "landed after the backup")
    write(site.settings, "audit/months/2026-01.jsonl.gz", "moved out of the database")
    write(site.settings, "deliveries/waiting", "of the next backup")
    fetch(site)

    site.restore(restored, Target())

    assert (restored.root / "archive/cd/later").exists()
    assert (restored.root / "audit/months/2026-01.jsonl.gz").exists()
    assert not (restored.root / "deliveries/waiting").exists()


def test_who_was_erased_stays_erased_at_every_moment(
    site: Site, restored: Settings
) -> None:
    write(site.settings, "erasures.jsonl", "one\n")
    site.back_up()
    time.sleep(0.05)
    write(site.settings, "erasures.jsonl", "one\ntwo\n")
    write(site.settings, "archive/ef/later", "not of the backup's moment")
    fetch(site)

    site.restore(restored)

    assert (restored.root / "erasures.jsonl").read_text() == "one\ntwo\n"
    assert not (restored.root / "archive/ef/later").exists()


def test_keys_that_change_meanwhile_stop_the_backup(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rotated(*_: object) -> object:
        write(site.settings, "keys/new", "a key that came meanwhile")
        return kept_afterwards(*_)

    monkeypatch.setattr("pipelines.backup.making.kept_afterwards", rotated)

    before = site.repository.ids()
    with pytest.raises(Exception, match="keys were changed"):
        site.back_up()
    assert site.repository.ids() == before
    (site.settings.root / "keys" / "new").unlink()


def test_a_file_that_would_leave_the_home_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(site.settings, "archive/gh/entry", "delivered")
    made = site.back_up()
    name = next(each.file for each in made.files if each.path == "archive/gh/entry")
    original = put_back.__globals__["read_head"]

    def elsewhere(content: object) -> object:
        head = original(content)
        return type(head)("../outside", head.mode, head.modified_ns)

    monkeypatch.setitem(put_back.__globals__, "read_head", elsewhere)

    with pytest.raises(Exception, match="does not belong below"):
        put_back(site.repository, site.own_key(), name, site.folder / "restored")
    assert not (site.folder / "outside").exists()


def test_a_home_brought_back_serves_on(site: Site, restored: Settings) -> None:
    site.back_up()
    site.restore(restored)

    bring_up(restored)

    keys = load_backup_keys(restored.keys_folder)
    assert keys.public == load_backup_keys(site.settings.keys_folder).public
