"""The files of EHR_HOME that nothing else could give back: archive, keys, anchors, ...

Everything is kept but what is made anew or copied otherwise, so that what a later
version adds is not forgotten. A file is sealed once and shared by all backups that hold
it; its place and times stand at its head, under the same seal.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.backup.holders import Opener, Wrapped
from pipelines.backup.manifest import KeptFile
from pipelines.backup.repository import (
    COPY_BYTES,
    Repository,
    copied_into,
    opened,
    regular_files,
    seal_file,
)
from pipelines.backup.sealed_file import DamageError, Sealed, SealedReader, SealedWriter
from pipelines.erasing.register import FILE_NAME
from pipelines.settings import Settings

# The server is copied by itself; logs, runs and marts' documents are made anew; a
# simulation is made, and a drill is a restored copy.
MADE_ANEW = frozenset({"server", "run", "logs", "dbt", "dagster", "simulated", "drill"})
# What is appended outside the database after each commit: it must not tell of events
# that the copied databases do not hold yet, so it is kept before they are.
BEFORE_DATABASES = ("audit",)
# Who was erased: the newest list counts, whichever moment is restored.
ERASURES = f"keys/{FILE_NAME}"
# What the log alone would not bring back: a delivery landed after the backup, a key, a
# month of the audit trail that was moved out of the database.
WITH_THE_LOG = ("archive", "keys", "audit/months")
LONGEST_HEAD = 1 << 14
LABEL = "file|"


@dataclass(frozen=True)
class Head:
    """What stands before a kept file's bytes."""

    path: str
    mode: int
    modified_ns: int


def kept_first(settings: Settings) -> Iterator[Path]:
    """Yield the files that are kept before the databases are copied."""
    for name in BEFORE_DATABASES:
        yield from regular_files(settings.root / name)


def kept_afterwards(settings: Settings, already: set[str]) -> Iterator[Path]:
    """Yield the files that are kept after the databases were copied.

    A file kept before stays as it was then; one that came meanwhile is kept now.
    """
    for entry in sorted(settings.root.iterdir()):
        if entry.name in MADE_ANEW:
            continue
        for path in regular_files(entry):
            if path.relative_to(settings.root).as_posix() not in already:
                yield path


def kept_with_the_log(settings: Settings) -> Iterator[Path]:
    """Yield the files that are kept as often as the server's log."""
    for name in WITH_THE_LOG:
        yield from regular_files(settings.root / name)


def keep(
    repository: Repository,
    root: Path,
    path: Path,
    key: Wrapped,
    known: dict[str, KeptFile],
) -> KeptFile | None:
    """Seal a file unless the store has it; ``known`` are the files of an older backup.

    A file that vanished meanwhile is left out.
    """
    if path.suffix in {".part", ".lock"}:
        return None
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return None
    with source:
        status = os.fstat(source.fileno())
        place = path.relative_to(root).as_posix()
        name = _name(place, status)
        if name in known and (repository.files / name).is_file():
            return known[name]
        head = Head(place, status.st_mode & 0o777, status.st_mtime_ns)
        sealed = _seal(repository, name, key, head, source, status.st_size)
    return KeptFile(place, status.st_mtime_ns, name, sealed.byte_count, sealed.digest)


def is_kept(repository: Repository, root: Path, path: Path) -> bool:
    """Return whether the store has a file as it is now, or it is none to be kept."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return True
    name = _name(path.relative_to(root).as_posix(), status)
    return path.suffix in {".part", ".lock"} or (repository.files / name).is_file()


def put_back(repository: Repository, opener: Opener, name: str, root: Path) -> str:
    """Write a kept file where it was; return its place.

    Raises:
        DamageError: it was changed.
    """
    with opened(repository.files / name, opener, LABEL + name) as content:
        head = read_head(content)
        path = root / head.path
        if not path.resolve().is_relative_to(root) or ".." in Path(head.path).parts:
            msg = "a file of the backup does not belong below EHR_HOME"
            raise DamageError(msg)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            while chunk := content.read(COPY_BYTES):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    path.chmod(head.mode)
    os.utime(path, ns=(head.modified_ns, head.modified_ns))
    return head.path


def read_head(content: SealedReader) -> Head:
    """Read what stands before a kept file's bytes.

    Raises:
        DamageError: there is nothing of the kind.
    """
    line = content.readline(LONGEST_HEAD)
    try:
        return Head(**json.loads(line))
    except (ValueError, TypeError):
        msg = "a file of the backup does not say where it belongs"
        raise DamageError(msg) from None


def _seal(
    repository: Repository,
    name: str,
    key: Wrapped,
    head: Head,
    source: object,
    size: int,
) -> Sealed:
    def write(writer: SealedWriter) -> None:
        writer.write(json.dumps(head.__dict__).encode() + b"\n")
        copied_into(source, size)(writer)

    return seal_file(repository.files / name, key, LABEL + name, write)


def _name(place: str, status: os.stat_result) -> str:
    """Return the name in the store: it tells nothing, and changes with the file."""
    told = f"{place}\0{status.st_size}\0{status.st_mtime_ns}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]
