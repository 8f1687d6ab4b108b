"""``ehr up``, ``down`` and ``status`` for everything but the database."""

import fcntl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pipelines.assets.dbt_manifest import ensure_manifest
from pipelines.database.unfinished_restore import refuse_unrepeated
from pipelines.settings import PROJECT, Settings
from pipelines.supervision import programs
from pipelines.supervision.dagster_home import code_socket, write_dagster_folder
from pipelines.supervision.processes import marked_processes, resident_megabytes
from pipelines.supervision.service import (
    Service,
    ServiceError,
    State,
    is_running_as_wanted,
    launch,
    state_of,
    stop,
    wait_until_ready,
)

Progress = Callable[[str], Any]


def start_services(settings: Settings, progress: Progress) -> list[Service]:
    """Start what does not run yet; return when everything answers.

    The database must be up.

    Raises:
        ServiceError: a service cannot be started; those before it keep running.
        ParseError: the dbt project cannot be parsed.
        UnfinishedRestoreError: patients who were erased may be back.
    """
    refuse_unrepeated(settings.root)
    with _only_one_at_a_time(settings):
        write_dagster_folder(settings)
        code_server = programs.code_server(settings)
        if not is_running_as_wanted(code_server):
            ensure_manifest(settings)
            _prepare_run_storage(settings, progress)
            code_socket(settings).unlink(missing_ok=True)
        # Dagster's web server and daemon look for the code server once, at their start;
        # the daemon's health is asked of the web server.
        for wave in (
            (code_server, programs.dashboards(settings)),
            (programs.web_server(settings), programs.daemon(settings)),
        ):
            _start_together(wave, progress)
    return services_of(settings)


def stop_services(settings: Settings) -> None:
    """End every service of this installation and every run that they started."""
    with _only_one_at_a_time(settings):
        # The daemon first: it would start the next run while the others are stopping.
        for service in reversed(services_of(settings)):
            stop(service)


def service_states(settings: Settings) -> list[dict[str, Any]]:
    """Return one row per service: what it does, since when, where it answers."""
    return [_describe(service) for service in services_of(settings)]


def services_of(settings: Settings) -> list[Service]:
    """Return all services, in the order in which they are started."""
    return [
        programs.code_server(settings),
        programs.dashboards(settings),
        programs.web_server(settings),
        programs.daemon(settings),
    ]


def _start_together(services: tuple[Service, ...], progress: Progress) -> None:
    """Launch services at once, then wait for each: their start-up overlaps."""
    begun = time.monotonic()
    launched = [service for service in services if not is_running_as_wanted(service)]
    for service in launched:
        launch(service)
    for service in services:
        wait_until_ready(service)
        seconds = time.monotonic() - begun
        how = f"ready in {seconds:.0f} s" if service in launched else "already running"
        progress(" ".join(filter(None, (f"{service.title}: {how}", service.address))))


def _prepare_run_storage(settings: Settings, progress: Progress) -> None:
    """Make Dagster's tables and close lost runs, in a process of its own.

    Dagster's import takes seconds, and its settings come from the environment.
    """
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.supervision.run_storage"],
        cwd=PROJECT,
        env=programs.dagster_environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        msg = f"Dagster's run storage cannot be prepared:\n{done.stderr[-2000:]}"
        raise ServiceError(msg)
    if said := done.stdout.strip():
        progress(said)


def _describe(service: Service) -> dict[str, Any]:
    state, record = state_of(service), service.record
    is_alive = state in {State.RUNNING, State.UNRESPONSIVE}
    processes = marked_processes(service.mark)
    return {
        "service": service.name,
        "title": service.title,
        "state": state.value,
        "pid": record.pid if record and is_alive else None,
        "since": _instant(record.started_at) if record and is_alive else None,
        "memory_mb": sum(map(resident_megabytes, processes)),
        "address": service.address,
        "log": str(service.log_file),
    }


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


@contextmanager
def _only_one_at_a_time(settings: Settings) -> Iterator[None]:
    """Keep a second ``ehr up`` or ``down`` of this installation waiting."""
    folder = settings.root / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "supervision.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
