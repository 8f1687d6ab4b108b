"""Starting and stopping one service, with a small stand-in for the real programs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.supervision.health import socket_accepts
from pipelines.supervision.processes import marked_processes, start_time
from pipelines.supervision.records import Record, read_record, write_record
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

# Listens on a socket, and has a child in a session of its own, as run workers could.
STAND_IN = """
import signal, socket, subprocess, sys
subprocess.Popen(["sleep", "300"], start_new_session=True)
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
signal.pause()
"""
DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + STAND_IN

BuildService = Callable[..., Service]


@pytest.fixture
def build_service(tmp_path: Path) -> Iterator[BuildService]:
    """Return a maker of stand-in services; end whatever they leave."""
    built = []

    def build(program: str = STAND_IN, **options: object) -> Service:
        listening = tmp_path / "s"
        listening.unlink(missing_ok=True)
        service = Service(
            name="stand-in",
            title="Stand-in",
            command=(sys.executable, "-c", program, str(listening)),
            environment=dict(os.environ),
            root=tmp_path,
            is_ready=lambda _: socket_accepts(listening),
            ready_seconds=20,
            grace_seconds=2,
            **options,
        )
        built.append(service)
        return service

    yield build
    for service in built:
        stop(service)


def start(service: Service) -> Record:
    record = launch(service)
    wait_until_ready(service)
    return record


def has_ended(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while start_time(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    return start_time(pid) is None


def test_stopping_leaves_no_process_not_even_one_in_another_session(
    build_service: BuildService,
) -> None:
    service = build_service()
    start(service)
    before = marked_processes(service.mark)

    stop(service)

    assert len(before) == 2
    assert alive_after_a_moment(before) == []
    assert state_of(service) is State.STOPPED


def alive_after_a_moment(pids: list[int]) -> list[int]:
    """Return who is still there once the kernel had time to take away the killed."""
    deadline = time.monotonic() + 5
    while True:
        alive = [pid for pid in pids if Path(f"/proc/{pid}/cwd").exists()]
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.05)


def test_a_process_that_ignores_term_is_killed_after_the_grace_period(
    build_service: BuildService,
) -> None:
    service = build_service(DEAF)
    start(service)

    stop(service)

    assert marked_processes(service.mark) == []


def test_children_of_a_service_that_died_are_ended_too(
    build_service: BuildService,
) -> None:
    service = build_service()
    record = start(service)
    os.kill(record.pid, signal.SIGKILL)
    assert has_ended(record.pid, seconds=5)

    assert state_of(service) is State.DIED
    assert len(marked_processes(service.mark)) == 1

    stop(service)

    assert marked_processes(service.mark) == []


def test_a_process_id_used_again_by_another_program_is_neither_ours_nor_ended(
    build_service: BuildService,
) -> None:
    service = build_service()
    other = subprocess.Popen(["sleep", "300"])
    service.record_file.parent.mkdir()
    write_record(
        service.record_file,
        Record("stand-in", other.pid, 1, time.time(), service.fingerprint),
    )

    assert state_of(service) is State.DIED
    stop(service)

    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_start_replaces_a_stale_record(build_service: BuildService) -> None:
    service = build_service()
    service.record_file.parent.mkdir()
    write_record(
        service.record_file, Record("stand-in", 1, 1, time.time(), service.fingerprint)
    )

    record = start(service)

    assert read_record(service.record_file) == record
    assert state_of(service) is State.RUNNING


def test_a_broken_record_counts_as_none(build_service: BuildService) -> None:
    service = build_service()
    service.record_file.parent.mkdir()
    service.record_file.write_text('{"pid": 1')

    assert state_of(service) is State.STOPPED


def test_a_service_whose_settings_changed_does_not_run_as_wanted(
    build_service: BuildService,
) -> None:
    service = build_service()
    start(service)

    assert is_running_as_wanted(service)
    changed = Service(**{**vars(service), "environment": {"EHR_MODE": "demo"}})
    assert not is_running_as_wanted(changed)


def test_a_taken_port_is_an_error_that_names_port_and_setting(
    build_service: BuildService,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        service = build_service(port=port, port_setting="EHR_DAGSTER_PORT")

        with pytest.raises(ServiceError, match=rf"{port}.*EHR_DAGSTER_PORT"):
            launch(service)

    assert state_of(service) is State.STOPPED


def test_a_service_that_ends_at_once_is_an_error_with_its_last_words(
    build_service: BuildService,
) -> None:
    service = build_service("raise SystemExit('no manifest')")

    with pytest.raises(ServiceError, match=r"(?s)ended.*no manifest"):
        start(service)


def test_a_service_that_never_answers_is_an_error_that_says_how_long(
    build_service: BuildService,
) -> None:
    service = build_service("import signal; signal.pause()")
    service = Service(**{**vars(service), "ready_seconds": 0.5})

    with pytest.raises(ServiceError, match=r"did not answer within 0\.5 s"):
        start(service)

    assert state_of(service) is State.UNRESPONSIVE


def test_a_service_answers_to_int_although_its_starter_ignored_it(
    build_service: BuildService,
) -> None:
    service = build_service()
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        record = start(service)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, usual)

    os.kill(record.pid, signal.SIGINT)

    assert has_ended(record.pid, seconds=5)
