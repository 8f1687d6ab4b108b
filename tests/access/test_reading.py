"""Reading for a person: only what they may see, and audited before it is shown."""

import os
import signal
import subprocess
import sys

import psycopg
import pytest

from pipelines.access import audit
from pipelines.access.audit import AuditError
from pipelines.access.people import find_person
from pipelines.access.pools import pool_of
from pipelines.access.reading import Query, Reader, Reading
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.audit_away import audit_away, trail_away

PATIENT = "select * from marts.dim_patients where patient_key = %(patient_key)s"
EVERYBODY = "select patient_key from marts.dim_patients order by patient_key"
FOUND = "select * from marts.dim_patients where patient_key = any(%(patient_keys)s)"
EVENTS = """
    select user_id, action, subject, patient_keys, row_count, result
    from audit.event order by event_id desc limit 1
"""
COUNT = "select count(*) from audit.event"
READ_AND_DIE = """
import os, signal, sys
from pathlib import Path
from pipelines.access import reading
from pipelines.access.people import Person
from pipelines.settings import Mode, Settings

settings = Settings(home=Path(sys.argv[1]), mode=Mode.TEST, _env_file=None)
append = reading.audit.append
def append_and_die(settings, event):
    if sys.argv[2] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    append(settings, event)
    os.kill(os.getpid(), signal.SIGKILL)
reading.audit.append = append_and_die
reader = reading.Reader(settings, Person("doctor", "Dr. One", "doctor"))
query = reading.Query("select * from marts.dim_patients", {})
print(len(reader.read("chart", {"all": query}).frames["all"]))
"""


def reader_for(settings: Settings, user_id: str) -> Reader:
    """Return the reader of a person."""
    with connect(settings, Role.OWNER) as connection:
        person = find_person(connection, user_id)
    assert person is not None
    return Reader(settings, person)


def read_patient(settings: Settings, user_id: str, patient_key: int) -> Reading:
    """Read one patient as a page does."""
    query = Query(PATIENT, {"patient_key": patient_key})
    return reader_for(settings, user_id).read("chart", {"it": query}, [patient_key])


def ask(settings: Settings, statement: str) -> tuple:
    """Return the first row of a statement, as the owner."""
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(statement).fetchone()


def found_by(settings: Settings, user_id: str, text: str) -> list[int]:
    """Return the patients that a search finds, in the order shown."""
    reading = reader_for(settings, user_id).search_patients(text, FOUND)
    return reading.frames["found"]["patient_key"].tolist()


def test_a_doctor_reads_everybody_and_a_nurse_those_assigned(ward: Settings) -> None:
    query = {"all": Query(EVERYBODY, {})}

    as_doctor = reader_for(ward, "doctor").read("list", query)
    as_nurse = reader_for(ward, "nurse").read("list", query)

    assert as_doctor.frames["all"]["patient_key"].tolist() == [1, 2, 3]
    assert as_nurse.frames["all"]["patient_key"].tolist() == [1]
    assert set(as_nurse.identities) == {1}


def test_names_are_opened_for_visible_patients_only(ward: Settings) -> None:
    reading = read_patient(ward, "nurse", 1)

    assert reading.identities[1].full_name == "Meyer, Ada"
    assert reading.identities[1].record_number == "000451-7"
    with connect(ward, Role.NURSE) as connection:
        connection.execute("select set_config('ehr.user_id', 'nurse', true)")
        rows = connection.execute("select * from access.identity_of('{1,2,3}')")
        stored = rows.fetchall()
    assert [row[0] for row in stored] == [1]
    assert "Meyer" not in str(stored)


def test_a_read_is_audited_with_who_whom_and_how_many_rows(ward: Settings) -> None:
    read_patient(ward, "doctor", 2)

    assert ask(ward, EVENTS) == ("doctor", "read", "chart", [2], 1, "ok")


def test_asking_for_a_foreign_patient_brings_nothing_and_is_recorded(
    ward: Settings,
) -> None:
    reading = read_patient(ward, "nurse", 2)

    assert reading.frames["it"].empty
    assert reading.identities == {}
    assert ask(ward, EVENTS) == ("nurse", "read", "chart", [2], 0, "denied")


def events_since(settings: Settings, event_id: int) -> list[tuple]:
    """Return the patients, rows and results of the events after one."""
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(
            "select patient_keys, row_count, result from audit.event "
            "where event_id > %s order by event_id",
            (event_id,),
        ).fetchall()


def test_a_mixed_read_names_those_refused_apart_from_those_seen(ward: Settings) -> None:
    (before,) = ask(ward, COUNT)
    query = Query(FOUND, {"patient_keys": [1, 2, 3]})

    reading = reader_for(ward, "nurse").read("list", {"it": query}, [1, 2, 3])

    assert reading.frames["it"]["patient_key"].tolist() == [1]
    assert set(reading.identities) == {1}
    assert events_since(ward, before) == [([2, 3], 0, "denied"), ([1], 1, "ok")]


def test_a_patient_of_ones_own_without_a_row_was_not_refused(ward: Settings) -> None:
    (before,) = ask(ward, COUNT)
    query = Query(f"{PATIENT} and false", {"patient_key": 1})

    reader_for(ward, "nurse").read("chart", {"it": query}, [1])

    assert events_since(ward, before) == [([1], 0, "ok")]


def test_a_read_that_finds_nobody_is_recorded_too(ward: Settings) -> None:
    (before,) = ask(ward, COUNT)

    reader_for(ward, "nurse").read("list", {"it": Query(f"{EVERYBODY} limit 0", {})})

    assert events_since(ward, before) == [([], 0, "ok")]


def test_what_the_rights_of_a_role_stop_is_recorded_as_denied(ward: Settings) -> None:
    (before,) = ask(ward, COUNT)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_patient(ward, "quality", 2)

    assert events_since(ward, before) == [([2], 0, "denied")]


def test_while_the_trail_is_away_a_read_waits_in_the_spool_and_is_shown(
    ward: Settings,
) -> None:
    (before,) = ask(ward, COUNT)

    with trail_away(ward):
        assert len(read_patient(ward, "doctor", 1).frames["it"]) == 1
        assert found_by(ward, "doctor", "meyer") == [1]

    assert events_since(ward, before) == [([1], 1, "ok"), ([1], 1, "ok")]


def test_nothing_is_shown_when_neither_trail_nor_spool_can_be_written(
    ward: Settings,
) -> None:
    with audit_away(ward):
        with pytest.raises(AuditError, match="nothing is shown"):
            read_patient(ward, "doctor", 1)
        with pytest.raises(AuditError):
            found_by(ward, "doctor", "meyer")


@pytest.mark.parametrize(("moment", "events"), [("before", 0), ("after", 1)])
def test_no_answer_comes_without_its_event_when_killed(
    ward: Settings, moment: str, events: int
) -> None:
    (before,) = ask(ward, COUNT)

    done = subprocess.run(
        [sys.executable, "-c", READ_AND_DIE, str(ward.root), moment],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"EHR_HOME": str(ward.root)},
    )

    assert done.returncode == -signal.SIGKILL
    assert done.stdout == ""
    assert ask(ward, COUNT) == (before + events,)


def test_each_read_makes_one_event(ward: Settings) -> None:
    (before,) = ask(ward, COUNT)

    for _ in range(20):
        read_patient(ward, "doctor", 1)

    assert ask(ward, COUNT) == (before + 20,)


def test_the_next_person_on_a_connection_inherits_nothing(ward: Settings) -> None:
    read_patient(ward, "nurse", 1)

    with pool_of(ward, Role.NURSE).connection() as connection:
        user_id, visible = connection.execute(
            "select current_setting('ehr.user_id', true), access.visible_patients()"
        ).fetchone()

    assert (user_id or "", visible) == ("", [])


@pytest.mark.parametrize(
    "statement",
    [
        "select 1; select 2",
        "delete from marts.dim_patients",
        "select set_config('ehr.user_id', 'other', true); select 1",
    ],
)
def test_a_reader_runs_one_statement_and_changes_nothing(
    ward: Settings, statement: str
) -> None:
    with pytest.raises(psycopg.Error):
        reader_for(ward, "doctor").read("chart", {"it": Query(statement, {})})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mey", [1]),
        ("MEYER ada", [1]),
        ("Ada, Meyer", [1]),
        ("meyer bruno", []),
        ("chloe", [3]),
        ("Chloé", [3]),
        ("000452-5", [2]),
        ("1940-01-31", [2]),
        ("31.1.1940", [2]),
        ("bruno 1940-01-31", [2]),
        ("ad", []),
        ("%", []),
        ("' or 1=1 --", []),
        ("", []),
    ],
)
def test_search_finds_by_name_number_and_birth_date(
    ward: Settings, text: str, expected: list[int]
) -> None:
    assert found_by(ward, "doctor", text) == expected


def test_a_misspelt_name_is_found_by_its_sound_after_exact_ones(
    ward: Settings,
) -> None:
    assert found_by(ward, "doctor", "maier") == [1]
    assert found_by(ward, "doctor", "andars") == [2]


def test_search_finds_visible_patients_only(ward: Settings) -> None:
    assert found_by(ward, "nurse", "meyer") == [1]
    assert found_by(ward, "nurse", "anders") == []


def test_a_search_is_audited_with_whom_it_found(ward: Settings) -> None:
    found_by(ward, "doctor", "anders")

    assert ask(ward, EVENTS) == ("doctor", "search", "patients", [2], 1, "ok")


def test_the_trail_of_all_this_is_whole(ward: Settings) -> None:
    with connect(ward, Role.OWNER) as connection:
        assert audit.verify(ward, connection) == []
