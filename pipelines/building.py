"""One build of the marts: what it rebuilds is fixed at its start, cleared at its end.

The touched patients leave the list only after every model has succeeded, so a build that
failed, or was killed, is made good by the next one.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from pipelines.access.assignments import refresh_care_team
from pipelines.database.connections import conninfo, connect
from pipelines.database.roles import Role
from pipelines.settings import PROJECT, Settings
from pipelines.terminology.loading import load_code_titles

DBT_PROJECT = PROJECT / "dbt_project"
# Any number, the same everywhere: one build of a warehouse at a time.
BUILD_LOCK = 4_817_263


class BuildError(Exception):
    """A build did not succeed; the message says which models failed."""


@dataclass
class Build:
    """A running build."""

    build_id: int
    patient_count: int
    is_succeeded: bool = field(default=False)

    def succeed(self) -> None:
        """Say that every model has succeeded."""
        self.is_succeeded = True


@contextmanager
def building(settings: Settings, *, is_full: bool = False) -> Iterator[Build]:
    """Fix what the build rebuilds; afterwards clear it if the build succeeded."""
    with connect(settings, Role.BUILDER, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (BUILD_LOCK,))
        load_code_titles(connection)
        build = _begin(connection, is_full=is_full)
        try:
            yield build
        finally:
            _end(connection, build)


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


def run_dbt(settings: Settings, *arguments: str) -> list[str]:
    """Run dbt in this process; return the names of what failed."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - dbt's import costs 4 seconds

    os.environ.update(dbt_environment(settings))
    folders = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    done = dbtRunner().invoke([*arguments, *folders])
    if done.exception:
        msg = f"dbt does not start: {type(done.exception).__name__}; read {settings.root / 'dbt' / 'logs'}"
        raise BuildError(msg) from done.exception
    results = getattr(done.result, "results", None) or []
    bad = {"error", "fail", "skipped", "runtime error"}
    return [each.node.name for each in results if str(each.status) in bad]


def build_marts(settings: Settings, *, is_full: bool = False) -> int:
    """Build and test every model; return how many patients were rebuilt.

    Raises:
        BuildError: a model or a test failed; what failed is built again next time.
    """
    arguments = ["build", "--quiet", "--exclude-resource-type", "unit_test"]
    if is_full:
        arguments.append("--full-refresh")
    with building(settings, is_full=is_full) as build:
        failed = run_dbt(settings, *arguments)
        if failed:
            msg = (
                f"{len(failed)} of the build failed, first {failed[0]}: "
                f"read {settings.root / 'dbt' / 'logs'} and run 'ehr run' again"
            )
            raise BuildError(msg)
        build.succeed()
        return build.patient_count


def _begin(connection: psycopg.Connection, *, is_full: bool) -> Build:
    with connection.transaction():
        connection.execute(
            "update raw.build set status = 'failed', ended_at = clock_timestamp() "
            "where status = 'running'"
        )
        row = connection.execute(
            "insert into raw.build (started_at, is_full, last_touch_id, status) "
            "select clock_timestamp(), %s, coalesce(max(touch_id), 0), 'running' "
            "from raw.touched_patients returning build_id",
            (is_full,),
        ).fetchone()
        connection.execute("truncate raw.building_patients, raw.source_as_of")
        patients = connection.execute(
            "insert into raw.building_patients "
            "select distinct patient_key from raw.touched_patients"
        ).rowcount
        connection.execute(
            "insert into raw.source_as_of select source_system, case when is_historical "
            "then coalesce(last_event_at, clock_timestamp()) else clock_timestamp() end "
            "from raw.source"
        )
    connection.execute("analyze raw.building_patients")
    return Build(row[0] if row else 0, patients)


def _end(connection: psycopg.Connection, build: Build) -> None:
    status = "succeeded" if build.is_succeeded else "failed"
    with connection.transaction():
        if build.is_succeeded:
            connection.execute(
                "delete from raw.touched_patients where touch_id <= "
                "(select last_touch_id from raw.build where build_id = %s)",
                (build.build_id,),
            )
            refresh_care_team(connection)
        connection.execute(
            "update raw.build set status = %s, ended_at = clock_timestamp() "
            "where build_id = %s",
            (status, build.build_id),
        )
