"""How dbt is run: with which variables, in which folders, and what of it is told.

In this process, because dbt's own program takes 4 to 8 s to start.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from pipelines.database.connections import conninfo
from pipelines.database.roles import Role
from pipelines.settings import PROJECT, Settings

DBT_PROJECT = PROJECT / "dbt_project"
FOLDERS = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))
WRITTEN_BY_DBT = {"target", "logs"}
# dbt would print, log and write to run_results.json what the database says, quotes from
# patients' rows included.
SILENT = (
    *("--log-level", "none", "--log-level-file", "none", "--no-write-json"),
    *("--no-version-check", "--no-use-colors"),
)

# From such a line on PostgreSQL quotes rows; a value may go on over several lines.
QUOTING_LINE = re.compile(r"^\s*(?:DETAIL|CONTEXT|HINT|QUERY|LINE \d+)\b", re.I | re.M)
# Only a name of the database's own may stay quoted: anything else may be a value.
QUOTED = re.compile(
    r"\b((?:column|relation|constraint|table|view|schema|index|function|type|role) "
    r'"[^"\n]*")|".*"|(: |=)(?:\(.*\)|\'.*\')',
    re.DOTALL,
)


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that dbt needs to build this installation's warehouse."""
    login = conninfo(settings, Role.BUILDER)
    folder = settings.root / "dbt"
    return {
        "EHR_DBT_HOST": str(login["host"]),
        "EHR_DBT_PORT": str(login.get("port", 5432)),
        "EHR_DBT_USER": str(login["user"]),
        "EHR_DBT_PASSWORD": str(login["password"]),
        "EHR_DBT_DATABASE": str(login["dbname"]),
        "EHR_DBT_SSLMODE": str(login.get("sslmode", "prefer")),
        "EHR_DBT_SSLROOTCERT": str(login.get("sslrootcert", "")),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


@contextmanager
def dbt_variables(settings: Settings) -> Iterator[None]:
    """Set dbt's variables while it runs; no program started later inherits them.

    What dbt writes lies in a folder that nobody else may enter.
    """
    (settings.root / "dbt").mkdir(parents=True, exist_ok=True)
    (settings.root / "dbt").chmod(0o700)
    variables = dbt_environment(settings)
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def quoteless(message: str) -> str:
    """Return what dbt says, without lines and parts in which PostgreSQL quotes rows."""
    if "Compilation Error" in message:
        return message  # about the project's code; no row was read
    said = QUOTED.sub(lambda found: found[1] or f"{found[2] or ''}…", message)
    return QUOTING_LINE.split(said, maxsplit=1)[0].rstrip()


def project_digest() -> str:
    """Return a digest of dbt's version and of every file of the project."""
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(DBT_PROJECT.rglob("*")):
        name = path.relative_to(DBT_PROJECT)
        if path.is_file() and name.parts[0] not in WRITTEN_BY_DBT:
            digest.update(f"{name}\n{path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
