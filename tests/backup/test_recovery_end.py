"""A server that did not replay all of its log is told from one that did."""

from pathlib import Path

import pytest

from pipelines.backup import restored_server
from pipelines.backup.recovery_end import last_segment, recovery_ended, start_of
from pipelines.backup.repository import BackupError
from pipelines.backup.restored_server import LATEST
from pipelines.backup.restoring import Source, restore, take_away
from pipelines.settings import Settings
from tests.backup.conftest import Site, silent
from tests.backup.test_disaster import last_log_is_kept

FIRST, SECOND = "00000001", "00000002"


@pytest.mark.parametrize(
    ("names", "last"),
    [
        ([], None),
        ([f"{FIRST}.history"], None),
        ([f"{FIRST}00000000000000{n}" for n in ("0A", "0C", "0B")], "0C"),
        # A label of a backup and what was not finished are no segments.
        (
            [f"{FIRST}000000000000000A", f"{FIRST}000000000000000B.00000028.backup"],
            "0A",
        ),
        # After a restore at 0B the first timeline's 0D is no part of the log.
        (
            [
                f"{FIRST}000000000000000D",
                f"{SECOND}.history",
                f"{SECOND}000000000000000B",
            ],
            "0B",
        ),
        ([f"{FIRST}000000000000000D", f"{SECOND}.history"], None),
    ],
)
def test_the_log_ends_with_its_newest_timeline(
    names: list[str], last: str | None
) -> None:
    found = last_segment(names)

    assert (found[-2:] if found else None) == last


def test_a_segment_has_16_mib_and_256_make_four_gib() -> None:
    assert start_of("00000003000000000000000D") == 0x0D000000
    assert start_of("0000000300000002000000FF") == 0x2_FF000000


def test_the_end_is_that_of_the_last_timeline_left(tmp_path: Path) -> None:
    folder = tmp_path / "pg_wal"
    folder.mkdir()
    (folder / "00000002.history").write_text("1\t0/D000000\tno recovery target\n")
    (folder / "00000003.history").write_text(
        "1\t0/D000000\tno recovery target\n\n2\t1/E0000A0\tno recovery target\n"
    )
    (folder / "000000030000000000000009").write_bytes(b"")

    assert recovery_ended(tmp_path) == 0x1_0E0000A0


def test_a_server_that_cannot_read_its_log_is_not_called_restored(
    site: Site, restored: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = site.back_up()
    last_log_is_kept(site)
    opener = site.holders_key()
    source = Source(site.repository, manifest)
    real = restored_server.options_for

    def unreadable(*arguments: object) -> list[str]:
        return [*real(*arguments), "restore_command=false"]

    with monkeypatch.context() as patched:
        patched.setattr(restored_server, "options_for", unreadable)
        with pytest.raises(BackupError, match="was not replayed to there"):
            restore(restored, source, opener, LATEST, silent)
    take_away(restored)

    assert restore(restored, source, opener, LATEST, silent).problems == []
