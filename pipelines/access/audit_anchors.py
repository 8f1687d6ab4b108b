"""Anchors of the audit trail: what was written is also told to a file outside.

Who rules the server could cut the newest events off and mend the head, and who rules
the machine could shorten the spool. Both are found if the file of anchors lies, or is
copied to, where they cannot write.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from pipelines.settings import Settings


@dataclass
class Anchors:
    """What the file of anchors says, and which of its lines say nothing."""

    event_ids: list[int] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    entries: list[tuple[UUID, str]] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)


def anchor_file(settings: Settings) -> Path:
    """Return the file of anchors; copy it to where administrators cannot write."""
    return settings.root / "audit" / "anchors.jsonl"


def anchor_event(settings: Settings, event_id: int, event_hash: bytes) -> None:
    """Write down number and hash of an event of the trail."""
    _write(anchor_file(settings), {"event_id": event_id, "hash": event_hash.hex()})


def anchor_entry(settings: Settings, entry_id: UUID, kept_at: str) -> None:
    """Write down that the spool keeps an entry until the trail takes it."""
    _write(anchor_file(settings), {"entry_id": str(entry_id), "kept_at": kept_at})


def read_anchors(path: Path) -> Anchors:
    """Return what the anchors say."""
    anchors = Anchors()
    with path.open() as lines:
        for number, line in enumerate(lines, start=1):
            try:
                _read(anchors, json.loads(line))
            except (ValueError, KeyError, TypeError):
                anchors.unreadable.append(number)
    return anchors


def _read(anchors: Anchors, stored: Any) -> None:
    if "entry_id" in stored:
        anchors.entries.append((UUID(stored["entry_id"]), stored["kept_at"]))
        return
    event_id, event_hash = stored["event_id"], bytes.fromhex(stored["hash"])
    anchors.event_ids.append(event_id)
    anchors.hashes.append(event_hash)


def _write(path: Path, anchor: Mapping[str, Any]) -> None:
    """Write an anchor; in one call, so that lines of two processes never mix."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{json.dumps(anchor)}\n".encode())
    finally:
        os.close(descriptor)
