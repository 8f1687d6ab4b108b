"""The real services of an installation, once from start to stop."""

import os
import signal
import socket
import time
from collections.abc import Iterator

import pytest

from pipelines.settings import Settings
from pipelines.supervision.processes import marked_processes, start_time
from pipelines.supervision.services import (
    service_states,
    services_of,
    start_services,
    stop_services,
)


@pytest.fixture
def installation(warehouse: Settings) -> Iterator[Settings]:
    """Yield an installation with ports of its own; stop whatever was started."""
    ports = {"dagster_port": free_port(), "dashboard_port": free_port()}
    settings = warehouse.model_copy(update=ports)
    yield settings
    stop_services(settings)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def states(settings: Settings) -> dict[str, str]:
    return {row["service"]: row["state"] for row in service_states(settings)}


def has_ended(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while start_time(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    return start_time(pid) is None


def processes(settings: Settings) -> list[int]:
    return [
        pid
        for service in services_of(settings)
        for pid in marked_processes(service.mark)
    ]


def test_services_start_answer_are_found_again_and_leave_nothing_behind(
    installation: Settings,
) -> None:
    said: list[str] = []

    start_services(installation, said.append)
    assert set(states(installation).values()) == {"running"}

    said.clear()
    start_services(installation, said.append)
    assert ["already running" in line for line in said] == [True] * 4

    daemon = services_of(installation)[-1]
    os.kill(daemon.record.pid, signal.SIGKILL)
    assert has_ended(daemon.record.pid, seconds=5)
    assert states(installation)["dagster-daemon"] == "died"

    stop_services(installation)
    assert set(states(installation).values()) == {"stopped"}
    assert processes(installation) == []
