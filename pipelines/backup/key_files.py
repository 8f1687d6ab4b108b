"""The files of the keys of backups: the installation's own, and one for each holder.

``keys/backup.json`` has the installation's private key and the holders' public ones. A
holder's file has its private key under a passphrase, and lies elsewhere.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from pipelines.backup.holders import (
    KEY_BYTES,
    ONLY_NONCE,
    BackupKeyError,
    BackupKeys,
    Opener,
    name_of,
    public_bytes,
)

KEY_FILE = "backup.json"
# 128 MiB and about half a second for each try of a passphrase.
SCRYPT_COST = 1 << 17
SHORTEST_PASSPHRASE = 12


def ensure_backup_keys(folder: Path) -> BackupKeys:
    """Make the installation's key of backups once; afterwards only read it."""
    if not (folder / KEY_FILE).exists():
        _write_keys(folder, BackupKeys(X25519PrivateKey.generate(), {}))
    return load_backup_keys(folder)


def load_backup_keys(folder: Path) -> BackupKeys:
    """Read the installation's keys of backups.

    Raises:
        BackupKeyError: there are none, or others than the owner may read them.
    """
    path = folder / KEY_FILE
    return _keys_of(_read_private(path), path)


def _keys_of(stored: dict[str, Any], path: Path) -> BackupKeys:
    try:
        return BackupKeys(
            X25519PrivateKey.from_private_bytes(bytes.fromhex(stored["private"])),
            {name: bytes.fromhex(key) for name, key in stored["holders"].items()},
        )
    except (ValueError, KeyError, AttributeError):
        msg = f"{path} is damaged: restore it from a backup"
        raise BackupKeyError(msg) from None


def new_holder(folder: Path, path: Path, passphrase: str) -> str:
    """Make a holder's key in a file of its own; return its name.

    Raises:
        BackupKeyError: the passphrase is short, or the file exists.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        msg = f"the passphrase needs {SHORTEST_PASSPHRASE} characters or more"
        raise BackupKeyError(msg)
    keys = ensure_backup_keys(folder)
    private = X25519PrivateKey.generate()
    public = public_bytes(private)
    salt = secrets.token_bytes(16)
    sealed = AESGCM(_passphrase_key(passphrase, salt)).encrypt(
        ONLY_NONCE, private.private_bytes_raw(), keys.public
    )
    content = {
        "what": "a holder's key of EHR Warehouse backups; keep it off that machine",
        "holder": name_of(public),
        "installation": keys.public.hex(),
        "salt": salt.hex(),
        "sealed": sealed.hex(),
    }
    _write_private(path, content, is_new=True)
    _write_keys(
        folder, BackupKeys(keys.private, keys.holders | {name_of(public): public})
    )
    return name_of(public)


def remove_holder(folder: Path, name: str) -> None:
    """Seal no further backup to a holder; what is sealed already stays so.

    Raises:
        BackupKeyError: there is no such holder.
    """
    keys = load_backup_keys(folder)
    if name not in keys.holders:
        msg = f"no holder {name}: see 'ehr backup holder list'"
        raise BackupKeyError(msg)
    left = {each: key for each, key in keys.holders.items() if each != name}
    _write_keys(folder, BackupKeys(keys.private, left))


def needs_passphrase(path: Path) -> bool:
    """Return whether a key file is a holder's."""
    return "sealed" in _read_private(path)


def read_opener(path: Path, passphrase: str = "") -> Opener:
    """Return the key in a file: a holder's, or an installation's ``backup.json``.

    Raises:
        BackupKeyError: it is no such file, or the passphrase is wrong.
    """
    stored = _read_private(path)
    if "private" in stored:
        return _keys_of(stored, path).opener()
    try:
        salt, sealed = bytes.fromhex(stored["salt"]), bytes.fromhex(stored["sealed"])
        installation = bytes.fromhex(stored["installation"])
        private = AESGCM(_passphrase_key(passphrase, salt)).decrypt(
            ONLY_NONCE, sealed, installation
        )
    except (ValueError, KeyError):
        msg = f"{path} is no key of backups, or is damaged"
        raise BackupKeyError(msg) from None
    except InvalidTag:
        msg = f"the passphrase does not open {path}"
        raise BackupKeyError(msg) from None
    return Opener(X25519PrivateKey.from_private_bytes(private), installation)


def _passphrase_key(passphrase: str, salt: bytes) -> bytes:
    scrypt = Scrypt(salt, KEY_BYTES, n=SCRYPT_COST, r=8, p=1)
    return scrypt.derive(passphrase.encode())


def _read_private(path: Path) -> dict[str, Any]:
    if not path.is_file():
        msg = f"no key at {path}: run 'ehr backup holder new FILE' first"
        raise BackupKeyError(msg)
    if path.stat().st_mode & 0o077:
        msg = f"{path} can be read by others: run 'chmod 600 {path}'"
        raise BackupKeyError(msg)
    try:
        stored = json.loads(path.read_text())
    except ValueError:
        stored = None
    if not isinstance(stored, dict):
        msg = f"{path} is no key of backups, or is damaged"
        raise BackupKeyError(msg)
    return stored


def _write_keys(folder: Path, keys: BackupKeys) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = {
        "private": keys.private.private_bytes_raw().hex(),
        "holders": {name: key.hex() for name, key in keys.holders.items()},
    }
    _write_private(folder / KEY_FILE, content)


def _write_private(
    path: Path, content: dict[str, Any], *, is_new: bool = False
) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    if is_new and path.exists():
        msg = f"{path} exists already: a key is never written over"
        raise BackupKeyError(msg)
    partial = path.with_name(f"{path.name}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(content, handle, indent=2)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)
