"""One build of the marts: what it rebuilds is fixed at its start, cleared at its end.

The touched patients leave the list only after every model has succeeded, so a build
that failed, or was killed, is made good by the next one.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from pipelines.access.assignments import refresh_care_team
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.dbt_program import (
    FOLDERS,
    SILENT,
    dbt_variables,
    project_digest,
    quoteless,
)
from pipelines.settings import Settings
from pipelines.terminology.loading import load_code_titles

# Any number, the same everywhere: one build of a warehouse at a time.
BUILD_LOCK = 4_817_263
BAD = frozenset({"error", "fail", "runtime error"})
MOST_NAMES = 5
TIMES_FILE = "times.json"

FAIL_THE_KILLED = """
    update raw.build set status = 'failed', ended_at = clock_timestamp()
    where status = 'running'
"""
# A load takes the number of a touch before it commits. Without the lock a lower number
# could appear after the list was read, and would be cleared without having been built.
WAIT_FOR_LOADS = "lock table raw.touched_patients in share mode"
BEGIN = """
    insert into raw.build (started_at, is_full, last_touch_id, project_digest, status)
    select
        clock_timestamp(), %(is_full)s, coalesce(max(touch_id), 0), %(digest)s,
        'running'
    from raw.touched_patients
    returning build_id
"""
LAST_DIGEST = """
    select project_digest from raw.build
    where status = 'succeeded' order by build_id desc limit 1
"""
EMPTY_LISTS = "truncate raw.building_patients, raw.source_as_of"
FIX_PATIENTS = """
    insert into raw.building_patients
    select distinct patient_key from raw.touched_patients
"""
FIX_TODAY = """
    insert into raw.source_as_of
    select
        source_system,
        case
            when is_historical then coalesce(last_event_at, clock_timestamp())
            else clock_timestamp()
        end
    from raw.source
"""
CLEAR = """
    delete from raw.touched_patients
    where touch_id <= (select last_touch_id from raw.build where build_id = %s)
"""
END = """
    update raw.build set status = %s, ended_at = clock_timestamp() where build_id = %s
"""


class BuildError(Exception):
    """A build did not succeed; the message says which models failed."""


@dataclass
class Build:
    """A running build."""

    build_id: int
    patient_count: int
    is_full: bool
    is_succeeded: bool = field(default=False)

    @property
    def dbt_arguments(self) -> list[str]:
        """Return dbt's command; unit tests belong to the tests of the code."""
        arguments = ["build", "--exclude-resource-type", "unit_test"]
        return [*arguments, "--full-refresh"] if self.is_full else arguments

    @property
    def selection(self) -> list[str]:
        """Return what to build: views and code lists only where the project changed.

        They are 60 of 90 relations, each some 0.1 s, whatever the news. A view of a
        mart that is built in full falls with the mart's old table and is made again.
        """
        changing = ("config.materialized:incremental", "config.materialized:table+")
        return [] if self.is_full else ["--select", *changing]

    def succeed(self) -> None:
        """Say that every model has succeeded."""
        self.is_succeeded = True


@contextmanager
def building(settings: Settings, *, is_full: bool = False) -> Iterator[Build]:
    """Fix what the build rebuilds; afterwards clear it if the build succeeded.

    A build of a changed dbt project is a full one: a rule that changed holds for every
    patient, not only for those whose facts changed since.

    A second build waits until the first has ended, or its process has.
    """
    with connect(settings, Role.BUILDER, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (BUILD_LOCK,))
        load_code_titles(connection)
        build = _begin(connection, is_full=is_full)
        try:
            yield build
        finally:
            _end(connection, build)
            connection.execute("select pg_advisory_unlock(%s)", (BUILD_LOCK,))


def build_marts(settings: Settings, *, is_full: bool = False) -> int:
    """Build and test every model; return how many patients were rebuilt.

    Raises:
        BuildError: a model or a test failed; what failed is built again next time.
    """
    with building(settings, is_full=is_full) as build:
        failed = run_dbt(settings, *build.dbt_arguments, *build.selection)
        if failed:
            log = _write_log(settings, failed)
            names = ", ".join(list(failed)[:MOST_NAMES])
            msg = f"{len(failed)} models or tests failed ({names}): read {log}"
            raise BuildError(msg)
        build.succeed()
        return build.patient_count


def run_dbt(settings: Settings, *arguments: str) -> dict[str, str]:
    """Run dbt in this process; return what failed and why, without patients' values.

    Raises:
        BuildError: dbt could not do the command at all.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - dbt's import costs 4 seconds

    with dbt_variables(settings):
        done = dbtRunner().invoke([*SILENT, *arguments, *FOLDERS])
    results = getattr(done.result, "results", None) or []
    failed = {
        each.node.name: quoteless(each.message or "")
        for each in results
        if str(each.status) in BAD
    }
    _write_times(settings, {each.node.name: each.execution_time for each in results})
    if not done.success and not failed:
        reason = quoteless(str(done.exception or "it was interrupted"))
        msg = f"dbt did not finish: {reason}"
        raise BuildError(msg)
    return failed


def _write_times(settings: Settings, seconds: dict[str, float]) -> None:
    """Write how long each model took: names and numbers only."""
    (settings.root / "dbt" / TIMES_FILE).write_text(json.dumps(seconds, indent=2))


def _write_log(settings: Settings, failed: dict[str, str]) -> Path:
    """Write why the build failed; return where."""
    log = settings.root / "dbt" / "failures.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        for name, reason in failed.items():
            handle.write(f"{name}\n{reason}\n\n")
    return log


def _begin(connection: psycopg.Connection, *, is_full: bool) -> Build:
    with connection.transaction():
        connection.execute(FAIL_THE_KILLED)
        connection.execute(WAIT_FOR_LOADS)
        digest = project_digest()
        is_full |= connection.execute(LAST_DIGEST).fetchone() != (digest,)
        values = {"is_full": is_full, "digest": digest}
        row = connection.execute(BEGIN, values).fetchone()
        connection.execute(EMPTY_LISTS)
        patients = connection.execute(FIX_PATIENTS).rowcount
        connection.execute(FIX_TODAY)
    connection.execute("analyze raw.building_patients")
    return Build(row[0] if row else 0, patients, is_full)


def _end(connection: psycopg.Connection, build: Build) -> None:
    status = "succeeded" if build.is_succeeded else "failed"
    with connection.transaction():
        if build.is_succeeded:
            connection.execute(CLEAR, (build.build_id,))
            refresh_care_team(connection)
        connection.execute(END, (status, build.build_id))
