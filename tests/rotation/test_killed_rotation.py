"""A rotation that is killed anywhere loses nothing, and goes on where it was."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Self

import pytest

from pipelines.access.drafts import keep_draft, kept_draft
from pipelines.access.encryption import load_keyring
from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
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


class Worker:
    """Does something again and again meanwhile, and remembers what went wrong."""

    def __init__(self) -> None:
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self.rounds = 0
        self.problems: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_done.set()
        self._thread.join()

    def work(self) -> None:
        """Do it once."""

    def _work(self) -> None:
        while not self._is_done.is_set():
            try:
                self.work()
            except Exception as problem:  # noqa: BLE001 - whatever it is, it is told
                self.problems.append(str(problem))
            self.rounds += 1


class Reader(Worker):
    """Compares all there is with what it was at first."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._values = self._read()
        self._entries = opened_entries(settings)

    def work(self) -> None:
        if self._read() != self._values:
            self.problems.append("another value")
        if opened_entries(self._settings) != self._entries:
            self.problems.append("another entry")

    def _read(self) -> dict[str, str]:
        return {
            place: value
            for place, value in opened_values(self._settings).items()
            if not place.startswith("access.draft")
        }


class Writer(Worker):
    """Writes values as a page does, and reads each back."""

    def __init__(self, settings: Settings, person: Person) -> None:
        super().__init__()
        self._settings, self._person = settings, person

    def work(self) -> None:
        values = {"note_text": f"round {self.rounds}"}
        keep_draft(self._settings, self._person, f"form {self.rounds % 7}", values)
        kept = kept_draft(self._settings, self._person, f"form {self.rounds % 7}")
        if kept != values:
            self.problems.append("another draft")


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
    doctor = Person("rotation.doctor", "Doctor", "doctor")
    with connect(settings, Role.OWNER) as owner:
        create_person(owner, doctor, "a long password")
    with Reader(settings) as reader, Writer(settings, doctor) as writer:
        for failpoint in FAILPOINTS:
            old = load_keyring(settings.keys_folder)
            assert rotation(rotations, failpoint) == -signal.SIGKILL, failpoint
            reader.work()
            assert rotation(rotations) == 0, failpoint

            new = load_keyring(settings.keys_folder)
            in_use = {new.current_column_key, new.current_wrapping_key}
            assert set(keys_in_use(settings)) == in_use, failpoint
            assert in_use.isdisjoint({*old.column_keys, *old.wrapping_keys}), failpoint
    assert (reader.problems, writer.problems) == ([], [])
    assert min(reader.rounds, writer.rounds) > len(FAILPOINTS)
