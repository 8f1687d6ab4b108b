"""What has been received and not delivered yet: one file that only grows.

It lies where deliveries lie, under a name that says it is not whole. When it is handed
over it gets its name and a mark that it is complete; the sensor lands it from there.
Whatever kills the listener leaves whole messages and perhaps the beginning of one that
nobody was told is kept: the next start cuts that off and hands over the rest.
"""

import os
import time
import uuid
from pathlib import Path

from pipelines.deliveries import COMPLETE
from pipelines.settings import Settings

START, END = b"\x0b", b"\x1c\r"
FILE, UNFINISHED = "messages.hl7", "messages.hl7.part"
MOST_BYTES = 10 << 20
PRIVATE = 0o700


class Spool:
    """Keeps the messages of one source."""

    def __init__(self, settings: Settings, source: str) -> None:
        self._folder = settings.deliveries_folder / f"hl7v2@{source}"
        self._folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        self._file: int | None = None
        self._path = self._folder
        self._bytes = 0
        self._begun_at = 0.0
        self._hand_over_left()

    @property
    def age(self) -> float:
        """Return for how many seconds the oldest message has been waiting here."""
        return time.monotonic() - self._begun_at if self._file is not None else 0.0

    @property
    def is_full(self) -> bool:
        """Return whether there is as much as one delivery should hold."""
        return self._bytes >= MOST_BYTES

    def keep(self, messages: list[bytes]) -> None:
        """Keep messages: when this returns they are on the disk.

        Raises:
            OSError: they may not be.
        """
        if self._file is None:
            self._begin()
        content = b"".join(START + each + END for each in messages)
        written = 0
        while written < len(content):
            written += os.write(self._file, content[written:])
        os.fsync(self._file)
        self._bytes += len(content)

    def hand_over(self) -> None:
        """Deliver what has been received so far."""
        if self._file is None:
            return
        os.close(self._file)
        self._file = None
        _hand_over(self._path)

    def _begin(self) -> None:
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        self._path = self._folder / f"{stamp}-{uuid.uuid4().hex[:8]}"
        self._path.mkdir(mode=PRIVATE)
        name = self._path / UNFINISHED
        self._file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for folder in (self._path, self._folder):
            _sync_folder(folder)
        self._bytes, self._begun_at = 0, time.monotonic()

    def _hand_over_left(self) -> None:
        """Hand over what a listener that was killed has left."""
        for unfinished in sorted(self._folder.glob(f"*/{UNFINISHED}")):
            content = unfinished.read_bytes()
            whole = content.rfind(END) + len(END) if END in content else 0
            os.truncate(unfinished, whole)
            _hand_over(unfinished.parent)
        for finished in sorted(self._folder.glob(f"*/{FILE}")):
            (finished.parent / COMPLETE).touch()


def _hand_over(folder: Path) -> None:
    (folder / UNFINISHED).rename(folder / FILE)
    (folder / COMPLETE).touch()
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
