"""How a login reaches a database: parameters, passwords, one connection.

Passwords are made by the installation and lie beside the keys, outside the database.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from pipelines.database import embedded
from pipelines.database.roles import Role
from pipelines.settings import Settings

WAREHOUSE = "warehouse"
DATABASES = ("record", WAREHOUSE, "dagster")
PASSWORD_FILE = "passwords.json"  # noqa: S105 - the name of a file
CONNECT_SECONDS = 10


class DatabaseAddressError(Exception):
    """``EHR_DATABASE_URL`` cannot be used; the message says why."""


def ensure_passwords(settings: Settings) -> dict[str, str]:
    """Return the password of every login; make those that are missing."""
    path = settings.keys_folder / PASSWORD_FILE
    stored = json.loads(path.read_text()) if path.exists() else {}
    missing = [
        name
        for name in (embedded.ADMINISTRATOR, *Role)
        if name not in stored
    ]
    if missing:
        stored |= {str(name): secrets.token_urlsafe(24) for name in missing}
        _write_passwords(path, stored)
    return stored


def conninfo(
    settings: Settings, role: Role, database: str = WAREHOUSE
) -> dict[str, Any]:
    """Return psycopg's parameters for one login."""
    password = ensure_passwords(settings)[role.value]
    return {
        **server_address(settings),
        "user": role.value,
        "password": password,
        "dbname": database,
        "application_name": f"ehr {role.value.removeprefix('ehr_')}",
    }


def administrator_conninfo(
    settings: Settings, database: str = "postgres"
) -> dict[str, Any]:
    """Return the parameters of the login that makes databases and logins."""
    if settings.database_url:
        return {**_external(settings), "dbname": database}
    return {
        **server_address(settings),
        "user": embedded.ADMINISTRATOR,
        "password": ensure_passwords(settings)[embedded.ADMINISTRATOR],
        "dbname": database,
    }


def server_address(settings: Settings) -> dict[str, Any]:
    """Return host, port and transport security of the server."""
    if settings.database_url:
        address = _external(settings)
        for login in ("user", "password", "dbname"):
            address.pop(login, None)
        return address
    socket_folder = embedded.place(settings).socket_folder
    return {
        "host": str(socket_folder),
        "port": 5432,
        "connect_timeout": CONNECT_SECONDS,
    }


def connect(
    settings: Settings, role: Role, database: str = WAREHOUSE, **options: Any  # noqa: ANN401 - passed on to psycopg
) -> psycopg.Connection:
    """Open one connection as a login; commits when its ``with`` block succeeds."""
    return psycopg.connect(**conninfo(settings, role, database), **options)


def sqlalchemy_url(settings: Settings, role: Role, database: str, driver: str) -> str:
    """Return a URL for tools that want one; ``driver`` is psycopg or psycopg2."""
    parameters = conninfo(settings, role, database)
    login = f"{parameters.pop('user')}:{quote(parameters.pop('password'), safe='')}"
    parameters.pop("dbname")
    query = "&".join(
        f"{name}={quote(str(value), safe='')}" for name, value in parameters.items()
    )
    return f"postgresql+{driver}://{login}@/{database}?{query}"


def _external(settings: Settings) -> dict[str, Any]:
    """Return the parameters of ``EHR_DATABASE_URL``; refuse what could be overheard."""
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    parameters: dict[str, Any] = conninfo_to_dict(url)
    is_socket = str(parameters.get("host", "/")).startswith("/")
    if not is_socket and parameters.get("sslmode") != "verify-full":
        msg = (
            "EHR_DATABASE_URL needs sslmode=verify-full (and sslrootcert=…): without it "
            "somebody between here and the server could read patients' data"
        )
        raise DatabaseAddressError(msg)
    parameters.setdefault("connect_timeout", CONNECT_SECONDS)
    return parameters


def _write_passwords(path: Path, passwords: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(passwords, handle, indent=2)
        os.fsync(handle.fileno())
    partial.rename(path)
