"""One build of the marts: what it rebuilds is fixed at its start, cleared at its end.

The touched patients leave the list only after every model has succeeded, so a build
that failed, or was killed, is made good by the next one.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from pipelines.build_books import Build, Scope, begin_build, end_build
from pipelines.checking.marts import check_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.dbt_program import FOLDERS, SILENT, dbt_variables, quoteless
from pipelines.lighter_dbt import lighten_dbt
from pipelines.parsed_project import parsed_project
from pipelines.settings import Settings
from pipelines.terminology.loading import load_code_titles

# Any number, the same everywhere: one build of a warehouse at a time.
BUILD_LOCK = 4_817_263
BAD = frozenset({"error", "fail", "runtime error"})
MOST_NAMES = 5
TIMES_FILE = "times.json"


class BuildError(Exception):
    """A build did not succeed; the message says which models failed."""


@contextmanager
def building(settings: Settings, scope: Scope = Scope.USUAL) -> Iterator[Build]:
    """Fix what the build builds; afterwards clear it if the build succeeded.

    It builds ``scope`` or more: everything where the dbt project has changed.

    A second build waits until the first has ended, or its process has.
    """
    with build_lock(settings) as connection, one_build(connection, scope) as build:
        yield build


@contextmanager
def build_lock(settings: Settings) -> Iterator[psycopg.Connection]:
    """Wait until no other build runs, and let none begin before this is left."""
    with connect(settings, Role.BUILDER, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (BUILD_LOCK,))
        try:
            yield connection
        finally:
            connection.execute("select pg_advisory_unlock(%s)", (BUILD_LOCK,))


@contextmanager
def one_build(
    connection: psycopg.Connection, scope: Scope, *, keeps_today: bool = False
) -> Iterator[Build]:
    """Begin a build under the lock and end it; ``keeps_today`` of the build before."""
    load_code_titles(connection)
    build = begin_build(connection, scope, keeps_today=keeps_today)
    try:
        yield build
    finally:
        end_build(connection, build)


def build_marts(settings: Settings, *, is_full: bool = False) -> int:
    """Build and check every model; return how many patients were rebuilt.

    Raises:
        BuildError: a model or a test failed; what failed is built again next time.
    """
    scope = Scope.FULL if is_full else Scope.USUAL
    with building(settings, scope) as build:
        build_whole(settings, build)
    check_marts(settings, build.build_id)
    return build.patient_count


def build_whole(settings: Settings, build: Build) -> None:
    """Build the models that a build has to, and say that it succeeded.

    Raises:
        BuildError: a model or a test failed.
    """
    failed = run_dbt(settings, *build.dbt_arguments, *build.selection)
    if failed:
        log = _write_log(settings, failed)
        names = ", ".join(list(failed)[:MOST_NAMES])
        msg = f"{len(failed)} models or tests failed ({names}): read {log}"
        raise BuildError(msg)
    build.succeed()


def run_dbt(settings: Settings, *arguments: str) -> dict[str, str]:
    """Run dbt in this process; return what failed and why, without patients' values.

    Raises:
        BuildError: dbt could not do the command at all.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - dbt's import costs 4 seconds

    lighten_dbt()
    with dbt_variables(settings):
        done = dbtRunner(parsed_project()).invoke([*SILENT, *arguments, *FOLDERS])
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
