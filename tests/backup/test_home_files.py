"""What lies in EHR_HOME and nothing else could give back comes back with the rest."""

import time

import pytest

from pipelines.backup.holders import BackupKeys
from pipelines.backup.home_files import (
    ERASURES,
    MADE_ANEW,
    is_kept,
    keep,
    kept_afterwards,
    kept_first,
    put_back,
)
from pipelines.backup.key_files import load_backup_keys
from pipelines.backup.repository import seal_file
from pipelines.backup.restored_server import Target
from pipelines.backup.sealed_file import DamageError
from pipelines.backup.wal import fetch_log
from pipelines.erasing.register import register_file
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
    write(settings, ERASURES, "{}")
    (settings.root / "link").symlink_to("/etc")

    first = paths(kept_first(settings), settings)
    afterwards = paths(kept_afterwards(settings, first), settings)

    assert first == {"audit/file"}
    assert afterwards == {
        *("archive/file", "keys/file", "of a later version/file", ERASURES)
    }


@pytest.fixture(scope="module")
def backed_up(site: Site) -> Site:
    """Return a site with a backup, and files that came and changed after it."""
    write(site.settings, "models/one/model", "weights")
    (site.settings.root / "models/one/model").chmod(0o640)
    write(site.settings, ERASURES, "one\n")
    site.back_up()
    time.sleep(0.05)
    write(site.settings, ERASURES, "one\ntwo\n")
    write(site.settings, "archive/cd/later", "landed after the backup")
    write(site.settings, "audit/months/2026-01.jsonl.gz", "moved out of the database")
    write(site.settings, "deliveries/waiting", "of the next backup")
    fetch(site)
    return site


def test_the_moment_of_the_backup_has_its_files_as_they_were(
    backed_up: Site, restored: Settings
) -> None:
    before = (backed_up.settings.root / "models/one/model").stat()

    backed_up.restore(restored)

    after = (restored.root / "models/one/model").stat()
    assert (restored.root / "models/one/model").read_text() == "weights"
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    assert (restored.root / "keys" / "passwords.json").stat().st_mode & 0o777 == 0o600
    assert not (restored.root / "archive/cd/later").exists()
    # Who was erased since stays erased, whichever moment is restored.
    assert (restored.root / ERASURES).read_text() == "one\ntwo\n"


def test_the_latest_moment_has_what_belongs_to_the_log(
    backed_up: Site, restored: Settings
) -> None:
    backed_up.restore(restored, Target())

    assert (restored.root / "archive/cd/later").exists()
    assert (restored.root / "audit/months/2026-01.jsonl.gz").exists()
    assert not (restored.root / "deliveries/waiting").exists()


def test_the_list_of_erasures_is_where_erasures_write_it(site: Site) -> None:
    assert site.settings.root / ERASURES == register_file(site.settings)


def test_an_unchanged_file_is_sealed_once_for_all_backups(site: Site) -> None:
    keys = load_backup_keys(site.settings.keys_folder)
    root, path = site.settings.root, site.settings.root / "archive/ab/entry"
    write(site.settings, "archive/ab/entry", "delivered")

    one = keep(site.repository, root, path, keys.new_data_key(), {})
    two = keep(site.repository, root, path, keys.new_data_key(), {one.file: one})
    assert two is one
    write(site.settings, "archive/ab/entry", "rewrapped")
    assert not is_kept(site.repository, root, path)
    three = keep(site.repository, root, path, keys.new_data_key(), {one.file: one})
    assert three.file != one.file


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


def test_a_file_that_would_leave_the_home_is_refused(site: Site) -> None:
    keys = load_backup_keys(site.settings.keys_folder)
    outside = site.folder / "outside"
    outside.write_text("put in")
    kept = seal_elsewhere(site, keys)

    with pytest.raises(DamageError, match="does not belong below"):
        put_back(site.repository, keys.opener(), kept, site.folder / "restored")
    assert outside.read_text() == "put in"


def seal_elsewhere(site: Site, keys: BackupKeys) -> str:
    """Seal a file whose head says that it belongs above the home; return its name."""
    name = "f" * 32
    head = b'{"path": "../outside", "mode": 384, "modified_ns": 0}\nother'
    path, label = site.repository.files / name, f"file|{name}"
    seal_file(path, keys.new_data_key(), label, lambda to: to.write(head))
    return name
