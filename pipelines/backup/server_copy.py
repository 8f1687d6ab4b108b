"""Copies the embedded server's files, and its log up to the moment of the backup.

The copy is made and checked in plain beside the server, for the server's own user, then
sealed and taken away: the folder of backups never holds anything in plain.
"""

import json
import secrets
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from pipelines.backup.holders import Opener, Wrapped
from pipelines.backup.manifest import Manifest, Piece
from pipelines.backup.repository import (
    BackupError,
    Repository,
    copied_into,
    opened,
    piece_label,
    seal_file,
)
from pipelines.backup.sealed_file import SealedWriter
from pipelines.database import embedded
from pipelines.database.connections import server_address
from pipelines.database.passwords import ADMINISTRATOR, ensure_passwords
from pipelines.database.server_programs import run
from pipelines.database.service_user import Place
from pipelines.settings import Settings

FOLDER = "backup"
SERVER, SERVER_MANIFEST, LOG = "server", "server manifest", "log"
PG_MANIFEST = "backup_manifest"
SEGMENT_NAME_LENGTH = 24


def fresh_folder(where: Place, name: str) -> Path:
    """Return an empty folder of the server's user, for a copy in plain."""
    folder = where.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    _give(folder, where)
    return folder


def copy_server(
    settings: Settings, repository: Repository, parent: Manifest | None, opener: Opener
) -> Path:
    """Copy the running server's files, or the blocks changed since ``parent``.

    Raises:
        ServerError: it cannot be copied, or the copy is not what it should be.
    """
    where = embedded.place(settings)
    # What a killed backup left may still be written to: its folder is not used again.
    remove_copies(where)
    folder = fresh_folder(where, f"{FOLDER}.{secrets.token_hex(4)}")
    copy = folder / "data"
    address = server_address(settings)
    arguments = ["-D", str(copy), "-h", address["host"], "-p", str(address["port"])]
    arguments += ["-U", ADMINISTRATOR, "-w", "-X", "stream", "-c", "fast"]
    arguments += ["--manifest-checksums=SHA256"]
    if parent:
        changed_since = folder / "parent_manifest"
        _unpack_parent(repository, parent, opener, changed_since)
        _give(changed_since, where)
        arguments.append(f"--incremental={changed_since}")
    password = ensure_passwords(settings)[ADMINISTRATOR]
    run(where, "pg_basebackup", *arguments, environment={"PGPASSWORD": password})
    run(where, "pg_verifybackup", "-q", str(copy))
    return copy


def remove_copies(where: Place) -> None:
    """Remove every copy in plain."""
    for folder in where.folder.glob(f"{FOLDER}.*"):
        shutil.rmtree(folder, ignore_errors=True)


def seal_copy(copy: Path, target: Path, backup_id: str, key: Wrapped) -> list[Piece]:
    """Seal a copied server into pieces of a backup."""

    def pack(writer: SealedWriter) -> None:
        with tarfile.open(mode="w|", fileobj=writer, bufsize=1 << 20) as archive:
            archive.add(copy, arcname="data")

    pieces = [seal_piece(target, backup_id, SERVER, key, pack)]
    with (copy / PG_MANIFEST).open("rb") as content:
        writing = copied_into(content)
        pieces.append(seal_piece(target, backup_id, SERVER_MANIFEST, key, writing))
    return pieces


def seal_log(
    where: Place, copy: Path, until: str, target: Path, backup_id: str, key: Wrapped
) -> Piece:
    """Seal the log from the copy's end to the segment of the backup's moment.

    Raises:
        BackupError: a segment is there no longer.
    """
    names = segments_between(_last_segment_needed(copy), until)
    folder = where.data_folder / "pg_wal"
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        msg = "the server has overwritten its log during the backup: try again"
        raise BackupError(msg)

    def pack(writer: SealedWriter) -> None:
        with tarfile.open(mode="w|", fileobj=writer, bufsize=1 << 20) as archive:
            for name in names:
                archive.add(folder / name, arcname=name)

    return seal_piece(target, backup_id, LOG, key, pack)


def seal_piece(
    target: Path,
    backup_id: str,
    name: str,
    key: Wrapped,
    write: Callable[[SealedWriter], None],
) -> Piece:
    """Seal one piece of a backup under a name that tells nothing."""
    file = secrets.token_hex(16)
    sealed = seal_file(target / file, key, piece_label(backup_id, name), write)
    return Piece(name, file, sealed)


def segments_between(first: str, last: str) -> list[str]:
    """Return the names of the log's segments from one to another.

    A segment has 16 MiB, 256 of them to a number of the middle part.
    """
    timeline = last[:8]
    begin, end = (
        int(name[8:16], 16) * 256 + int(name[16:], 16) for name in (first, last)
    )
    return [
        f"{timeline}{number // 256:08X}{number % 256:08X}"
        for number in range(begin, end + 1)
    ]


def _last_segment_needed(copy: Path) -> str:
    ranges = json.loads((copy / PG_MANIFEST).read_text())["WAL-Ranges"]
    last = ranges[-1]
    high, _, low = last["End-LSN"].partition("/")
    return f"{last['Timeline']:08X}{int(high, 16):08X}{int(low, 16) >> 24:08X}"


def _unpack_parent(
    repository: Repository, parent: Manifest, opener: Opener, path: Path
) -> None:
    piece = parent.piece(SERVER_MANIFEST)
    source = repository.backups / parent.backup_id / piece.file
    label = piece_label(parent.backup_id, SERVER_MANIFEST)
    with opened(source, opener, label) as content:
        path.write_bytes(content.read())


def _give(path: Path, where: Place) -> None:
    if where.user:
        shutil.chown(path, where.user, where.user)
