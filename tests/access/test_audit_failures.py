"""Kills at any moment and failures of the store: no answer without its event."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access import audit, pools
from pipelines.access.audit import AuditError, Event, anchor_file
from pipelines.access.people import Person
from pipelines.access.reading import Query, Reader
from pipelines.database.connections import administrator_conninfo, connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.entering import PATIENCE, enter_as
from tests.dashboards.test_pages import texts

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
KILLS = 50
EVERYBODY = "select * from marts.dim_patients"
COUNT = "select count(*) from audit.event where subject = %s"
CUT_OFF = """
    select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ehr_auditor'
"""
# Forks a child for every page named on its input; the child reads until it is killed.
READ_UNTIL_KILLED = f"""
import os, sys
from pathlib import Path
from pipelines.access.people import Person
from pipelines.access.reading import Query, Reader
from pipelines.settings import Mode, Settings

settings = Settings(home=Path(sys.argv[1]), mode=Mode.TEST, _env_file=None)
for page in sys.stdin:
    child = os.fork()
    if child == 0:
        reader = Reader(settings, Person("doctor", "Dr. One", "doctor"))
        while reader.read(page.strip(), {{"all": Query("{EVERYBODY}", {{}})}}):
            os.write(1, b"answer\\n")
    os.write(1, f"{{child}}\\n".encode())
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


def test_no_answer_comes_without_its_event_however_it_is_killed(ward: Settings) -> None:
    chance = random.Random(20)  # noqa: S311 - moments, not secrets
    answered = 0
    with subprocess.Popen(
        [sys.executable, "-c", READ_UNTIL_KILLED, str(ward.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reading_process:
        for number in range(KILLS):
            page = f"kill {number}"
            answers = answers_until_killed(reading_process, page, chance)
            with connect(ward, Role.OWNER) as connection:
                audited = connection.execute(COUNT, (page,)).fetchone()[0]
            assert answers <= audited <= answers + 1
            answered += answers
        reading_process.stdin.close()

    assert answered > KILLS
    with connect(ward, Role.OWNER) as connection:
        assert audit.verify(ward, connection) == []


def answers_until_killed(
    reading_process: subprocess.Popen, page: str, chance: random.Random
) -> int:
    """Let a child read a page, kill it at any moment; return how often it answered."""
    reading_process.stdin.write(f"{page}\n")
    reading_process.stdin.flush()
    answers, child = 0, None
    while child is None or answers < 1:
        line = reading_process.stdout.readline().strip()
        if line == "answer":
            answers += 1
        else:
            child = int(line)
    time.sleep(chance.uniform(0, 0.04))
    os.kill(child, signal.SIGKILL)
    return answers + sum(
        line == "answer\n" for line in iter(reading_process.stdout.readline, "dead\n")
    )


TRAIL_LOST = ("login locked out", "trail locked")
NOTHING_LEFT = ("disk full", "no folder")


@pytest.fixture
def break_store(
    request: pytest.FixtureRequest, ward: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Yield what lets the audit store fail in one of its ways; then mend it."""
    monkeypatch.setattr(pools, "AUDIT_SECONDS", 1)
    pools.pool_of.cache_clear()
    audit.forget_failures()
    anchors = anchor_file(ward)
    audit.append(ward, Event("doctor", "doctor", "read", "chart"))
    kept = anchors.with_suffix(".kept")
    administrator = administrator_conninfo(ward)
    with (
        connect(ward, Role.OWNER) as owner,
        psycopg.connect(**administrator, autocommit=True) as admin,
    ):

        def break_it() -> None:
            if request.param == "login locked out":
                admin.execute("alter role ehr_auditor nologin")
                admin.execute(CUT_OFF)
            elif request.param == "trail locked":
                owner.execute("select 1 from audit.head for update")
            elif request.param == "disk full":
                anchors.rename(kept)
                anchors.symlink_to("/dev/full")
            else:
                anchors.rename(kept)
                anchors.mkdir()

        yield break_it
        admin.execute("alter role ehr_auditor login")
        owner.rollback()
    pools.pool_of.cache_clear()
    audit.forget_failures()
    if anchors.is_dir():
        anchors.rmdir()
    if kept.exists():
        anchors.unlink(missing_ok=True)
        kept.rename(anchors)
    audit.replay(ward)


@pytest.mark.parametrize("break_store", TRAIL_LOST, indirect=True)
def test_while_the_trail_is_lost_care_goes_on_and_is_in_it_afterwards(
    ward: Settings, break_store: Callable[[], None]
) -> None:
    reader = Reader(ward, Person("doctor", "Dr. One", "doctor"))
    page = f"lost {id(break_store)}"
    break_store()

    begun = time.monotonic()
    for _ in range(5):
        assert len(reader.read(page, {"all": Query(EVERYBODY, {})}).frames["all"])
    assert time.monotonic() - begun < 10, "one read waits for the trail, not every one"
    assert audit.waiting(ward).length == 5


@pytest.mark.parametrize("break_store", TRAIL_LOST, indirect=True)
def test_a_page_says_that_the_trail_is_away_and_shows_the_chart(
    ward: Settings, monkeypatch: pytest.MonkeyPatch, break_store: Callable[[], None]
) -> None:
    app = doctors_app(ward, monkeypatch)
    break_store()

    app.switch_page("views/doctor/chart.py").run()
    app.run()

    assert not app.exception
    assert not any("nothing is shown" in each.value for each in app.error)
    assert "The audit store is away" in app.warning[0].value
    assert "Meyer" in texts(app)


@pytest.mark.parametrize("break_store", NOTHING_LEFT, indirect=True)
def test_a_failing_audit_store_stops_every_read_with_a_clear_word(
    ward: Settings, break_store: Callable[[], None]
) -> None:
    reader = Reader(ward, Person("doctor", "Dr. One", "doctor"))
    break_store()

    begun = time.monotonic()
    with pytest.raises(AuditError, match="cannot be written, so nothing is shown"):
        reader.read("chart", {"all": Query(EVERYBODY, {})}, [1])
    with pytest.raises(AuditError, match="cannot be written, so nothing is shown"):
        reader.search_patients("meyer", f"{EVERYBODY} where %(patient_keys)s is null")
    assert time.monotonic() - begun < 30


def doctors_app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app with the doctor signed in and a patient chosen."""
    monkeypatch.setenv("EHR_HOME", str(settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE), "doctor")
    app.session_state["patient_key"] = 1
    return app


@pytest.mark.parametrize("break_store", NOTHING_LEFT, indirect=True)
def test_a_page_says_that_nothing_is_shown_and_shows_nothing(
    ward: Settings, monkeypatch: pytest.MonkeyPatch, break_store: Callable[[], None]
) -> None:
    app = doctors_app(ward, monkeypatch)
    break_store()

    app.switch_page("views/doctor/chart.py").run()

    assert "so nothing is shown" in app.error[0].value
    assert not app.exception
    assert "Meyer" not in texts(app)
