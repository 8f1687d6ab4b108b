"""Whatever is changed, cut, lost, put in or exchanged among backups is found."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pipelines.backup.holders import Opener
from pipelines.backup.key_files import load_backup_keys
from pipelines.backup.repository import Repository, regular_files
from pipelines.backup.verifying import verify_all
from pipelines.backup.wal import fetch_log
from pipelines.database.connections import administrator_conninfo
from tests.backup.conftest import Site
from tests.backup.log_pieces import end_of_log

DAMAGES = 50
LOCK = "lock"


@pytest.fixture(scope="module")
def backups(site: Site) -> Repository:
    """Return a full backup, an increment, kept files and three pieces of log."""
    site.back_up()
    site.back_up(is_incremental=True)
    login = administrator_conninfo(site.settings)
    for _ in range(3):
        with psycopg.connect(**login, autocommit=True) as server:
            server.execute("checkpoint")
        end_of_log(site.settings)
    keys = load_backup_keys(site.settings.keys_folder)
    (site.settings.archive_folder).mkdir(exist_ok=True)
    (site.settings.archive_folder / "kept since").write_bytes(b"an entry" * 1000)
    fetched = fetch_log(site.settings, site.repository, keys)
    assert (fetched.files, fetched.segments) > (0, 2)
    return site.repository


@pytest.fixture
def opener(site: Site) -> Opener:
    return site.own_key()


@pytest.fixture
def damaged(backups: Repository, tmp_path: Path) -> Iterator[Repository]:
    """Yield a copy of the backups that a test may damage."""
    shutil.copytree(backups.folder, tmp_path / "copy", copy_function=shutil.copy2)
    yield Repository(tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy")


def problems(repository: Repository, opener: Opener) -> list[str]:
    """Return all that a verification finds."""
    return [each for _, found in verify_all(repository, opener) for each in found]


def files_of(repository: Repository) -> list[Path]:
    return [path for path in regular_files(repository.folder) if path.name != LOCK]


def is_found(repository: Repository, opener: Opener) -> bool:
    """Return whether a verification finds anything; it goes on no longer."""
    return any(found for _, found in verify_all(repository, opener))


def is_named(path: Path, repository: Repository, opener: Opener) -> bool:
    """Return whether a verification names a file, or the backup that it belongs to.

    It goes on no longer: what comes after the file tells nothing about it.
    """
    return any(
        path.name in each or path.parent.name in each
        for _, found in verify_all(repository, opener)
        for each in found
    )


def test_whole_backups_have_no_problem(backups: Repository, site: Site) -> None:
    assert problems(backups, site.own_key()) == []
    assert problems(backups, site.holders_key()) == []
    assert len(files_of(backups)) > 12


def test_fifty_changed_bytes_are_found_fifty_times(
    damaged: Repository, opener: Opener
) -> None:
    dice = random.Random(4)  # noqa: S311 - chooses places to damage
    files = files_of(damaged)
    # Half of them anywhere in the bytes, half in any file, so that small ones are hit.
    sizes = [path.stat().st_size for path in files]
    chosen = dice.choices(files, sizes, k=DAMAGES // 2) + dice.choices(
        files, k=DAMAGES - DAMAGES // 2
    )

    found = 0
    for path in chosen:
        whole = path.read_bytes()
        changed = bytearray(whole)
        changed[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        path.write_bytes(changed)
        found += is_named(path, damaged, opener)
        path.write_bytes(whole)

    assert found == DAMAGES
    assert problems(damaged, opener) == []


def test_every_file_that_is_cut_is_found(damaged: Repository, opener: Opener) -> None:
    for path in files_of(damaged):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        assert is_named(path, damaged, opener), path
        path.write_bytes(whole)


def test_what_follows_a_backup_without_a_readable_manifest_is_read_too(
    damaged: Repository, opener: Opener
) -> None:
    full, increment = damaged.ids()
    (damaged.backups / full / "manifest").write_bytes(b"")
    last = max((damaged.folder / "wal").rglob("*"))
    last.write_bytes(last.read_bytes()[:-1])

    found = problems(damaged, opener)
    assert any(each.startswith(full) for each in found)
    assert any(last.name in each for each in found)
    assert not any(each.startswith(increment) for each in found)


def test_every_file_of_a_backup_that_is_missing_is_found(
    damaged: Repository, opener: Opener
) -> None:
    of_backups = list(regular_files(damaged.backups))
    manifests = [each.manifest for each in damaged.all(opener)]
    shared = {file.file for each in manifests if each for file in each.files}
    for path in of_backups + [damaged.files / name for name in sorted(shared)]:
        aside = path.with_name("aside")
        path.rename(damaged.folder.parent / "aside")
        assert is_found(damaged, opener), path
        (damaged.folder.parent / "aside").rename(path)
        assert not aside.exists()


def test_a_missing_piece_between_two_of_the_log_is_found(
    damaged: Repository, opener: Opener
) -> None:
    (system,) = (damaged.folder / "wal").iterdir()
    segments = sorted(path for path in system.iterdir() if len(path.name) == 24)
    segments[-2].unlink()

    assert any(segments[-2].name[8:] in each for each in problems(damaged, opener))


def test_a_missing_backup_beneath_an_increment_is_found(
    damaged: Repository, opener: Opener
) -> None:
    full, increment = damaged.ids()
    shutil.rmtree(damaged.backups / full)

    found = problems(damaged, opener)
    assert any(increment in each and full in each for each in found)


def test_whatever_is_put_in_is_found(damaged: Repository, opener: Opener) -> None:
    (system,) = (damaged.folder / "wal").iterdir()
    for folder in (
        damaged.folder,
        damaged.backups,
        damaged.backups / damaged.ids()[0],
        damaged.files,
        system,
    ):
        for name in ("put-in", "0" * 32, "0" * 24):
            (folder / name).write_bytes(b"EHRB1\n{}\n")
            assert is_found(damaged, opener), folder
            (folder / name).unlink()


def test_two_files_that_change_places_are_found(
    damaged: Repository, opener: Opener
) -> None:
    (system,) = (damaged.folder / "wal").iterdir()
    full, increment = (damaged.backups / each for each in damaged.ids())
    pairs = [
        sorted(damaged.files.iterdir())[:2],
        sorted(system.iterdir())[:2],
        sorted(full.iterdir())[:2],
        [full / "manifest", increment / "manifest"],
    ]
    for one, other in pairs:
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)
        assert is_found(damaged, opener), one
        one.write_bytes(first)
        other.write_bytes(second)


def test_an_older_state_of_a_backup_under_a_newer_name_is_found(
    damaged: Repository, opener: Opener
) -> None:
    full, increment = damaged.ids()
    shutil.rmtree(damaged.backups / increment)
    shutil.copytree(damaged.backups / full, damaged.backups / increment)

    assert any(each.startswith(increment) for each in problems(damaged, opener))
