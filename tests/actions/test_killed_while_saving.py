"""Killed while saving: never a version without its intent; what is open is reported."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from pipelines.access import audit
from pipelines.cli import app
from pipelines.commands import status
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.settings import Settings

ANY_MOMENT = "any moment"
PLACES = ("saving begun", "saving written", "saving committed")
KILLS = {ANY_MOMENT: 20} | dict.fromkeys(PLACES, 10)
LAST = "select coalesce(max(event_id), 0) from audit.event"
EVENTS = """
    select event_id, result, intent_id, happened_at
    from audit.event where event_id > %s order by event_id
"""
VERSIONS = "select changed_at from documentation.notes order by changed_at"
SESSIONS = """
    select pid from pg_stat_activity where usename in ('ehr_doctor', 'ehr_auditor')
"""
# Forks a child for every place named on its input; the child writes until it is killed.
WRITE_UNTIL_KILLED = """
import os, sys
from pathlib import Path
import polars, expectations.catalogue, expectations.runner
from pipelines.record.actions.noting import write_note
from pipelines.settings import Mode, Settings
from tests.actions.conftest import DOCTOR, MINE

settings = Settings(home=Path(sys.argv[1]), mode=Mode.TEST, _env_file=None)
for place in sys.stdin:
    child = os.fork()
    if child == 0:
        os.environ["EHR_FAILPOINT"] = place.strip()
        while write_note(settings, DOCTOR, MINE, note_type="other", text="A line."):
            os.write(1, b"saved\\n")
        os._exit(1)
    os.write(1, f"{child}\\n".encode())
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


class Told(NamedTuple):
    """One event of the trail."""

    event_id: int
    result: str
    intent_id: int | None
    happened_at: datetime


class Left(NamedTuple):
    """What a killed process left: intents, outcomes, and the times of its versions."""

    intents: list[Told]
    outcomes: list[Told]
    written: list[datetime]

    @property
    def unfinished(self) -> list[int]:
        """Return the intents without an outcome."""
        told = {each.intent_id for each in self.outcomes}
        return [each.event_id for each in self.intents if each.event_id not in told]


@pytest.fixture
def writer(ward: Settings) -> Iterator[subprocess.Popen]:
    """Yield a process that writes notes in children of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, str(ward.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "EHR_MODE": "test"},
    ) as process:
        yield process
        process.stdin.close()


def test_no_version_is_without_its_intent_however_it_is_killed(
    ward: Settings, writer: subprocess.Popen, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(50)  # noqa: S311 - moments, not secrets
    places = [place for place, times in KILLS.items() for _ in range(times)]
    unfinished: list[int] = []
    written = 0
    for place in places:
        left = left_by(ward, writer, place, chance)
        written += len(left.written)
        unfinished += left.unfinished
        assert_each_has_its_intent(left)
        assert len(left.unfinished) == 1 or place == ANY_MOMENT
        is_there = len(left.written) - len(left.outcomes)
        assert is_there == {
            "saving begun": 0,
            "saving written": 0,
            "saving committed": 1,
        }.get(place, is_there)

    assert len(places) == 50
    assert written > len(places) / 2
    with connect(ward, Role.OWNER) as owner:
        assert audit.verify(ward, owner) == []
        found = audit.find_unfinished(owner, seconds=0)
    assert [each.event_id for each in found][-len(unfinished) :] == unfinished
    assert_reported(ward, unfinished, monkeypatch)


def left_by(
    ward: Settings, writer: subprocess.Popen, place: str, chance: random.Random
) -> Left:
    """Let a child write until it is killed; return what it left."""
    with (
        connect(ward, Role.OWNER, autocommit=True) as owner,
        connect(ward, Role.EXTRACTOR, RECORD, autocommit=True) as record,
    ):
        before = owner.execute(LAST).fetchone()[0]
        ours = set(owner.execute(SESSIONS))
        known = len(record.execute(VERSIONS).fetchall())
        kill(writer, place, chance)
        while set(owner.execute(SESSIONS)) - ours:  # a commit may be on its way
            time.sleep(0.01)
        events = [Told(*row) for row in owner.execute(EVENTS, (before,))]
        written = [at for (at,) in record.execute(VERSIONS).fetchall()[known:]]
    intents = [each for each in events if each.result == "intended"]
    outcomes = [each for each in events if each.intent_id is not None]
    assert len(intents) + len(outcomes) == len(events)
    return Left(intents, outcomes, written)


def kill(writer: subprocess.Popen, place: str, chance: random.Random) -> None:
    """Kill a child at a place, at its first note or a later one; or at any moment."""
    count = chance.randint(1, 3)
    writer.stdin.write(f"{'none' if place == ANY_MOMENT else place}:{count}\n")
    writer.stdin.flush()
    lines = iter(writer.stdout.readline, "dead\n")
    if place == ANY_MOMENT:
        child = int(next(lines))
        assert next(lines) == "saved\n"
        time.sleep(chance.uniform(0, 0.15))
        os.kill(child, signal.SIGKILL)
    for _ in lines:
        pass


def assert_each_has_its_intent(left: Left) -> None:
    """Check that each version came after an intent of its own, and what was told."""
    assert {each.result for each in left.outcomes} <= {"ok"}
    assert len(left.intents) - len(left.outcomes) in (0, 1)
    assert len(left.outcomes) <= len(left.written) <= len(left.intents)
    for intent, written_at in zip(left.intents, left.written, strict=False):
        assert intent.happened_at < written_at
    assert left.unfinished in ([], [each.event_id for each in left.intents][-1:])


def assert_reported(
    ward: Settings, unfinished: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check that both commands name what was announced and has no outcome."""
    at_once = partial(audit.find_unfinished, seconds=0)
    monkeypatch.setattr(audit, "find_unfinished", at_once)
    monkeypatch.setattr(status, "find_unfinished", at_once)
    monkeypatch.setenv("EHR_HOME", str(ward.home))
    monkeypatch.setenv("EHR_MODE", "test")
    told = CliRunner().invoke(app, ["audit", "verify"]).output
    for event_id in unfinished:
        assert f"event {event_id}: doctor began 'write note'" in told
    assert "whole" in told
    shown = CliRunner().invoke(app, ["status"]).output
    assert "actions without a known outcome" in " ".join(shown.split())
