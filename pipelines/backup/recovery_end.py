"""Where in the log a restored server ended its recovery, and where its log ends."""

from collections.abc import Iterable
from pathlib import Path

from pipelines.backup.wal import HISTORY_NAME, SEGMENT_NAME

SEGMENT_BYTES = 16 << 20
TIMELINE_LENGTH = 8


def last_segment(names: Iterable[str]) -> str | None:
    """Return the last segment of the newest timeline, None if that has none.

    Segments of an older timeline from after a restore are no part of its log.
    """
    known = [
        name
        for name in names
        if SEGMENT_NAME.fullmatch(name) or HISTORY_NAME.fullmatch(name)
    ]
    newest = max((name[:TIMELINE_LENGTH] for name in known), default="")
    of_newest = [
        name
        for name in known
        if name.startswith(newest) and SEGMENT_NAME.fullmatch(name)
    ]
    return max(of_newest, default=None)


def start_of(segment: str) -> int:
    """Return the position at which a segment begins."""
    high, low = segment[TIMELINE_LENGTH:16], segment[16:]
    return (int(high, 16) << 32) + int(low, 16) * SEGMENT_BYTES


def recovery_ended(data_folder: Path) -> int:
    """Return the position at which a promoted server left its old timeline.

    It writes it into the history of the new one: a line for each timeline before, with
    its number and the position of its end.
    """
    newest = max(
        path
        for path in (data_folder / "pg_wal").iterdir()
        if HISTORY_NAME.fullmatch(path.name)
    )
    lines = [line.split("\t") for line in newest.read_text().splitlines() if line]
    high, _, low = lines[-1][1].partition("/")
    return (int(high, 16) << 32) + int(low, 16)
