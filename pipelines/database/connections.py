"""How a login reaches a database: parameters, transport security, one connection."""

from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from pipelines.database import embedded
from pipelines.database.databases import WAREHOUSE
from pipelines.database.passwords import ADMINISTRATOR, ensure_passwords
from pipelines.database.roles import Role
from pipelines.settings import Settings

CONNECT_SECONDS = 10
EMBEDDED_PORT = 5432  # part of the socket's name: nothing listens on it
LOGIN_PARAMETERS = ("user", "password", "dbname")


class DatabaseAddressError(Exception):
    """``EHR_DATABASE_URL`` cannot be used; the message says why."""


def conninfo(
    settings: Settings, role: Role, database: str = WAREHOUSE
) -> dict[str, Any]:
    """Return psycopg's parameters for one login."""
    return {
        **server_address(settings),
        "user": role.value,
        "password": ensure_passwords(settings)[role.value],
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
        "user": ADMINISTRATOR,
        "password": ensure_passwords(settings)[ADMINISTRATOR],
        "dbname": database,
    }


def connect_elsewhere(settings: Settings, **options: Any) -> psycopg.Connection:
    """Open a connection to the record of another system, which is only read.

    Raises:
        DatabaseAddressError: ``EHR_RECORD_URL`` cannot be used.
    """
    if settings.record_url is None:
        msg = "EHR_RECORD_URL is not set"
        raise DatabaseAddressError(msg)
    parameters = _checked(settings.record_url, "EHR_RECORD_URL")
    name = {"application_name": "ehr extractor"}
    return psycopg.connect(**parameters | name, **options)


def server_address(settings: Settings) -> dict[str, Any]:
    """Return host, port and transport security of the server.

    Raises:
        DatabaseAddressError: the address of an external server cannot be used.
    """
    if settings.database_url:
        address = _external(settings)
        return {
            name: value
            for name, value in address.items()
            if name not in LOGIN_PARAMETERS
        }
    return {
        "host": str(embedded.socket_folder(embedded.place(settings))),
        "port": EMBEDDED_PORT,
        "connect_timeout": CONNECT_SECONDS,
    }


def connect(
    settings: Settings, role: Role, database: str = WAREHOUSE, **options: Any
) -> psycopg.Connection:
    """Open one connection as a login; commits when its ``with`` block succeeds."""
    return psycopg.connect(**conninfo(settings, role, database), **options)


def sqlalchemy_url(settings: Settings, role: Role, database: str, driver: str) -> str:
    """Return a URL for tools that want one; ``driver`` is psycopg or psycopg2."""
    parameters = conninfo(settings, role, database)
    user, password, name = (parameters.pop(each) for each in LOGIN_PARAMETERS)
    query = "&".join(
        f"{option}={quote(str(value), safe='')}" for option, value in parameters.items()
    )
    return f"postgresql+{driver}://{user}:{quote(password, safe='')}@/{name}?{query}"


def _external(settings: Settings) -> dict[str, Any]:
    """Return the parameters of ``EHR_DATABASE_URL``; refuse what could be overheard."""
    return _checked(settings.database_url or SecretStr(""), "EHR_DATABASE_URL")


def _checked(url: SecretStr, name: str) -> dict[str, Any]:
    """Return the parameters of an address; refuse one that could be overheard."""
    try:
        parameters: dict[str, Any] = conninfo_to_dict(url.get_secret_value())
    except psycopg.ProgrammingError:
        # The driver's own message quotes the address, password included.
        msg = f"{name} is no address: postgresql://user:password@host/database"
        raise DatabaseAddressError(msg) from None
    if not parameters.get("host"):
        msg = f"{name} names no host: give a host, or ?host=/socket/folder"
        raise DatabaseAddressError(msg)
    if not _stays_on_this_machine(parameters) and not _proves_itself(parameters):
        msg = (
            f"{name} needs sslmode=verify-full (and sslrootcert=…): without it "
            "somebody between here and the server could read patients' data"
        )
        raise DatabaseAddressError(msg)
    parameters.setdefault("connect_timeout", CONNECT_SECONDS)
    return parameters


def _stays_on_this_machine(parameters: dict[str, Any]) -> bool:
    """Return whether every host named is the folder of a socket."""
    hosts = str(parameters["host"]).split(",")
    return "hostaddr" not in parameters and all(host.startswith("/") for host in hosts)


def _proves_itself(parameters: dict[str, Any]) -> bool:
    return parameters.get("sslmode") == "verify-full"
