"""The file of the spool: lines that follow from each other by a keyed hash.

The first line, the base, says after which entry the file goes on; it always has the
same length. Each line after it holds one entry, the keyed hash (MAC) of the line before
and its own: without the key nobody can write a line, change one, or take one out of the
middle. That the end was cut off is told by the anchors.
"""

import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BLOCK_BYTES = 1 << 16
LABEL = b"audit spool"


class SpoolDamageError(Exception):
    """A line is not what the spool wrote."""


@dataclass(frozen=True)
class Line:
    """One line: its number, its keyed hash, the one before; the base has no entry."""

    number: int
    mac: str
    after: str = ""
    entry: Mapping[str, Any] | None = None

    def follows(self, last: "Line | None") -> bool:
        """Return whether this line stands where it was written."""
        if last is None or self.entry is None:
            return last is None and self.entry is None
        return self.number == last.number + 1 and self.after == last.mac


@dataclass(frozen=True)
class LineKey:
    """Writes and reads lines with the key of an installation."""

    key: bytes

    @classmethod
    def of(cls, secret: bytes) -> "LineKey":
        """Return the key of the spool that follows from a secret of the keyring."""
        return cls(hmac.digest(secret, LABEL, "sha256"))

    def base(self, number: int, mac: str) -> bytes:
        """Return the line that a file begins with."""
        return self._written({"base": f"{number:020d}", "after": mac})

    def first_base(self) -> bytes:
        """Return the base of a spool that has kept nothing yet."""
        return self.base(0, "0" * 64)

    def next(self, last: Line, entry: Mapping[str, Any]) -> bytes:
        """Return the line that follows another."""
        content = {"number": last.number + 1, "after": last.mac, "entry": entry}
        return self._written(content)

    def read(self, text: bytes) -> Line:
        """Return a line that the spool wrote.

        Raises:
            SpoolDamageError: it did not.
        """
        try:
            stored = json.loads(text)
            mac = stored.pop("mac")
            is_ours = hmac.compare_digest(mac, self._mac(stored))
        except (ValueError, AttributeError, KeyError, TypeError):
            is_ours = False
        if not is_ours:
            msg = "a line was not written by the spool"
            raise SpoolDamageError(msg)
        if "base" in stored:
            return Line(int(stored["base"]), stored["after"])
        return Line(stored["number"], mac, stored["after"], stored["entry"])

    def _written(self, content: Mapping[str, Any]) -> bytes:
        return f"{json.dumps({**content, 'mac': self._mac(content)})}\n".encode()

    def _mac(self, content: Mapping[str, Any]) -> str:
        text = json.dumps(content, sort_keys=True)
        return hmac.new(self.key, text.encode(), "sha256").hexdigest()


BASE_BYTES = len(LineKey(b"").first_base())


def read_lines(key: LineKey, lines: Iterable[bytes]) -> Iterator[Line]:
    """Yield the lines of a file, each following from the one before.

    What has no end of line was never promised to anybody, and is left out.

    Raises:
        SpoolDamageError: a line is not the spool's, or does not follow.
    """
    last: Line | None = None
    for text in lines:
        if not text.endswith(b"\n"):
            return
        line = key.read(text)
        if not line.follows(last):
            msg = f"what follows entry {last.number if last else 0} is not the next"
            raise SpoolDamageError(msg)
        yield line
        last = line


def last_line(path: Path) -> bytes:
    """Return the last whole line of a file, without reading what is before it."""
    with path.open("rb") as handle:
        position, tail = handle.seek(0, os.SEEK_END), b""
        # A whole line lies between two ends of line; the end may be half a line.
        while position > 0 and tail.count(b"\n") <= 1:
            step = min(BLOCK_BYTES, position)
            position -= step
            handle.seek(position)
            tail = handle.read(step) + tail
    whole = tail[: tail.rfind(b"\n") + 1]
    return whole.splitlines(keepends=True)[-1] if whole else b""


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in the place of another, whole or not at all, and onto the disk."""
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    partial.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
