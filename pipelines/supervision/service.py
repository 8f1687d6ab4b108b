"""One service: how it is launched, awaited, described and stopped."""

import hashlib
import json
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipelines.settings import PROJECT
from pipelines.supervision.processes import MARK, end_processes, start_time
from pipelines.supervision.records import (
    Record,
    forget_record,
    read_record,
    write_record,
)

HOST = "127.0.0.1"
POLL_SECONDS = 0.2
LARGEST_LOG_BYTES = 20_000_000
LOG_LINES_SHOWN = 12


class ServiceError(Exception):
    """A service cannot be started; the message says why and what to do."""


class State(StrEnum):
    """What a service does right now."""

    RUNNING = "running"
    UNRESPONSIVE = "unresponsive"  # its process lives, but nothing answers
    STOPPED = "stopped"
    DIED = "died"  # it was started and not stopped, yet its process is gone


@dataclass(frozen=True)
class Service:
    """A program that runs on after ``ehr up`` has ended.

    ``is_ready`` gets the time of the start: an older sign of life does not count.
    """

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    root: Path
    is_ready: Callable[[float], bool]
    port: int | None = None
    port_setting: str = ""
    ready_seconds: float = 90
    grace_seconds: float = 20

    @property
    def mark(self) -> str:
        """Return what tells this service's processes from all others."""
        return f"{self.name}@{self.root}"

    @property
    def record_file(self) -> Path:
        """Return where its start is remembered."""
        return self.root / "run" / f"{self.name}.json"

    @property
    def log_file(self) -> Path:
        """Return where it writes what it has to say."""
        return self.root / "logs" / f"{self.name}.log"

    @property
    def address(self) -> str:
        """Return what to open in a browser; empty if there is nothing to see."""
        scheme = "https" if self.environment.get("EHR_TLS_CERTIFICATE") else "http"
        return f"{scheme}://{HOST}:{self.port}" if self.port else ""

    @property
    def fingerprint(self) -> str:
        """Return a digest of how it is to be started."""
        start = json.dumps([self.command, sorted(self.environment.items())])
        return hashlib.sha256(start.encode()).hexdigest()

    @property
    def record(self) -> Record | None:
        """Return what is remembered of its last start."""
        return read_record(self.record_file)


def is_running_as_wanted(service: Service) -> bool:
    """Return whether it runs, started as it would be started now."""
    record = service.record
    return (
        record is not None
        and record.is_alive
        and record.fingerprint == service.fingerprint
    )


def launch(service: Service) -> Record:
    """Start a service, after ending whatever an earlier start has left.

    Raises:
        ServiceError: its port is taken.
    """
    stop(service)
    _check_port(service)
    for folder in (service.log_file.parent, service.record_file.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _put_large_log_aside(service.log_file)
    with service.log_file.open("ab") as log, _default_signals():
        process = subprocess.Popen(  # noqa: S603 - commands are the product's own
            service.command,
            cwd=PROJECT,
            env={**service.environment, MARK: service.mark},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )
    record = Record(
        name=service.name,
        pid=process.pid,
        started_ticks=start_time(process.pid) or 0,
        started_at=time.time(),
        fingerprint=service.fingerprint,
    )
    write_record(service.record_file, record)
    return record


def wait_until_ready(service: Service) -> None:
    """Wait until a service answers.

    Raises:
        ServiceError: it has ended, or does not answer in time.
    """
    deadline = time.monotonic() + service.ready_seconds
    while time.monotonic() < deadline:
        record = service.record
        if record is None or not record.is_alive:
            raise ServiceError(_with_log(service, "ended while it was starting"))
        if service.is_ready(record.started_at):
            return
        time.sleep(POLL_SECONDS)
    problem = f"did not answer within {service.ready_seconds:g} s"
    raise ServiceError(_with_log(service, problem))


def stop(service: Service) -> None:
    """End every process of a service, also those whose first process is gone."""
    end_processes(service.mark, service.grace_seconds)
    forget_record(service.record_file)


def state_of(service: Service) -> State:
    """Return what a service does right now."""
    record = service.record
    if record is None:
        return State.STOPPED
    if not record.is_alive:
        return State.DIED
    is_ready = service.is_ready(record.started_at)
    return State.RUNNING if is_ready else State.UNRESPONSIVE


def _check_port(service: Service) -> None:
    if service.port is None:
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, service.port))
        except OSError as problem:
            msg = (
                f"{service.title}: port {service.port} cannot be used "
                f"({problem.strerror}); stop the other program, or set "
                f"{service.port_setting} to a free port"
            )
            raise ServiceError(msg) from None


@contextmanager
def _default_signals() -> Iterator[None]:
    """Let a child answer to INT and TERM, whatever this process does with them.

    A shell that is not interactive starts background jobs with INT ignored; a child
    inherits that, Dagster copies it to TERM, and then nothing but KILL ends it.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _put_large_log_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _with_log(service: Service, problem: str) -> str:
    """Return an error text that ends with the last lines of the service's log."""
    with service.log_file.open(errors="replace") as log:
        last_lines = "".join(deque(log, LOG_LINES_SHOWN)).rstrip()
    return f"{service.title} {problem}; the end of {service.log_file}:\n{last_lines}"
