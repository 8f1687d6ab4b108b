"""Texts that may name anybody: who reads which, of whom, in which version."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from pipelines.access.assignments import assign_patient, end_assignment
from pipelines.access.encryption import KeyringError
from pipelines.access.people import PersonRole, find_person
from pipelines.access.reading import Query, Reader
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import PEOPLE, Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.settings import Settings
from tests.access.protected_texts import (
    LABELLED,
    NOTES,
    PATIENTS,
    SOURCE,
    TEXT_FEEDS,
    deliver,
    furnish,
    key_of,
    now,
    patients_read,
    read_as,
    row_of,
    text_of,
)
from tests.conftest import installation_with_marts

EVERYBODY, OPEN = set(PATIENTS), {"P1", "P2", "P4"}
# Of each feed: whom each role reads; who is not named is refused.
READERS = {
    "notes": {"doctor": OPEN, "nurse": {"P1"}, "patient": {"P4"}},
    "imaging_reports": {"doctor": OPEN, "nurse": {"P1"}, "patient": {"P4"}},
    "appointments": {
        "doctor": OPEN,
        "nurse": {"P1"},
        "registrar": EVERYBODY,
        "patient": {"P4"},
    },
    "referrals": {"doctor": OPEN, "nurse": {"P1"}},
    "lab_orders": {"doctor": OPEN, "nurse": {"P1"}, "lab_technician": EVERYBODY},
    "medication_requests": {"doctor": OPEN, "nurse": {"P1"}, "patient": {"P4"}},
    "correction_requests": {"doctor": set(), "patient": set()},
    "family_history": {"doctor": OPEN, "nurse": {"P1"}},
    "devices": {"doctor": OPEN, "nurse": {"P1"}},
    "contacts": {
        "doctor": OPEN,
        "nurse": {"P1"},
        "registrar": EVERYBODY,
        "patient": {"P4"},
    },
    "coverages": {"registrar": EVERYBODY, "billing": EVERYBODY, "patient": {"P4"}},
}
LATEST_EVENT = """
    select user_id, subject, patient_keys, result
    from audit.event order by event_id desc limit 1
"""
PATIENT = "select patient_key from marts.dim_patients where patient_key = %(key)s"


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with texts of every feed of four patients."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("texts")):
        furnish(settings, tmp_path_factory.mktemp("delivered"))
        yield settings


def notes_of(patient: str, *names: str) -> dict[str, dict[str, str]]:
    """Return notes as they are read: by key, the text that was delivered."""
    return {
        f"{SOURCE}:notes-{patient}{name}": {
            "note_text": text_of("notes", "note_text", patient, name)
        }
        for name in names
    }


def test_every_encrypted_column_of_a_new_feed_has_its_readers(
    hospital: Settings,
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        listed = owner.execute(
            "select feed, column_name from access.protected_text_column"
        ).fetchall()
        readers = owner.execute("select feed, role from access.protected_text_reader")
        of_roles = {feed: set() for feed in TEXT_FEEDS}
        for feed, role in readers:
            of_roles[feed].add(role)
    assert set(listed) == {
        (feed, column.name)
        for feed in TEXT_FEEDS
        for column in FEEDS[feed].direct_columns
    }
    assert of_roles == {feed: set(roles) for feed, roles in READERS.items()}


@pytest.mark.parametrize("feed", sorted(READERS))
@pytest.mark.parametrize("role", PersonRole)
def test_a_role_reads_its_feeds_of_its_patients_and_is_refused_the_others(
    hospital: Settings, role: PersonRole, feed: str
) -> None:
    assert patients_read(hospital, role, feed) == READERS[feed].get(role)


def test_what_is_read_is_what_was_delivered(hospital: Settings) -> None:
    for feed in sorted(READERS.keys() - {"notes", "correction_requests"}):
        role = PersonRole(next(iter(READERS[feed])))
        columns = [column.name for column in FEEDS[feed].direct_columns]
        assert read_as(hospital, role, feed)[f"{SOURCE}:{feed}-P1"] == {
            column: text_of(feed, column, "P1") for column in columns
        }


def test_a_patient_reads_finished_notes_of_visits_and_no_other(
    hospital: Settings,
) -> None:
    texts = read_as(hospital, PersonRole.PATIENT, "notes")
    assert texts == notes_of("P4", "visit", LABELLED)


def test_a_label_keeps_a_text_to_who_is_entrusted_with_the_patient(
    hospital: Settings,
) -> None:
    others = tuple(NOTES.keys() - {LABELLED})
    stranger = read_as(hospital, PersonRole.DOCTOR, "notes")
    with connect(hospital, Role.OWNER) as owner:
        assign_patient(owner, "doctor", key_of(hospital, "P1"), "treats")
    entrusted = read_as(hospital, PersonRole.DOCTOR, "notes")
    with connect(hospital, Role.OWNER) as owner:
        end_assignment(owner, "doctor", key_of(hospital, "P1"))

    expected = {}
    for patient in sorted(OPEN):
        expected |= notes_of(patient, *others)
    assert stranger == expected
    assert entrusted == expected | notes_of("P1", LABELLED)


def test_a_restricted_patient_s_texts_open_with_the_care_team(
    hospital: Settings,
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        assign_patient(owner, "doctor", key_of(hospital, "P3"), "treats")
    seen = patients_read(hospital, PersonRole.DOCTOR, "referrals")
    with connect(hospital, Role.OWNER) as owner:
        end_assignment(owner, "doctor", key_of(hospital, "P3"))

    assert seen == EVERYBODY


@pytest.mark.parametrize("user_id", ["", "nobody", "nurse"])
def test_without_a_person_of_the_login_s_role_nothing_is_given(
    hospital: Settings, user_id: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_as(hospital, PersonRole.DOCTOR, "notes", user_id)


@pytest.mark.parametrize("feed", ["patients", "notes; select 1", "", "Notes"])
def test_no_other_table_is_read_through_it(hospital: Settings, feed: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
        read_as(hospital, PersonRole.DOCTOR, feed)
    assert not feed or feed not in str(refused.value)


@pytest.mark.parametrize("login", PEOPLE)
def test_no_person_s_login_reads_around_it(hospital: Settings, login: Role) -> None:
    tables = [("identity", feed) for feed in TEXT_FEEDS]
    tables += [
        ("marts", "fct_protected_texts"),
        ("access", "protected_text_reader"),
        ("access", "protected_text_column"),
    ]
    with connect(hospital, login, autocommit=True) as connection:
        for table in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(
                    sql.SQL("select * from {}").format(sql.Identifier(*table))
                )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from access.readable_facts('notes', '{1}')")


def test_a_correction_replaces_the_text_and_a_withdrawal_takes_it_away(
    hospital: Settings, tmp_path
) -> None:
    corrected = row_of("imaging_reports", "P1", report_text="read anew")
    withdrawn = row_of("imaging_reports", "P2", is_deleted="true")
    changes = [corrected, withdrawn]
    stated = [
        ("imaging_reports", row | {"source_updated_at": now()}) for row in changes
    ]
    deliver(hospital, tmp_path / "later", stated)

    texts = read_as(hospital, PersonRole.DOCTOR, "imaging_reports")

    assert texts[f"{SOURCE}:imaging_reports-P1"]["report_text"] == "read anew"
    assert f"{SOURCE}:imaging_reports-P2" not in texts


def test_a_text_that_moved_to_another_patient_leaves_the_first_at_once(
    hospital: Settings, tmp_path
) -> None:
    key = f"{SOURCE}:referrals-P2"
    moved = row_of("referrals", "P2", source_updated_at=now())
    moved |= {"source_patient_id": "P1"}
    deliver(hospital, tmp_path / "moved", [("referrals", moved)])
    before = read_as(hospital, PersonRole.DOCTOR, "referrals")
    build_marts(hospital)
    after = read_as(hospital, PersonRole.NURSE, "referrals")

    assert key not in before
    assert after[key] == {"question_text": text_of("referrals", "question_text", "P2")}


def test_a_text_that_was_swapped_with_another_does_not_open(hospital: Settings) -> None:
    swap = """
        update identity.family_history as one set comment_text = other.comment_text
        from identity.family_history as other
        where one.record_id = 'family_history-P1'
            and other.record_id = 'family_history-P2'
    """
    with connect(hospital, Role.OWNER) as owner:
        kept = owner.execute(
            "select comment_text from identity.family_history "
            "where record_id = 'family_history-P1'"
        ).fetchone()
        owner.execute(swap)
    try:
        with pytest.raises(KeyringError) as refused:
            read_as(hospital, PersonRole.DOCTOR, "family_history")
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute(
                "update identity.family_history set comment_text = %s "
                "where record_id = 'family_history-P1'",
                kept,
            )
    assert "said" not in str(refused.value)


def test_a_read_with_texts_is_audited_by_their_names(hospital: Settings) -> None:
    with connect(hospital, Role.OWNER) as owner:
        person = find_person(owner, "nurse")
    key = key_of(hospital, "P1")
    queries = {"it": Query(PATIENT, {"key": key})}

    reading = Reader(hospital, person).read("chart", queries, [key], ["notes"])

    assert reading.texts["notes"].by_fact == notes_of("P1", *NOTES)
    with connect(hospital, Role.OWNER) as owner:
        assert owner.execute(LATEST_EVENT).fetchone() == (
            "nurse",
            "chart, with texts of notes",
            [key],
            "ok",
        )


def test_a_refused_read_of_texts_is_audited_as_denied(hospital: Settings) -> None:
    with connect(hospital, Role.OWNER) as owner:
        person = find_person(owner, "nurse")
    key = key_of(hospital, "P1")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        Reader(hospital, person).read("chart", {}, [key], ["coverages"])

    with connect(hospital, Role.OWNER) as owner:
        event = owner.execute(LATEST_EVENT).fetchone()
    assert event == ("nurse", "chart, with texts of coverages", [key], "denied")


def test_a_merged_patient_s_texts_are_those_of_the_person(
    hospital: Settings, tmp_path
) -> None:
    """Last of the module: afterwards P2 is P1."""
    link = row_of("patient_links", "P2", surviving_patient_id="P1", linked_at=now())
    deliver(hospital, tmp_path / "merged", [("patient_links", link)])
    apart = read_as(hospital, PersonRole.NURSE, "notes")
    build_marts(hospital)
    together = read_as(hospital, PersonRole.NURSE, "notes")

    assert apart == notes_of("P1", *NOTES)
    assert together == notes_of("P1", *NOTES) | notes_of("P2", *NOTES)
