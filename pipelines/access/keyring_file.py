"""The file that holds the keyring: ``keys/keyring.json``, outside every database.

It is read anew for each use, so what runs picks up new keys without a restart. A file
that is missing, damaged or open to others is an error that says what to do.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.access.keyring import Keyring, KeyringError
from pipelines.failpoints import reach

KEYRING_FILE = "keyring.json"
FORMAT = 2
PURPOSES = ("patient", "content", "archive", "search")
KEY_BYTES = 32
RESTORE = "restore the keys folder from its backup"


@dataclass(frozen=True)
class KeyFile:
    """What the file holds: the keys by their ids, and when each was made.

    A key that is not the current one is being replaced. ``removed_at`` remembers the
    ids of keys that are gone, so that no id is used twice.
    """

    hash_keys: Mapping[str, str]
    column_keys: Mapping[str, str]
    current_column_key: str
    wrapping_keys: Mapping[str, str]
    current_wrapping_key: str
    made_at: Mapping[str, str]
    removed_at: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls) -> "KeyFile":
        """Return the keys of a new installation."""
        now = _now()
        return cls(
            hash_keys={purpose: _new_key() for purpose in PURPOSES},
            column_keys={"c1": _new_key()},
            current_column_key="c1",
            wrapping_keys={"w1": _new_key()},
            current_wrapping_key="w1",
            made_at={"hash": now, "c1": now, "w1": now},
        )

    @property
    def replaced_keys(self) -> tuple[str, ...]:
        """Return the ids of keys that a rotation is replacing."""
        current = {self.current_column_key, self.current_wrapping_key}
        return tuple({**self.column_keys, **self.wrapping_keys}.keys() - current)

    def with_new_keys(self) -> "KeyFile":
        """Return the same with a new key of each kind, both of them current."""
        column, wrapping = self._next_id("c"), self._next_id("w")
        now = _now()
        return replace(
            self,
            column_keys={**self.column_keys, column: _new_key()},
            current_column_key=column,
            wrapping_keys={**self.wrapping_keys, wrapping: _new_key()},
            current_wrapping_key=wrapping,
            made_at={**self.made_at, column: now, wrapping: now},
        )

    def without_replaced_keys(self) -> "KeyFile":
        """Return the same with its current keys alone."""
        column, wrapping = self.current_column_key, self.current_wrapping_key
        gone = dict.fromkeys(sorted(self.replaced_keys), _now())
        return replace(
            self,
            column_keys={column: self.column_keys[column]},
            wrapping_keys={wrapping: self.wrapping_keys[wrapping]},
            removed_at={**self.removed_at, **gone},
        )

    def _next_id(self, letter: str) -> str:
        """Return an id that no key of this installation has had."""
        numbers = [int(key[1:]) for key in self.made_at if key[0] == letter]
        return f"{letter}{max(numbers) + 1}"


def load_keyring(folder: Path) -> Keyring:
    """Read the keyring.

    Raises:
        KeyringError: there is none, it is damaged, or others than its owner may read
            it.
    """
    stored = read_key_file(folder)
    return Keyring(
        hash_keys=_keys(stored.hash_keys),
        column_keys=_keys(stored.column_keys),
        current_column_key=stored.current_column_key,
        wrapping_keys=_keys(stored.wrapping_keys),
        current_wrapping_key=stored.current_wrapping_key,
        reload=partial(load_keyring, folder),
    )


def ensure_keyring(folder: Path) -> Keyring:
    """Make the keyring once; afterwards only read it."""
    if not (folder / KEYRING_FILE).exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_key_file(folder, KeyFile.new())
    return load_keyring(folder)


def read_key_file(folder: Path) -> KeyFile:
    """Read and examine the file.

    Raises:
        KeyringError: the message says what is wrong and what to do.
    """
    path = folder / KEYRING_FILE
    if not path.is_file():
        msg = f"no keyring at {path}: run 'ehr up' once, or restore the file"
        raise KeyringError(msg)
    if path.stat().st_mode & 0o077:
        msg = f"{path} can be read by others: run 'chmod 600 {path}'"
        raise KeyringError(msg)
    try:
        return _examined(json.loads(path.read_text()))
    except (ValueError, KeyError, TypeError, AttributeError):
        # Whatever the file holds, nothing of it may be in the message.
        msg = f"{path} is damaged or of another version: {RESTORE}"
        raise KeyringError(msg) from None


def write_key_file(folder: Path, keys: KeyFile) -> None:
    """Write the file whole or not at all, for its owner alone; it is on disk then."""
    content = {
        "format": FORMAT,
        "hash": dict(keys.hash_keys),
        "column": dict(keys.column_keys),
        "current_column_key": keys.current_column_key,
        "wrapping": dict(keys.wrapping_keys),
        "current_wrapping_key": keys.current_wrapping_key,
        "made_at": dict(keys.made_at),
        "removed_at": dict(keys.removed_at),
    }
    path = folder / KEYRING_FILE
    partial_file = path.with_suffix(".part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(partial_file, flags, 0o600), "w") as handle:
        json.dump(content, handle, indent=2)
        handle.flush()
        os.fsync(handle.fileno())
    reach("keyring.before_rename")
    partial_file.rename(path)
    flush_folder(folder)


def flush_folder(folder: Path) -> None:
    """Have a folder's entries on disk: a rename lasts only then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _examined(stored: dict[str, Any]) -> KeyFile:
    keys = KeyFile(
        hash_keys=stored["hash"],
        column_keys=stored["column"],
        current_column_key=stored["current_column_key"],
        wrapping_keys=stored["wrapping"],
        current_wrapping_key=stored["current_wrapping_key"],
        made_at=stored["made_at"],
        removed_at=stored["removed_at"],
    )
    _ = keys.column_keys[keys.current_column_key]
    _ = keys.wrapping_keys[keys.current_wrapping_key]
    every = [*keys.column_keys.values(), *keys.wrapping_keys.values()]
    every += [keys.hash_keys[purpose] for purpose in PURPOSES]
    if stored["format"] != FORMAT or any(
        len(bytes.fromhex(each)) != KEY_BYTES for each in every
    ):
        raise ValueError
    return keys


def _keys(stored: Mapping[str, str]) -> dict[str, bytes]:
    return {name: bytes.fromhex(key) for name, key in stored.items()}


def _new_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
