"""What one backup consists of, and the moment that it holds."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pipelines.backup.sealed_file import DamageError, Sealed

LABEL = "manifest|"
FORMAT = 1


class Kind(StrEnum):
    """How the databases were copied."""

    FULL = "full"  # every block of the server's files
    INCREMENTAL = "incremental"  # the blocks changed since another backup
    LOGICAL = "logical"  # tables of an external server


@dataclass(frozen=True)
class Piece:
    """A sealed file of this backup alone, under a random name."""

    name: str
    file: str
    sealed: Sealed


@dataclass(frozen=True)
class KeptFile:
    """A file of EHR_HOME, sealed in the store that the backups share."""

    path: str
    modified_ns: int
    file: str
    # Of what is sealed: whoever seals the file again gives it another outside.
    byte_count: int
    digest: str


@dataclass(frozen=True)
class Moment:
    """The moment that a copy of the server holds: after it, WAL can be replayed."""

    # Everything before this position of the log, nothing from it on.
    position: str
    taken_at: str
    segment: str  # the last one that the backup itself holds


@dataclass(frozen=True)
class Fingerprint:
    """A table's rows, whatever their order: how many, and the sum of their hashes."""

    database: str
    table: str
    rows: int
    hash_sum: str


@dataclass(frozen=True)
class Manifest:
    """One backup."""

    backup_id: str
    kind: Kind
    # Ids of the backups to be combined, the full one first, this one last.
    chain: list[str]
    began_at: str
    ended_at: str
    mode: str
    system: str
    server_version: int
    pieces: list[Piece]
    files: list[KeptFile]
    moment: Moment | None
    fingerprints: list[Fingerprint]
    # Tables that were being replaced while they were read, so that nothing is known.
    unread_tables: list[str] = field(default_factory=list)
    format: int = FORMAT

    def is_of_timeline(self, timeline: str) -> bool:
        """Return whether the server wrote this timeline when it was copied."""
        return bool(self.moment and self.moment.segment.startswith(timeline))

    def piece(self, name: str) -> Piece:
        """Return the piece of that name."""
        return next(piece for piece in self.pieces if piece.name == name)

    @property
    def holds_until(self) -> datetime:
        """Return the moment up to which it holds what was written."""
        moment = self.moment.taken_at if self.moment else self.began_at
        return datetime.fromisoformat(moment)

    @property
    def byte_count(self) -> int:
        """Return how much the backup takes, without the files that backups share."""
        return sum(piece.sealed.sealed_byte_count for piece in self.pieces)

    def written(self) -> bytes:
        """Return it as bytes."""
        return json.dumps(asdict(self)).encode()


def read(content: bytes) -> Manifest:
    """Return the manifest that these bytes are.

    Raises:
        DamageError: they are none that this version reads.
    """
    stored: dict[str, Any] = json.loads(content)
    if stored["format"] != FORMAT:
        msg = f"the backup has format {stored['format']}, this version reads {FORMAT}"
        raise DamageError(msg)
    moment = stored["moment"]
    return Manifest(
        **{
            **stored,
            "kind": Kind(stored["kind"]),
            "pieces": [
                Piece(**{**each, "sealed": Sealed(**each["sealed"])})
                for each in stored["pieces"]
            ],
            "files": [KeptFile(**each) for each in stored["files"]],
            "moment": Moment(**moment) if moment else None,
            "fingerprints": [Fingerprint(**each) for each in stored["fingerprints"]],
        }
    )
