"""The folder of backups: what lies where, published whole or not at all.

``backups/<id>/`` holds a manifest and pieces, ``files/`` the files of EHR_HOME that
backups share, ``wal/<server>/`` the log that was archived since. All of it is sealed.
"""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pipelines.backup import manifest as manifests
from pipelines.backup.holders import BackupKeyError, Opener, Wrapped
from pipelines.backup.manifest import Manifest
from pipelines.backup.sealed_file import (
    DamageError,
    Sealed,
    SealedReader,
    SealedWriter,
)

MANIFEST = "manifest"
PARTIAL = ".part"
COPY_BYTES = 1 << 20
# A piece of the log has 16 MB and is sealed in a second; a busy disk may need minutes.
SEALING_SECONDS = 3600


class BackupError(Exception):
    """A backup cannot be made, found or used; the message says what to do."""


@dataclass(frozen=True)
class Listed:
    """A backup that was found, and its manifest unless it cannot be read."""

    backup_id: str
    manifest: Manifest | None
    problem: str = ""


@dataclass(frozen=True)
class Repository:
    """One folder of backups."""

    folder: Path

    @property
    def backups(self) -> Path:
        """Return the folder of the backups."""
        return self.folder / "backups"

    @property
    def files(self) -> Path:
        """Return the folder of the files that backups share."""
        return self.folder / "files"

    def wal(self, system: str) -> Path:
        """Return the folder of one server's archived log."""
        return self.folder / "wal" / system

    def ids(self) -> list[str]:
        """Return the ids of the finished backups, oldest first."""
        if not self.backups.is_dir():
            return []
        found = (each.name for each in self.backups.iterdir() if each.is_dir())
        return sorted(name for name in found if not name.endswith(PARTIAL))

    def all(self, opener: Opener) -> list[Listed]:
        """Return every finished backup, oldest first."""
        return [self._listed(backup_id, opener) for backup_id in self.ids()]

    def manifest(self, backup_id: str, opener: Opener) -> Manifest:
        """Return the manifest of a backup.

        Raises:
            DamageError: it is missing or was changed.
            BackupKeyError: the key opens it not.
        """
        return self.manifest_in(self.backups / backup_id, backup_id, opener)

    def manifest_in(self, folder: Path, backup_id: str, opener: Opener) -> Manifest:
        """Return the manifest in a folder, which may not be published yet."""
        path = folder / MANIFEST
        with opened(path, opener, manifests.LABEL + backup_id) as content:
            return manifests.read(content.read())

    def _listed(self, backup_id: str, opener: Opener) -> Listed:
        try:
            return Listed(backup_id, self.manifest(backup_id, opener))
        except (DamageError, BackupKeyError) as problem:
            return Listed(backup_id, None, str(problem))

    def sweep(self) -> int:
        """Remove what interrupted backups left; return how many pieces.

        A piece of the log may just now be sealed by the sensor, beside the backup.
        """
        left = [*self.backups.glob(f"*{PARTIAL}"), *self.folder.rglob(f"*{PARTIAL}")]
        left = [path for path in left if not self._may_be_at_work(path)]
        for path in left:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return len(left)

    def _may_be_at_work(self, path: Path) -> bool:
        if not path.is_relative_to(self.folder / "wal"):
            return False
        with suppress(FileNotFoundError):  # renamed meanwhile: it is whole
            return time.time() - path.stat().st_mtime < SEALING_SECONDS
        return True


def new_id(now: datetime | None = None) -> str:
    """Return the id of a backup that begins now; ids sort by time."""
    begun = now or datetime.now(UTC)
    return f"{begun:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def piece_label(backup_id: str, name: str) -> str:
    """Return what a piece is sealed for."""
    return f"piece|{backup_id}|{name}"


def seal_file(
    path: Path, key: Wrapped, label: str, write: Callable[[SealedWriter], None]
) -> Sealed:
    """Write a sealed file, whole and on disk, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PARTIAL}")
    try:
        with partial.open("xb") as target:
            os.fchmod(target.fileno(), 0o600)
            writer = SealedWriter(target, key, label)
            write(writer)
            sealed = writer.finish()
            target.flush()
            os.fsync(target.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    flush_folder(path.parent)
    return sealed


def copied_into(source: BinaryIO, most: int | None = None) -> Callable:
    """Return what writes a stream, or its first ``most`` bytes, into a sealed file."""

    def write(writer: SealedWriter) -> None:
        left = most
        while chunk := source.read(
            COPY_BYTES if left is None else min(left, COPY_BYTES)
        ):
            writer.write(chunk)
            left = None if left is None else left - len(chunk)

    return write


class opened:  # noqa: N801 - reads as a verb in a with statement
    """Open a sealed file for reading, and check it to its end when that is reached."""

    def __init__(self, path: Path, opener: Opener, label: str) -> None:
        self._path, self._opener, self._label = path, opener, label

    def __enter__(self) -> SealedReader:
        """Return the reader.

        Raises:
            DamageError: the file is missing, or does not begin as one.
        """
        try:
            self._source = self._path.open("rb")
        except OSError:
            msg = f"{self._path} is missing from the backup, or cannot be read"
            raise DamageError(msg) from None
        try:
            return SealedReader(self._source, self._opener, self._label)
        except BaseException:
            self._source.close()
            raise

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._source.close()


def publish(partial: Path, path: Path) -> None:
    """Give a finished backup its name; it is listed from then on."""
    flush_folder(partial)
    partial.rename(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder written to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def regular_files(path: Path) -> Iterator[Path]:
    """Yield a file, or every file below a folder; what vanished is left out."""
    if path.is_symlink():
        return
    if path.is_file():
        yield path
    with suppress(FileNotFoundError, NotADirectoryError):
        for each in sorted(path.iterdir()):
            yield from regular_files(each)
