"""Examines an installation: connections, folders, ports, keys, versions."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from pipelines.access.encryption import KeyringError, load_keyring
from pipelines.access.key_check import check_keyring
from pipelines.database import embedded
from pipelines.database.connections import (
    DatabaseAddressError,
    connect,
    connect_elsewhere,
)
from pipelines.database.databases import DATABASES
from pipelines.database.passwords import PasswordFileError, password_file
from pipelines.database.roles import Role
from pipelines.settings import Settings

DOES_NOT_OPEN = (psycopg.OperationalError, PasswordFileError, DatabaseAddressError)
LEAST_FREE_BYTES = 5 << 30
OLDEST_EXTERNAL = 150_000
# Releases with security corrections, August 2026, by major version.
CORRECTED_MINORS = {15: 19, 18: 6}


@dataclass(frozen=True)
class Finding:
    """One thing examined: how it is, and what to do if it is not well."""

    subject: str
    is_well: bool
    detail: str = ""
    remedy: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Examine everything; nothing is changed."""
    examinations: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _folders,
        _keys,
        _server,
        _logins,
        _other_record,
        _ports,
    )
    return [
        finding for examination in examinations for finding in examination(settings)
    ]


def _folders(settings: Settings) -> Iterator[Finding]:
    root = settings.root
    existing = next(each for each in (root, *root.parents) if each.exists())
    is_writable = os.access(existing, os.W_OK | os.X_OK)
    yield Finding(
        f"folder {root}",
        is_writable,
        remedy="" if is_writable else f"make {existing} writable, or set EHR_HOME",
    )
    free = shutil.disk_usage(existing).free
    yield Finding(
        "disk space",
        free >= LEAST_FREE_BYTES,
        f"{free >> 30} GiB free",
        "" if free >= LEAST_FREE_BYTES else f"free {LEAST_FREE_BYTES >> 30} GiB",
    )


def _keys(settings: Settings) -> Iterator[Finding]:
    try:
        _check_keys(settings)
    except KeyringError as problem:
        yield Finding("keyring", is_well=False, remedy=str(problem))
    else:
        yield Finding("keyring", is_well=True)
    yield _private(password_file(settings))


def _check_keys(settings: Settings) -> None:
    """Read the keyring; if the warehouse answers, ask whether it belongs to it."""
    keyring = load_keyring(settings.keys_folder)
    if _version(settings) is not None:
        with connect(settings, Role.LOADER) as connection:
            check_keyring(connection, keyring)


def _other_record(settings: Settings) -> Iterator[Finding]:
    """Examine the record of another system, if this site reads one."""
    if settings.record_url is None:
        return
    from pipelines.sources.operational.extract import (  # noqa: PLC0415 - polars' import costs a second
        OtherRecordError,
        has_news,
    )

    subject = f"record of source {settings.record_source}"
    try:
        with connect_elsewhere(settings, autocommit=True) as record:
            has_news(record, None, is_own=False)
    except (DatabaseAddressError, OtherRecordError) as problem:
        yield Finding(subject, is_well=False, remedy=str(problem))
    except psycopg.Error as problem:
        kind = type(problem).__name__
        remedy = "check EHR_RECORD_URL, and that its login may read the tables"
        yield Finding(subject, is_well=False, detail=kind, remedy=remedy)
    else:
        yield Finding(subject, is_well=True)


def _private(path: Path) -> Finding:
    subject = "passwords of the logins"
    if not path.is_file():
        return Finding(subject, is_well=False, remedy="run 'ehr up' once")
    is_private = not path.stat().st_mode & 0o077
    remedy = "" if is_private else f"run 'chmod 600 {path}'"
    return Finding(subject, is_private, remedy=remedy)


def _server(settings: Settings) -> Iterator[Finding]:
    version = _version(settings)
    if version is None:
        log = embedded.place(settings).log_file
        remedy = (
            "check EHR_DATABASE_URL and that the server runs"
            if settings.database_url
            else f"run 'ehr up'; if it fails, read the end of {log}"
        )
        yield Finding("PostgreSQL", is_well=False, detail="no answer", remedy=remedy)
        return
    major, minor = divmod(version, 10_000)
    is_corrected = minor >= CORRECTED_MINORS.get(major, 0)
    yield Finding(
        "PostgreSQL",
        version >= OLDEST_EXTERNAL,
        f"{major}.{minor}",
        "" if is_corrected else f"update to {major}.{CORRECTED_MINORS[major]} or later",
    )


def _version(settings: Settings) -> int | None:
    """Return the server's version, None if it does not let the loader in."""
    if not password_file(settings).is_file():
        return None
    try:
        with connect(settings, Role.LOADER) as connection:
            return connection.info.server_version
    except DOES_NOT_OPEN:
        return None


def _logins(settings: Settings) -> Iterator[Finding]:
    if _version(settings) is None:
        return  # said already, and no login would connect
    for database in DATABASES:
        failed = [
            role
            for role in database.logins
            if not _connects(settings, role, database.name)
        ]
        whole = len(database.logins)
        yield Finding(
            f"logins of database {database.name}",
            not failed,
            f"{whole - len(failed)} of {whole}",
            f"run 'ehr up' to repair {', '.join(failed)}" if failed else "",
        )


def _connects(settings: Settings, role: Role, database: str) -> bool:
    try:
        connect(settings, role, database).close()
    except DOES_NOT_OPEN:
        return False
    return True


def _ports(settings: Settings) -> Iterator[Finding]:
    ours = _own_addresses(settings)
    for name, port in (
        ("EHR_DASHBOARD_PORT", settings.dashboard_port),
        ("EHR_DAGSTER_PORT", settings.dagster_port),
    ):
        is_ours = any(f":{port}" in address for address in ours)
        is_well = is_ours or _is_free(port)
        detail = "ours" if is_ours else "free" if is_well else "taken"
        remedy = "" if is_well else f"set {name} to a free port"
        yield Finding(f"port {port}", is_well, detail, remedy)


def _own_addresses(settings: Settings) -> set[str]:
    """Return where this installation's own services answer."""
    from pipelines.supervision.services import service_states  # noqa: PLC0415 - 0.2 s

    if not password_file(settings).is_file():
        return set()
    try:
        states = service_states(settings)
    except DOES_NOT_OPEN:
        return set()
    return {state["address"] for state in states if state["address"] and state["pid"]}


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
