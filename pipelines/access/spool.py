"""The spool of the audit: where events wait while the trail cannot be written.

Care goes on when the audit store is away: what is done is first written here, onto the
disk (``EHR_HOME/audit/spool``), and replayed into the trail when that is back, in
order, each entry once. A process may be killed at any point: an entry stays here until
the trail has it, and the trail knows each entry by its id.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipelines.access.encryption import load_keyring
from pipelines.access.spool_file import (
    BASE_BYTES,
    Line,
    LineKey,
    SpoolDamageError,
    last_line,
    read_lines,
    write_whole,
)
from pipelines.settings import Settings

MOST_AT_ONCE = 500
DAMAGED = "damaged"
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class SpoolState:
    """How many events wait, and since when the first of them."""

    length: int
    oldest_at: datetime | None

    @property
    def seconds(self) -> float:
        """Return how long the first has waited."""
        if self.oldest_at is None:
            return 0.0
        return max((datetime.now(UTC) - self.oldest_at).total_seconds(), 0.0)


class Spool:
    """The spool of one installation."""

    def __init__(self, settings: Settings) -> None:
        """Find the spool of an installation; nothing is made before it is needed."""
        self.folder = settings.root / "audit" / "spool"
        self.path = self.folder / "spool.jsonl"
        self._settings = settings

    @property
    def is_waiting(self) -> bool:
        """Return whether there is anything to replay; asks for the size alone."""
        try:
            return self.path.stat().st_size > BASE_BYTES
        except (FileNotFoundError, NotADirectoryError):
            return False

    def state(self) -> SpoolState:
        """Return how much waits; reads the ends of the file alone."""
        if not self.is_waiting:
            return SpoolState(0, None)
        try:
            last = self._key.read(last_line(self.path))
            with self.path.open("rb") as lines:
                base = self._key.read(lines.readline())
                first = self._key.read(lines.readline())
        except SpoolDamageError:
            return SpoolState(1, None)
        if first.entry is None:
            return SpoolState(0, None)
        oldest_at = datetime.fromisoformat(first.entry["kept_at"])
        return SpoolState(last.number - base.number, oldest_at)

    def add(self, entry: Entry) -> None:
        """Keep an entry; it is on the disk when this returns.

        Raises:
            OSError: it could not be written.
        """
        with self._locked():
            last = self._last()
            text = self._key.next(last, entry)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
            try:
                if os.write(descriptor, text) != len(text):
                    msg = "the disk took a part of the entry only"
                    raise OSError(msg)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def replay(self, send: Callable[[Sequence[Entry]], None]) -> int:
        """Hand the oldest entries over and forget them; return how many.

        What ``send`` raises leaves them here; what it has taken it must know again.
        """
        with self._locked():
            entries, rest = self._oldest()
            if entries:
                send([line.entry for line in entries if line.entry is not None])
                write_whole(self.path, self._rewritten(entries[-1], rest))
            return len(entries)

    def entries(self) -> list[Entry]:
        """Return what waits, up to the first line that is not the spool's."""
        lines, _ = self._readable()
        return [line.entry for line in lines if line.entry is not None]

    def problems(self) -> list[str]:
        """Return what is wrong with the spool, and with what was set aside."""
        found = [
            f"a damaged spool was set aside as {path.name}"
            for path in sorted(self.folder.glob(f"{DAMAGED}-*"))
        ]
        _, problem = self._readable()
        return found + ([f"the spool is damaged: {problem}"] if problem else [])

    @property
    def _key(self) -> LineKey:
        keyring = load_keyring(self._settings.keys_folder)
        return LineKey.of(keyring.hash_key("patient"))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes and threads out; make what is missing, mend the end."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not self.path.exists():
                write_whole(self.path, self._key.first_base())
            self._drop_half_line()
            yield
        finally:
            os.close(descriptor)

    def _drop_half_line(self) -> None:
        """Take away what a killed process left half written: nobody was told of it."""
        with self.path.open("rb+") as handle:
            size = handle.seek(0, os.SEEK_END)
            if not size:
                return
            handle.seek(size - 1)
            if handle.read(1) == b"\n":
                return
            handle.seek(0)
            whole = handle.read().rfind(b"\n") + 1
            handle.truncate(whole)
            os.fsync(handle.fileno())

    def _last(self) -> Line:
        try:
            return self._key.read(last_line(self.path))
        except SpoolDamageError:
            self._set_aside()
            return self._key.read(last_line(self.path))

    def _oldest(self) -> tuple[list[Line], list[bytes]]:
        """Return the entries to replay now, and the texts of those left."""
        _, problem = self._readable()
        if problem:
            self._set_aside()
        lines, _ = self._readable()
        texts = self.path.read_bytes().splitlines(keepends=True)
        entries = lines[1 : MOST_AT_ONCE + 1]
        return entries, texts[len(entries) + 1 :]

    def _rewritten(self, last: Line, rest: Sequence[bytes]) -> bytes:
        return self._key.base(last.number, last.mac) + b"".join(rest)

    def _readable(self) -> tuple[list[Line], str]:
        """Return the lines up to the first that is wrong, and what is wrong."""
        lines: list[Line] = []
        if not self.path.exists():
            return lines, ""
        try:
            with self.path.open("rb") as texts:
                for line in read_lines(self._key, texts):
                    lines.append(line)  # noqa: PERF402 - keeps what came before an error
        except SpoolDamageError as error:
            return lines, str(error)
        return lines, "" if lines else "it has no first line"

    def _set_aside(self) -> None:
        """Keep a damaged file for who examines it; go on with all that is authentic."""
        content = self.path.read_bytes()
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        write_whole(self.folder / f"{DAMAGED}-{moment}.jsonl", content)
        texts = [self._key.first_base()]
        for entry in self._authentic(content.splitlines(keepends=True)):
            texts.append(self._key.next(self._key.read(texts[-1]), entry))
        write_whole(self.path, b"".join(texts))

    def _authentic(self, texts: Sequence[bytes]) -> Iterator[Entry]:
        """Yield what the spool wrote, wherever it stands now."""
        for text in texts:
            with suppress(SpoolDamageError):
                entry = self._key.read(text).entry
                if entry is not None:
                    yield entry
