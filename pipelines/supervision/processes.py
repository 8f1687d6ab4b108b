"""What the kernel says about processes, and how those of one service are ended.

A process id alone is never trusted: ids are used again. The start time tells whether an
id still means the same process, and a mark in the environment, inherited by every
descendant, tells which processes belong to a service even when its first one is gone.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "EHR_SERVICE"
PROC = Path("/proc")
KILL_SECONDS = 10
POLL_SECONDS = 0.05


class SurvivingProcessError(Exception):
    """A process outlived SIGKILL; the message names it."""


def start_time(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot; None if it has ended.

    A zombie has ended: it runs nothing, it only waits to be counted.
    """
    try:
        status = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = status.rpartition(")")[2].split()
    state, ticks = fields[0], fields[19]
    return None if state in {"Z", "X"} else int(ticks)


def resident_megabytes(pid: int) -> int:
    """Return how much memory a process holds; 0 if it has ended."""
    try:
        pages = (PROC / str(pid) / "statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") // 2**20


def marked_processes(mark: str) -> list[int]:
    """Return the ids of all running processes that carry a service's mark."""
    wanted = f"{MARK}={mark}".encode()
    return sorted(pid for pid in _process_ids() if wanted in _environment(pid))


def end_processes(mark: str, grace_seconds: float) -> None:
    """Ask all processes of a service to end; kill those that have not after a while.

    Raises:
        SurvivingProcessError: something is still there after SIGKILL.
    """
    for signal_number, seconds in (
        (signal.SIGTERM, grace_seconds),
        (signal.SIGKILL, KILL_SECONDS),
    ):
        _signal_all(mark, signal_number)
        if _have_ended(mark, seconds):
            return
    left = ", ".join(map(str, marked_processes(mark)))
    msg = f"processes {left} do not end: the kernel holds them, look at their disk"
    raise SurvivingProcessError(msg)


def _signal_all(mark: str, signal_number: signal.Signals) -> None:
    for pid in marked_processes(mark):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal_number)


def _have_ended(mark: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while marked_processes(mark):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _process_ids() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _environment(pid: int) -> list[bytes]:
    """Return a process's variables; none for other people's and for ended ones."""
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
