"""How dbt is run: with which variables, in which folders, and what of it is told.

In this process, because dbt's own program takes 4 to 8 s to start.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.database.connections import conninfo
from pipelines.database.roles import Role
from pipelines.settings import PROJECT, Settings

DBT_PROJECT = PROJECT / "dbt_project"
FOLDERS = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))
# dbt would print and write what the database says, quotes from patients' rows included.
SILENT = (
    *("--log-level", "none", "--log-level-file", "none"),
    *("--no-version-check", "--no-use-colors"),
)

# PostgreSQL quotes rows in these lines, and the value at fault after a colon.
QUOTING_LINE = re.compile(r"^\s*(DETAIL|CONTEXT|HINT|QUERY|LINE \d+)\b", re.IGNORECASE)
QUOTED_VALUE = re.compile(r'(: |=)(".*"|\(.*\)|\'.*\')')


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
    """Set dbt's variables while it runs; no program started later inherits them."""
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
    lines = (line for line in message.splitlines() if not QUOTING_LINE.match(line))
    return "\n".join(QUOTED_VALUE.sub(r"\1…", line) for line in lines)
