"""The log's schedule, a backup and the end of a server may want the same pieces."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from pipelines.backup.key_files import ensure_backup_keys
from pipelines.backup.repository import Repository
from pipelines.backup.wal import fetch_log, waiting_segments
from pipelines.database import embedded, wal_spool
from pipelines.settings import Mode, Settings

SYSTEM = "7000000000000000001"
PIECES, AT_ONCE = 40, 4


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Yield an installation whose server has put out pieces of its log."""
    settings = Settings(home=tmp_path / "home", mode=Mode.TEST, _env_file=None)
    spool = wal_spool.spool(embedded.place(settings))
    spool.mkdir(parents=True)
    for number in range(PIECES):
        (spool / f"{number + 1:024X}").write_bytes(bytes([number]) * (1 << 16))
    settings.keys_folder.mkdir(parents=True)
    yield settings
    for path in spool.iterdir():
        path.unlink()
    for folder in (spool, spool.parent):
        folder.rmdir()


def test_each_piece_is_fetched_once_whoever_is_beside(
    settings: Settings, tmp_path: Path
) -> None:
    repository = Repository(tmp_path / "backups")
    keys = ensure_backup_keys(settings.keys_folder)
    together = Barrier(AT_ONCE)

    def fetch() -> int:
        together.wait()
        return fetch_log(settings, repository, keys, SYSTEM).segments

    with ThreadPoolExecutor(AT_ONCE) as pool:
        fetched = [
            future.result() for future in [pool.submit(fetch) for _ in range(AT_ONCE)]
        ]

    assert sorted(fetched) == [0, 0, 0, PIECES]
    assert waiting_segments(settings) == []
    kept = [each.name for each in repository.wal(SYSTEM).iterdir()]
    assert sorted(kept) == [f"{number + 1:024X}" for number in range(PIECES)]
