"""A rotation that is killed anywhere loses nothing, and goes on where it was."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from pipelines.access.encryption import load_keyring
from pipelines.settings import PROJECT, Settings
from tests.rotation.sealed_values import keys_in_use, opened_entries, opened_values

FAILPOINTS = (
    "tables.opened:1",
    "keyring.before_rename:1",
    "keys.made:1",
    "values.before_update:1",
    "values.batch:1",
    "values.before_update:2",
    "values.batch:3",
    "values.before_update:5",
    "values.batch:7",
    "values.batch:9",
    "entries.before:1",
    "entries.after:1",
    "entries.before:2",
    "table.closed:1",
    "table.closed:4",
    "table.closed:9",
    "values.verified:1",
    "everything.verified:1",
    "keyring.before_rename:2",
    "keys.removed:1",
)


class Reader:
    """Reads everything again and again, and remembers what did not open."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._values = opened_values(settings)
        self._entries = opened_entries(settings)
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self.rounds = 0
        self.problems: list[str] = []

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_done.set()
        self._thread.join()

    def read(self) -> None:
        """Compare all there is with what it was at first."""
        if opened_values(self._settings) != self._values:
            self.problems.append("another value")
        if opened_entries(self._settings) != self._entries:
            self.problems.append("another entry")
        self.rounds += 1

    def _read(self) -> None:
        while not self._is_done.is_set():
            try:
                self.read()
            except Exception as problem:  # noqa: BLE001 - whatever it is, it is told
                self.problems.append(str(problem))


@pytest.fixture(scope="module")
def rotations(sealed_installation: Settings) -> Iterator[subprocess.Popen]:
    """Yield a process that rotates, and dies where it is told to."""
    environment = os.environ | {
        "EHR_HOME": str(sealed_installation.root),
        "EHR_MODE": "test",
        "EHR_DATABASE_URL": "",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.rotation.killed_rotation"],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.stdin.close()


def rotation(process: subprocess.Popen, failpoint: str = "") -> int:
    """Rotate, to be killed at a failpoint; return how the process ended."""
    process.stdin.write(f"{failpoint}\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def test_a_rotation_killed_at_twenty_points_is_readable_at_each_and_ends_whole(
    sealed_installation: Settings, rotations: subprocess.Popen
) -> None:
    settings = sealed_installation
    assert len(set(FAILPOINTS)) == 20
    with Reader(settings) as reader:
        for failpoint in FAILPOINTS:
            old = load_keyring(settings.keys_folder)
            assert rotation(rotations, failpoint) == -signal.SIGKILL, failpoint
            reader.read()
            assert rotation(rotations) == 0, failpoint

            new = load_keyring(settings.keys_folder)
            in_use = {new.current_column_key, new.current_wrapping_key}
            assert set(keys_in_use(settings)) == in_use, failpoint
            assert in_use.isdisjoint({*old.column_keys, *old.wrapping_keys}), failpoint
    assert reader.problems == []
    assert reader.rounds > len(FAILPOINTS)
