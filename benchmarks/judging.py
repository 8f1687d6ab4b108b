"""One load in a process of its own, and how long its checks took of it.

``python -m benchmarks.judging PATH SOURCE SMALL`` prints seconds as JSON. A small load
of another source goes first. What judges is timed where it is called; rows are judged
by one thread while another one writes, so the share is of the work, not of the wait.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.loading import WARM_UP_SOURCE, BenchmarkError, printed_apart
from expectations.runner import Evaluation
from pipelines.landing import preparing
from pipelines.landing.delivery import Delivery
from pipelines.landing.loading import load
from pipelines.settings import Settings, load_settings

# What is timed: suites over rows, what each row broke, the load as a whole, entering
# results and what they make of incidents, measuring the series and its charts.
TIMED = {
    "suites": (Evaluation, "add"),
    "row verdicts": (preparing, "with_broken_rules"),
    "whole load": (Delivery, "judge"),
    "results": (Delivery, "enter_suites"),
    "series": (Delivery, "_enter_series"),
}


@dataclass(frozen=True)
class Judged:
    """What a load took, and of that each kind of check."""

    seconds: float
    rows: int
    parts: dict[str, float]

    @property
    def of_checks(self) -> float:
        """Return the seconds of all checks together."""
        return sum(self.parts.values())


def judge_apart(settings: Settings, path: Path, source: str, warm_up: Path) -> Judged:
    """Load a folder in a new process and return what it and its checks took.

    Raises:
        BenchmarkError: the load failed or was held.
    """
    told = (str(path), source, str(warm_up))
    return Judged(**printed_apart(settings, "benchmarks.judging", *told))


@contextmanager
def timed(
    owner: Any, name: str, seconds: dict[str, float], kind: str
) -> Iterator[None]:
    """Add up the seconds of every call of a function of a class or module."""
    function = getattr(owner, name)

    def measured(*given: Any, **named: Any) -> Any:
        started = perf_counter()
        try:
            return function(*given, **named)
        finally:
            seconds[kind] = seconds.get(kind, 0.0) + perf_counter() - started

    setattr(owner, name, measured)
    try:
        yield
    finally:
        setattr(owner, name, function)


def main(path: Path, source: str, warm_up: Path) -> None:
    """Load a small file, then the measured one, and print what it took."""
    settings = load_settings()
    load(
        settings, warm_up, format_name="csv", source_system=f"{WARM_UP_SOURCE}_{source}"
    )
    parts: dict[str, float] = {}
    with ExitStack() as stack:
        for kind, (owner, name) in TIMED.items():
            stack.enter_context(timed(owner, name, parts, kind))
        started = perf_counter()
        report = load(settings, path, format_name="csv", source_system=source)
        seconds = perf_counter() - started
    if report.status != "landed":
        msg = f"the load was held: {report.held_because}"
        raise BenchmarkError(msg)
    rows = sum(counts.made for counts in report.feeds.values())
    told = {"seconds": seconds, "rows": rows, "parts": parts}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
