"""How the tests ended, kept for the page that says what is proved.

Outcomes are counted per test file in pytest's cache. A run of some files renews those
and leaves the others; each says when it ran.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
FILE = PROJECT / ".pytest_cache" / "outcomes.json"
COUNTED = ("passed", "failed", "skipped")


class Outcomes:
    """A plugin that counts how each file's tests ended in this run."""

    def __init__(self) -> None:
        self._ended: dict[str, Counter[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test once: when it was called, or where it ended before or after."""
        if report.when == "call" or report.outcome != "passed":
            path = report.nodeid.partition("::")[0]
            ended = self._ended.setdefault(path, Counter())
            ended["failed" if report.failed else report.outcome] += 1

    def pytest_sessionfinish(self) -> None:
        """Write the counts down."""
        known = read_outcomes()
        now = datetime.now(UTC).date().isoformat()
        for path, ended in self._ended.items():
            known[path] = {name: ended[name] for name in COUNTED} | {"on": now}
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps(known, indent=1, sort_keys=True))


def read_outcomes() -> dict[str, dict]:
    """Return what is known of each test file: counts, and the day of the run."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}
