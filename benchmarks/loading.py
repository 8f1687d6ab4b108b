"""One load in a process of its own.

``python -m benchmarks.loading PATH SOURCE SMALL FORMAT`` prints the seconds of ``load``
itself and the peak memory of the process as JSON. A small load of another source goes
first, so that imports are not counted.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.installation import environment_of
from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.settings import PROJECT, Settings, load_settings

WARM_UP_SOURCE = "warm_up"


@dataclass(frozen=True)
class Load:
    """What one load took, and what it made of the rows.

    ``landed_before`` are the rows that landed of the small load that went first.
    """

    seconds: float
    processor_seconds: float
    peak_megabytes: float
    landed_before: int
    landed: int
    unchanged: int
    refused: int


class BenchmarkError(Exception):
    """A benchmark measured something else than it says; the message tells what."""


def load_apart(
    settings: Settings,
    path: Path,
    source: str,
    warm_up: Path,
    format_name: str = "csv",
) -> Load:
    """Load a folder or file in a new process and return what it took.

    Raises:
        BenchmarkError: the load failed or was held.
    """
    told = (str(path), source, str(warm_up), format_name)
    return Load(**printed_apart(settings, "benchmarks.loading", *told))


def printed_apart(settings: Settings, module: str, *told: str) -> dict[str, Any]:
    """Run a module in a new process and return the JSON that it prints.

    Raises:
        BenchmarkError: it failed.
    """
    done = subprocess.run(  # noqa: S603 - the product's own program
        [sys.executable, "-m", module, *told],
        cwd=PROJECT,
        env=environment_of(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"loading {Path(told[0]).name} failed:\n{done.stderr}"
        raise BenchmarkError(msg)
    return json.loads(done.stdout)


def peak_megabytes() -> float:
    """Return the most memory that this process has held at any time.

    Not ``getrusage``: its maximum is handed on by the process that started this one.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * 1024 / 1e6
    msg = "this system does not tell a process's peak memory (no /proc)"
    raise BenchmarkError(msg)


def main() -> None:
    """Load what the arguments name."""
    path, source, warm_up, format_name = sys.argv[1:]
    settings = load_settings()
    before = _load(settings, Path(warm_up), f"{WARM_UP_SOURCE}_{source}", format_name)
    started, worked = perf_counter(), process_time()
    report = _load(settings, Path(path), source, format_name)
    seconds, processor_seconds = perf_counter() - started, process_time() - worked
    feeds = report.feeds.values()
    made = {
        "seconds": seconds,
        "processor_seconds": processor_seconds,
        "peak_megabytes": peak_megabytes(),
        "landed_before": sum(feed.landed for feed in before.feeds.values()),
        "landed": sum(feed.landed for feed in feeds),
        "unchanged": sum(feed.unchanged for feed in feeds),
        "refused": sum(feed.refused for feed in feeds),
    }
    sys.stdout.write(json.dumps(made))


def _load(settings: Settings, path: Path, source: str, format_name: str) -> LoadReport:
    report = load(settings, path, format_name=format_name, source_system=source)
    if report.held_because:
        raise BenchmarkError(report.held_because)
    return report


if __name__ == "__main__":
    main()
