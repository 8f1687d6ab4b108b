"""A running hospital is backed up while people write, lost whole, and goes on.

All by the commands that a hospital has: nothing is left but the folder of backups and
the second holder's key. What is lost and how long it takes is written into the test's
report; speed is not judged by a clock here.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.access.people import Person, find_person
from pipelines.access.sign_in import sign_in
from pipelines.backup.key_files import read_opener
from pipelines.backup.manifest import Manifest
from pipelines.backup.repository import Repository
from pipelines.backup.wal import newest_moment
from pipelines.database.connections import connect
from pipelines.database.databases import DAGSTER
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.settings import Settings
from pipelines.supervision.services import stop_services
from tests.backup.machine import NOTE, PASSPHRASE, Machine, Writer, machines
from tests.backup.test_disaster import digests_of
from tests.dashboards.asking import open_page

MOST_SECONDS = 300
# From the switch to the next segment to the copy of the closed one, on a busy machine.
COPIED_WITHIN = timedelta(seconds=5)
PATIENT = "select min(patient_key) from marts.dim_patients"
LAST_EVENT = "select max(event_id) from audit.event"
EVENTS_BEFORE = """
    select md5(string_agg(md5(event::text), '' order by event_id))
    from audit.event as event
    where event_id <= %s
"""
UNDER_WAY = "select count(*) from runs where status <> all(%s)"
ENDED = ["SUCCESS", "FAILURE", "CANCELED"]
# A restore is an event of its own; those before it are compared by themselves.
TRAIL = "warehouse.audit."


@dataclass(frozen=True)
class Hospital:
    """What is known outside of the machines, which come and go."""

    machines: list[Machine]
    doctor: Person
    password: str
    patient_key: int

    @property
    def backups(self) -> list[Manifest]:
        machine = self.machines[0]
        opener = read_opener(machine.holder_file, PASSPHRASE)
        repository = Repository(machine.settings.backup_folder)
        return [each.manifest for each in repository.all(opener) if each.manifest]

    def notes(self, settings: Settings) -> list[Entry]:
        """Return the notes written by the tests, in their order."""
        found = entries(settings, self.doctor, "notes", [self.patient_key])
        ours = [each for each in found if NOTE in each.values["note_text"]]
        return sorted(ours, key=number_of)


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """Yield a demonstration with every service, and a second holder of its backups."""
    with machines(tmp_path_factory.mktemp("lost")) as made:
        first = made[0]
        first.ehr("demo", "--patients", "60", "--years", "1")
        twice = f"{PASSPHRASE}\n{PASSPHRASE}\n"
        first.ehr("backup", "holder", "new", str(first.holder_file), typed=twice)
        lines = (first.settings.root / "demo-people.txt").read_text().splitlines()
        passwords = dict(line.split() for line in lines)
        with connect(first.settings, Role.OWNER) as owner:
            doctor = find_person(owner, "doctor")
        with connect(first.settings, Role.BUILDER) as builder:
            (patient_key,) = builder.execute(PATIENT).fetchone()
        yield Hospital(made, doctor, passwords["doctor"], patient_key)


def number_of(note: Entry) -> int:
    return int(note.values["note_text"].rpartition(" ")[2])


def waited(holds: Callable[[], bool], words: str) -> float:
    """Wait until something holds; return the seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < MOST_SECONDS:
        if holds():
            return round(time.monotonic() - begun, 1)
        time.sleep(0.5)
    pytest.fail(f"{words} within {MOST_SECONDS} s")


def test_everything_but_the_last_minute_comes_back_and_people_work_on(
    hospital: Hospital, record_property: Callable[[str, object], None]
) -> None:
    first, second, *_ = hospital.machines
    writer = Writer(first.settings, hospital.doctor, hospital.patient_key)
    with writer.at_work():
        assert "full backup" in first.ehr("backup")
        assert "incremental backup" in first.ehr("backup", "--incremental")
        newest = hospital.backups[-1]
        repository = Repository(first.settings.backup_folder)
        waited(
            lambda: any(
                newest.holds_until
                < each
                < newest_moment(repository, newest) - COPIED_WITHIN
                for each in writer.written
            ),
            "no sensor brings the log of a note to the backups",
        )
        lost_at = datetime.now(UTC)
        first.is_gone()
    # Who wrote there may have begun a spool before it was gone as well.
    first.is_gone()
    assert not first.settings.root.exists()

    begun = time.monotonic()
    said = second.restore()
    restored = time.monotonic() - begun
    second.ehr("up")
    headers = second.signed_in("doctor", hospital.password)
    with open_page(second.address, headers, "/worklist") as messages:
        assert messages
    record_property("seconds_to_restore", round(restored, 1))
    record_property("seconds_to_the_first_page", round(time.monotonic() - begun, 1))

    assert "0 problems" in said
    assert "events: whole" in second.ehr("audit", "verify")
    numbers = [number_of(note) for note in hospital.notes(second.settings)]
    assert numbers == list(range(1, len(numbers) + 1))
    by_the_log = [each for each in writer.written if each > newest.holds_until]
    assert len(numbers) > len(writer.written) - len(by_the_log)
    record_property("notes_written", len(writer.written))
    record_property("notes_lost", len(writer.written) - len(numbers))
    lost_seconds = (lost_at - writer.written[len(numbers) - 1]).total_seconds()
    record_property("seconds_of_work_lost", round(lost_seconds, 1))

    again = replace(writer, settings=second.settings, written=writer.written[:])
    del again.written[len(numbers) :]
    again.write()
    seconds = waited(
        lambda: not hospital.notes(second.settings)[-1].is_pending,
        "no sensor brings the note to the marts",
    )
    record_property("seconds_to_the_marts", seconds)


def test_a_restored_hospital_that_is_lost_again_is_equal_in_every_table(
    hospital: Hospital,
) -> None:
    _, second, third, fourth = hospital.machines
    writer = Writer(second.settings, hospital.doctor, hospital.patient_key)
    with writer.at_work():
        assert "full backup" in second.ehr("backup", "--incremental")
    writer.write()
    waited(
        lambda: (
            not (
                hospital.notes(second.settings)[-1].is_pending or runs(second.settings)
            )
        ),
        "the last note does not come to the marts",
    )
    stop_services(second.settings)
    digests, last_event, events = state_of(second.settings)
    second.ehr("down")
    second.is_gone()

    assert "0 problems" in third.restore()

    found, _, events_before = state_of(third.settings, last_event)
    assert found.keys() == digests.keys()
    differing = {name for name in found if found[name] != digests[name]}
    assert {each for each in differing if not each.startswith(TRAIL)} == set()
    assert events_before == events
    assert sum(rows for rows, _ in found.values()) > 20_000
    assert sign_in(third.settings, "doctor", hospital.password).person.role == "doctor"
    third.is_gone()

    said = fourth.restore("--at", "backup")

    compared = len(hospital.backups[-1].fingerprints)
    assert compared > 200
    assert f"{compared} tables compared, 0 problems" in said


def runs(settings: Settings) -> int:
    """Return how many runs of Dagster are under way; they write until they end."""
    with connect(settings, Role.DAGSTER, DAGSTER) as dagster:
        (count,) = dagster.execute(UNDER_WAY, (ENDED,)).fetchone()
    return count


def state_of(
    settings: Settings, until: int | None = None
) -> tuple[dict[str, tuple[int, str]], int, str]:
    """Return a digest of every table, the last event, and one of the events so far."""
    digests = digests_of(settings)
    with connect(settings, Role.COMPLIANCE) as compliance:
        last = until or compliance.execute(LAST_EVENT).fetchone()[0]
        (events,) = compliance.execute(EVENTS_BEFORE, (last,)).fetchone()
    return digests, last, events
