"""The spool: care goes on while the trail is away, and nothing of it is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from pipelines.access import audit
from pipelines.access.audit import AuditError, Event, append, verify
from pipelines.access.people import Person, create_person
from pipelines.access.spool import Spool
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import running_installation

KILLS = 20
SPOOLED = """
    select subject, is_spooled, happened_at, recorded_at, intent_id, event_id
    from audit.event where is_spooled order by event_id
"""
AWAY = "revoke usage on schema audit from ehr_auditor"
BACK = "grant usage on schema audit to ehr_auditor"
# Appends numbered events, saying each once it is promised, until it is killed.
APPEND_UNTIL_KILLED = """
import os, sys
from pathlib import Path
from pipelines.access import audit
from pipelines.settings import Mode, Settings

settings = Settings(home=Path(sys.argv[1]), mode=Mode.TEST, _env_file=None)
audit.SECONDS_AWAY = 0.0
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        for number in range(10_000):
            subject = f"{line.strip()} {number}"
            audit.append(settings, audit.Event("doctor", "doctor", "read", subject))
            os.write(1, f"{subject}\\n".encode())
    os.write(1, f"child {child}\\n".encode())
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation whose trail these tests take away."""
    yield from running_installation(tmp_path_factory.mktemp("clinic"))


@pytest.fixture
def owner(clinic: Settings) -> Iterator[psycopg.Connection]:
    """Yield the owner, each statement on its own."""
    with connect(clinic, Role.OWNER, autocommit=True) as connection:
        yield connection


@pytest.fixture
def away(
    clinic: Settings, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Take the trail away; yield what brings it back. Afterwards nothing waits."""
    monkeypatch.setattr(audit, "SECONDS_AWAY", 0.0)
    owner.execute(AWAY)
    yield lambda: owner.execute(BACK)
    owner.execute(BACK)
    audit.replay(clinic)
    for path in Spool(clinic).folder.glob("damaged-*"):
        path.unlink()


def event(subject: str, **fields: object) -> Event:
    """Return something that a doctor did."""
    return Event("doctor", "doctor", "read", subject, [7], 1, **fields)


def spooled(owner: psycopg.Connection) -> list[str]:
    """Return the subjects of what came by the spool, in the order of the trail."""
    return [subject for subject, *_ in owner.execute(SPOOLED)]


def problems(settings: Settings, owner: psycopg.Connection) -> list[str]:
    """Return what verifying says."""
    return [each.problem for each in verify(settings, owner)]


def test_while_the_trail_is_away_events_wait_and_come_back_in_order_and_once(
    clinic: Settings, owner: psycopg.Connection, away: Callable[[], None]
) -> None:
    before = datetime.now(UTC)
    for number in range(3):
        assert isinstance(append(clinic, event(f"order {number}")), UUID)
    state = audit.waiting(clinic)
    assert (state.length, state.oldest_at >= before) == (3, True)
    assert problems(clinic, owner) == []

    away()
    append(clinic, event("order 3"))

    assert spooled(owner)[-4:] == [f"order {number}" for number in range(4)]
    assert audit.waiting(clinic).length == 0
    *_, last = owner.execute(SPOOLED).fetchall()
    assert before < last[2] < last[3]
    assert append(clinic, event("direct")) == last[5] + 1
    assert problems(clinic, owner) == []


def test_an_outcome_finds_its_announcement_wherever_both_are(
    clinic: Settings, owner: psycopg.Connection, away: Callable[[], None]
) -> None:
    first = append(clinic, event("announced", result="intended"))
    append(clinic, event("announced", intent_id=first))
    second = append(clinic, event("announced", result="intended"))
    away()
    audit.replay(clinic)
    append(clinic, event("announced", intent_id=second))

    rows = owner.execute(
        "select event_id, intent_id from audit.event where subject = 'announced' "
        "order by event_id"
    ).fetchall()
    assert [intent for _, intent in rows] == [None, rows[0][0], None, rows[2][0]]
    assert audit.find_unfinished(owner, seconds=0) == []


def test_a_replay_that_died_after_the_trail_had_it_adds_nothing_twice(
    clinic: Settings, owner: psycopg.Connection, away: Callable[[], None]
) -> None:
    for number in range(3):
        append(clinic, event(f"twice {number}"))
    path = Spool(clinic).path
    kept = path.read_bytes()
    away()
    audit.replay(clinic)
    path.write_bytes(kept)  # as if it had been killed before it forgot them

    audit.replay(clinic)

    assert spooled(owner)[-3:] == ["twice 0", "twice 1", "twice 2"]
    assert spooled(owner).count("twice 0") == 1
    assert problems(clinic, owner) == []


def test_an_answer_lost_on_its_way_is_written_once(
    clinic: Settings,
    owner: psycopg.Connection,
    away: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The trail has it, and the connection breaks before it says so."""
    away()
    sent = audit._sent  # noqa: SLF001 - what is between commit and answer

    def sent_and_lost(settings: Settings, entry: dict) -> int:
        sent(settings, entry)
        raise psycopg.OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(audit, "_sent", sent_and_lost)
        append(clinic, event("lost answer"))

    count = "select count(*) from audit.event where subject = 'lost answer'"
    assert owner.execute(count).fetchone() == (1,)
    assert audit.waiting(clinic).length == 0


def test_an_entry_half_written_is_nobodys_and_the_next_follows(
    clinic: Settings, owner: psycopg.Connection, away: Callable[[], None]
) -> None:
    append(clinic, event("whole"))
    with Spool(clinic).path.open("ab") as handle:
        handle.write(b'{"number": 99, "after": "')

    append(clinic, event("next"))
    away()
    audit.replay(clinic)

    assert spooled(owner)[-2:] == ["whole", "next"]
    assert problems(clinic, owner) == []


@pytest.mark.parametrize("moment", ["away", "coming back"])
def test_whatever_moment_it_is_killed_at_what_was_promised_is_there_once(
    clinic: Settings,
    owner: psycopg.Connection,
    away: Callable[[], None],
    moment: str,
) -> None:
    chance = random.Random(moment)  # noqa: S311 - moments, not secrets
    promised: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", APPEND_UNTIL_KILLED, str(clinic.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        for number in range(KILLS):
            owner.execute(AWAY)
            back = away if moment == "coming back" else None
            promised += killed(process, f"{moment} {number}", chance, back)
        process.stdin.close()

    away()
    audit.replay(clinic)
    found = owner.execute(
        "select subject from audit.event where subject like %s order by event_id",
        (f"{moment} %",),
    ).fetchall()
    subjects = [subject for (subject,) in found]
    assert len(subjects) == len(set(subjects))
    assert set(promised) <= set(subjects)
    assert len(subjects) - len(promised) <= KILLS
    assert len(promised) > KILLS
    assert in_order(subjects)
    assert problems(clinic, owner) == []


def killed(
    process: subprocess.Popen,
    name: str,
    chance: random.Random,
    back: Callable[[], None] | None,
) -> list[str]:
    """Let a child append, kill it at any moment; return what it was promised.

    Up to two further promises are waited for, however slow the machine is.
    """
    process.stdin.write(f"{name}\n")
    process.stdin.flush()
    promised, child = [], None
    while child is None or not promised:
        line = process.stdout.readline().strip()
        if line.startswith("child "):
            child = int(line.removeprefix("child "))
        else:
            promised.append(line)
    if back:
        back()
    further = chance.randint(0, 2)
    promised += [process.stdout.readline().strip() for _ in range(further)]
    time.sleep(chance.uniform(0, 0.03))
    os.kill(child, signal.SIGKILL)
    lines = iter(process.stdout.readline, "dead\n")
    return promised + [line.strip() for line in lines]


def in_order(subjects: list[str]) -> bool:
    """Return whether each child's events are in the order of their numbers."""
    by_child: dict[str, list[int]] = {}
    for subject in subjects:
        child, _, number = subject.rpartition(" ")
        by_child.setdefault(child, []).append(int(number))
    return all(numbers == list(range(len(numbers))) for numbers in by_child.values())


def test_the_spool_lies_on_the_disk_for_its_owner_alone(
    clinic: Settings, away: Callable[[], None]
) -> None:
    append(clinic, event("private"))

    folder = Spool(clinic).folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    assert away


def test_if_the_spool_cannot_be_written_either_nothing_is_shown(
    clinic: Settings, away: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert away
    full = Path("/dev/full")
    monkeypatch.setattr(
        os, "open", lambda path, flags, mode=0o777, open_=os.open: open_(
            full if str(path).endswith("spool.jsonl") else path, flags, mode
        )
    )  # fmt: skip

    with pytest.raises(AuditError, match="nothing is shown"):
        append(clinic, event("no place"))


def changed(line: bytes, **fields: object) -> bytes:
    """Return a line of the spool with fields of its entry changed."""
    stored = json.loads(line)
    stored["entry"] |= fields
    return f"{json.dumps(stored)}\n".encode()


TAMPERINGS = {
    "user changed": lambda lines: [*lines[:2], changed(lines[2], user_id="x")],
    "patients changed": lambda lines: [*lines[:1], changed(lines[1], patient_keys=[])],
    "time changed": lambda lines: [
        *lines[:1], changed(lines[1], kept_at="2026-01-01T00:00:00+00:00"), *lines[2:]
    ],
    "one removed": lambda lines: [*lines[:2], *lines[3:]],
    "two exchanged": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    "one twice": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "the end cut off": lambda lines: lines[:-1],
    "all cut off": lambda lines: lines[:1],
    "the base gone": lambda lines: lines[1:],
    "half of the end cut off": lambda lines: [*lines[:-1], lines[-1][:40]],
    "no key for it": lambda lines: [*lines, lines[-1].replace(b'"mac": ', b'"mac":1')],
    "no line at all": lambda lines: [*lines, b"not a line\n"],
}  # fmt: skip


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_somebody_does_to_the_spool_is_found(
    clinic: Settings,
    owner: psycopg.Connection,
    away: Callable[[], None],
    tampering: str,
) -> None:
    for number in range(4):
        append(clinic, event(f"{tampering} {number}"))
    path = Spool(clinic).path
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)

    path.write_bytes(b"".join(TAMPERINGS[tampering](lines)))

    assert problems(clinic, owner)
    away()
    audit.replay(clinic)
    assert problems(clinic, owner), "replaying must not hide it"
    path.write_bytes(content)
    audit.replay(clinic)
    assert set(spooled(owner)) >= {f"{tampering} {number}" for number in range(4)}


def test_of_a_damaged_spool_all_that_is_authentic_reaches_the_trail(
    clinic: Settings, owner: psycopg.Connection, away: Callable[[], None]
) -> None:
    for number in range(4):
        append(clinic, event(f"authentic {number}"))
    path = Spool(clinic).path
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = changed(lines[2], user_id="somebody.else")
    path.write_bytes(b"".join(lines))

    append(clinic, event("authentic 4"))
    away()
    audit.replay(clinic)

    kept = [f"authentic {number}" for number in (0, 2, 3, 4)]
    assert [name for name in spooled(owner) if name.startswith("authentic")] == kept
    told = problems(clinic, owner)
    assert any("set aside" in problem for problem in told)
    assert any("neither in the trail nor in the spool" in problem for problem in told)


def test_a_patient_sees_what_came_by_the_spool_when_it_was_done(
    clinic: Settings, owner: psycopg.Connection, away: Callable[[], None]
) -> None:
    create_person(owner, Person("own", "Own", "patient", patient_key=7), "pass " * 5)
    done_at = datetime.now(UTC)
    append(clinic, event("chart"))
    away()
    audit.replay(clinic)

    with connect(clinic, Role.PATIENT) as connection:
        connection.execute("select set_config('ehr.user_id', 'own', true)")
        looks = connection.execute(
            "select happened_at, subject from access.looks_at_own_record() "
            "order by happened_at desc limit 1"
        ).fetchall()
    (recorded_at,) = owner.execute(
        "select recorded_at from audit.event order by event_id desc limit 1"
    ).fetchone()
    assert [subject for _, subject in looks] == ["chart"]
    assert done_at <= looks[0][0] < recorded_at
