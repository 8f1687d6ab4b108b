"""How far the backups reach is never told later than they do."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.backup.key_files import ensure_backup_keys
from pipelines.backup.manifest import Kind, Manifest, Moment
from pipelines.backup.repository import Repository
from pipelines.backup.wal import fetch_log, newest_moment
from pipelines.database import embedded, wal_spool
from pipelines.settings import Mode, Settings

SYSTEM, SEGMENT = "7001", "00000001000000000000000B"
BACKUP_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLOSED_AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "backups")


@pytest.fixture
def manifest() -> Manifest:
    at = BACKUP_AT.isoformat()
    return Manifest(
        backup_id="b",
        kind=Kind.FULL,
        chain=["b"],
        began_at=at,
        ended_at=at,
        mode="test",
        system=SYSTEM,
        server_version=180000,
        pieces=[],
        files=[],
        moment=Moment("0/A000000", at, "00000001000000000000000A"),
        fingerprints=[],
    )


def put(repository: Repository, name: str, at: datetime) -> None:
    path = repository.wal(SYSTEM) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sealed")
    os.utime(path, (at.timestamp(), at.timestamp()))


def test_without_a_log_it_is_the_backups_own_moment(
    repository: Repository, manifest: Manifest
) -> None:
    assert newest_moment(repository, manifest) == BACKUP_AT


def test_a_whole_segment_counts(repository: Repository, manifest: Manifest) -> None:
    put(repository, SEGMENT, CLOSED_AT)

    assert newest_moment(repository, manifest) == CLOSED_AT


@pytest.mark.parametrize(
    "name",
    [
        f"{SEGMENT}.0a1b2c3d.part",
        f"{SEGMENT}.00000028.backup",
        "00000002.history",
    ],
)
def test_what_holds_no_commit_does_not_count(
    repository: Repository, manifest: Manifest, name: str
) -> None:
    put(repository, name, CLOSED_AT)

    assert newest_moment(repository, manifest) == BACKUP_AT


def test_a_segment_from_before_the_backup_does_not_count(
    repository: Repository, manifest: Manifest
) -> None:
    put(repository, SEGMENT, datetime(2026, 3, 1, 7, tzinfo=UTC))

    assert newest_moment(repository, manifest) == BACKUP_AT


def test_a_segment_fetched_late_counts_from_when_the_server_closed_it(
    tmp_path: Path, repository: Repository, manifest: Manifest
) -> None:
    settings = Settings(home=tmp_path / "home", mode=Mode.TEST, _env_file=None)
    spool = wal_spool.spool(embedded.place(settings))
    spool.mkdir(parents=True)
    segment = spool / SEGMENT
    segment.write_bytes(bytes(1 << 16))
    os.utime(segment, (CLOSED_AT.timestamp(), CLOSED_AT.timestamp()))
    settings.keys_folder.mkdir(parents=True)

    try:
        fetch_log(
            settings, repository, ensure_backup_keys(settings.keys_folder), SYSTEM
        )

        assert not segment.exists()
        assert newest_moment(repository, manifest) == CLOSED_AT
    finally:
        for folder in (spool, spool.parent):
            folder.rmdir()
