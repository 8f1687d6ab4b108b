"""A loader killed at any moment leaves nothing half done, and can be run again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.settings import PROJECT, Settings
from tests.conftest import running_installation
from tests.landing.killed_loader import PLANTED_FAULT
from tests.landing.state import current, faults, refused_rows

KILLS = 40
ROWS = 12_000
HEADER = (
    "record_id,source_patient_id,test_code,value_text,value_number,unit,collected_at"
)


@pytest.fixture(scope="module")
def to_be_killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    yield from running_installation(tmp_path_factory.mktemp("killed"))


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a delivery of two feeds, with rows and records that are refused."""
    folder = tmp_path_factory.mktemp("delivery")
    lines = [
        f"R{number},P{number % 300},2823-3,4.1,{'NaN' if number % 500 == 0 else 4.1},"
        f"mmol/L,2026-01-{number % 28 + 1:02}T07:40:00Z"
        for number in range(ROWS)
    ]
    lines.insert(ROWS // 2, "R,half")
    for name in ("lab_results-1", "lab_results-2"):
        half = lines[: len(lines) // 2] if name.endswith("1") else lines[ROWS // 2 :]
        (folder / f"{name}.csv").write_text("\n".join([HEADER, *half, ""]))
    patients = [f"P{number},Canary{number},1970-01-01,F" for number in range(300)]
    header = "source_patient_id,family_name,birth_date,sex"
    (folder / "patients.csv").write_text("\n".join([header, *patients, ""]))
    return folder


@dataclass
class Loader:
    """A process that loads in children."""

    process: subprocess.Popen[str]
    delivery: Path

    def begin(self, source: str) -> int:
        self.process.stdin.write(f"{source}\t{self.delivery}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> int:
        return int(self.process.stdout.readline())

    def kill_after(self, source: str, seconds: float) -> int:
        child = self.begin(source)
        time.sleep(seconds)
        with suppress(ProcessLookupError):  # it was faster than its predecessor
            os.kill(child, signal.SIGKILL)
        return self.end()


@contextmanager
def loader(settings: Settings, delivery: Path, *options: str) -> Iterator[Loader]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.landing.killed_loader", *options],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"EHR_HOME": str(settings.root), "EHR_MODE": "test", "PATH": os.defpath},
    )
    with process:
        yield Loader(process, delivery)
        process.stdin.close()


def seconds_of_a_load(running: Loader, source: str) -> float:
    running.begin(source)
    started = time.monotonic()
    assert running.end() == 0
    return time.monotonic() - started


def test_a_loader_killed_at_forty_moments_leaves_nothing_partial(
    to_be_killed: Settings, delivery: Path
):
    chance = random.Random(6)  # noqa: S311 - no secret
    with loader(to_be_killed, delivery) as running:
        seconds_of_a_load(running, "first")  # the server's caches are warm afterwards
        # A machine that is busy just now would make it long, and most kills too late.
        duration = min(
            seconds_of_a_load(running, source)
            for source in ("undisturbed", "again", "once more")
        )
        wanted = current(to_be_killed, "undisturbed")
        refused = len(refused_rows(to_be_killed, "undisturbed"))
        killed = 0
        for number in range(KILLS):
            source = f"killed {number}"
            moment = duration * (number + chance.random()) / KILLS
            killed += running.kill_after(source, moment) == -signal.SIGKILL
            assert current(to_be_killed, source) in ({}, wanted)
            assert faults(to_be_killed) == []
        for number in range(0, KILLS, 4):
            source = f"killed {number}"
            running.begin(source)
            assert running.end() == 0
            assert current(to_be_killed, source) == wanted
            assert len(refused_rows(to_be_killed, source)) == refused
    assert killed >= KILLS // 2
    assert wanted.total() == ROWS - ROWS // 500 + 300
    assert faults(to_be_killed) == []


def test_what_a_killed_loader_left_in_the_archive_is_no_entry(
    to_be_killed: Settings, delivery: Path
):
    to_be_killed.archive_folder.mkdir(exist_ok=True)
    (to_be_killed.archive_folder / "00ff.part").write_bytes(b"EHRA2\n{")
    with loader(to_be_killed, delivery) as running:
        seconds_of_a_load(running, "after")
    assert faults(to_be_killed) == []


def test_books_kept_outside_the_transaction_are_caught(
    tmp_path_factory: pytest.TempPathFactory, delivery: Path
):
    """The same check as above must not pass where the loader is wrong."""
    home = tmp_path_factory.mktemp("planted")
    for settings in running_installation(home):
        with loader(settings, delivery, PLANTED_FAULT) as running:
            duration = seconds_of_a_load(running, "undisturbed")
            assert faults(settings) == []
            for number in range(5):
                running.kill_after(f"killed {number}", duration * (number + 1) / 6)
        assert faults(settings) != []
