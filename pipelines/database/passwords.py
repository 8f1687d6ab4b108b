"""Passwords of the logins: made by the installation, kept beside its keys.

They lie in one file outside every database (``keys/passwords.json``, mode 0600).
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.database.roles import Role
from pipelines.settings import Settings

FILE_NAME = "passwords.json"
ADMINISTRATOR = "postgres"
LOGINS = (ADMINISTRATOR, *(role.value for role in Role))
PASSWORD_BYTES = 24


class PasswordFileError(Exception):
    """The file of passwords cannot be used; the message says what to do."""


def password_file(settings: Settings) -> Path:
    """Return where the passwords of the logins are."""
    return settings.keys_folder / FILE_NAME


def ensure_passwords(settings: Settings) -> dict[str, str]:
    """Return the password of every login; make those that are missing.

    Raises:
        PasswordFileError: the file is damaged, or others than its owner may read it.
    """
    path = password_file(settings)
    passwords = _read(path)
    if all(login in passwords for login in LOGINS):
        return passwords
    with _only_one_at_a_time(path):
        passwords = _read(path)
        for login in LOGINS:
            passwords.setdefault(login, secrets.token_urlsafe(PASSWORD_BYTES))
        _write(path, passwords)
    return passwords


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    if path.stat().st_mode & 0o077:
        msg = f"{path} can be read by others: run 'chmod 600 {path}'"
        raise PasswordFileError(msg)
    try:
        return json.loads(path.read_text())
    except ValueError:
        msg = f"{path} is damaged: restore it from its backup"
        raise PasswordFileError(msg) from None


def _write(path: Path, passwords: dict[str, str]) -> None:
    """Write the file whole or not at all, readable by its owner alone."""
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(passwords, handle, indent=2)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)


@contextmanager
def _only_one_at_a_time(path: Path) -> Iterator[None]:
    """Keep a second process from making other passwords at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
