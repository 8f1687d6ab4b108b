"""Every role, table of the record, verb and patient: tried, and as the table says.

A cell is one attempt by a role's own login, with the ticket that the warehouse signs
for the person: to begin an entry, to correct an own one, to correct somebody else's, to
read, and to do what nobody may.
"""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, PersonRole, create_person
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.feeds.contract import Feed
from pipelines.record.permissions import (
    CORRECT,
    CORRECT_OWN,
    CREATE,
    READ,
    permissions,
    roles_that,
)
from pipelines.record.tables import recorded_feeds, table_of
from pipelines.settings import Settings
from tests.conftest import running_installation

# One of the nurse and the doctor, and the own of the patient; and one of nobody.
ENTRUSTED, STRANGER = 1, 2
WRITE = """
    insert into {table} ({columns}) values ({values})
"""
NEVER = (
    "update {} set changed_by_name = 'x'",
    "delete from {}",
    "truncate {}",
    "copy {} from stdin",
    "alter table {} disable row level security",
    "create policy open on {} using (true)",
    "drop table {}",
    "create trigger t before insert on {} execute function access.refuse_change()",
)
READING = ("select record_id from {}", "explain select 1 from {}", "copy {} to stdout")
FEEDS = recorded_feeds()


def person_of(role: PersonRole) -> Person:
    own = ENTRUSTED if role is PersonRole.PATIENT else None
    return Person(role.value, role.title, role, patient_key=own)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with one person per role; nothing may be withheld."""
    for settings in running_installation(tmp_path_factory.mktemp("cells")):
        with connect(settings, Role.OWNER) as owner:
            for role in PersonRole:
                create_person(owner, person_of(role), "a long enough password")
            for user_id in ("nurse", "doctor"):
                assign_patient(owner, user_id, ENTRUSTED, "treats")
        yield settings


@pytest.fixture(scope="module")
def entries_there(site: Settings) -> dict[tuple[str, int, str], UUID]:
    """Return versions that are there: by feed, patient, and who wrote them."""
    there = {}
    with connect(site, Role.OWNER, RECORD) as owner:
        # A patient is registered once; here each of the authors does it.
        owner.execute("drop index people.patients_patient_key_idx1")
        for feed in FEEDS:
            for patient in patients_of(feed):
                for author in [*PersonRole, "somebody"]:
                    row = row_of(feed, patient, str(author))
                    owner.execute(statement_of(feed, row), row)
                    there[feed.name, patient, str(author)] = row["version_id"]
    return there


def patients_of(feed: Feed) -> tuple[int, ...]:
    return (ENTRUSTED, STRANGER) if feed.has_patient else (0,)


# The status of an entry that is there, and one that may follow, where the record asks.
STATUSES = {
    "prescriptions": ("active", "active"),
    "medication_requests": ("requested", "withdrawn"),
    "medication_reconciliations": ("signed", "signed"),
}


def row_of(
    feed: Feed, patient: int, author: str, supersedes: UUID | None = None
) -> dict[str, object]:
    """Return the least that a version says."""
    record_id = f"{author}-{patient}" if supersedes is None else None
    row = {
        "version_id": uuid4(),
        "record_id": record_id,
        "supersedes": supersedes,
        "changed_by_user_id": author,
        "changed_by_name": author,
    }
    if feed.has_patient:
        row["patient_key"] = patient
    if feed.name in STATUSES:
        row["status_code"] = STATUSES[feed.name][supersedes is not None]
    return row


def statement_of(feed: Feed, row: dict[str, object]) -> sql.Composed:
    return sql.SQL(WRITE).format(
        table=table_of(feed),
        columns=sql.SQL(", ").join(map(sql.Identifier, row)),
        values=sql.SQL(", ").join(map(sql.Placeholder, row)),
    )


def is_allowed(
    connection: psycopg.Connection, statement: sql.Composed, row: dict | None = None
) -> bool:
    """Return whether a statement gets past rights and policies; it leaves nothing."""
    try:
        with connection.transaction(force_rollback=True):
            if "copy" in statement.as_string(connection):
                with connection.cursor().copy(statement) as copy:
                    if "to stdout" in statement.as_string(connection):
                        list(copy)
            else:
                connection.execute(statement, row)
    except psycopg.errors.InsufficientPrivilege:
        return False
    except (psycopg.errors.IntegrityError, psycopg.errors.FeatureNotSupported):
        return True  # allowed, and wrong for another reason
    return True


def enter(settings: Settings, role: PersonRole) -> psycopg.Connection | None:
    """Return a connection as a role's person, with the ticket; None if not let in."""
    with connect(settings, role.login) as warehouse:
        warehouse.execute("select set_config('ehr.user_id', %s, true)", (role.value,))
        try:
            found = warehouse.execute(
                "select access.admit(%s)", ([ENTRUSTED, STRANGER],)
            ).fetchone()
        except psycopg.errors.InsufficientPrivilege:
            found = None
    try:
        record = connect(settings, role.login, RECORD, autocommit=True)
    except psycopg.OperationalError:
        return None
    record.execute("select set_config('ehr.user_id', %s, false)", (role.value,))
    ticket = found[0] if found and found[0] else ""
    record.execute("select set_config('ehr.ticket', %s, false)", (ticket,))
    return record


def holds_for(role: PersonRole, patient: int) -> bool:
    """Return whether a patient is one of those whom the role sees at all."""
    if patient == STRANGER:
        return role not in {PersonRole.NURSE, PersonRole.PATIENT}
    return True


VERBS = {
    # What is tried: whose entry is corrected (None: a new one), and what allows it.
    "begin": (None, (CREATE,)),
    "correct own": ("oneself", (CORRECT, CORRECT_OWN)),
    "correct another's": ("somebody", (CORRECT,)),
}


def row_to_write(
    there: dict[tuple[str, int, str], UUID],
    feed: Feed,
    role: PersonRole,
    patient: int,
    author: str | None,
) -> dict[str, object]:
    """Return a new entry, or what takes the place of one of ``author``."""
    if author is None:
        return row_of(feed, patient, role.value) | {"record_id": str(uuid4())}
    name = role.value if author == "oneself" else author
    row = row_of(feed, patient, role.value, there[feed.name, patient, name])
    return row | {"record_id": f"{name}-{patient}"}


@pytest.mark.parametrize("role", list(PersonRole), ids=str)
def test_writing_is_let_through_exactly_where_the_table_says(
    site: Settings, entries_there: dict[tuple[str, int, str], UUID], role: PersonRole
) -> None:
    record = enter(site, role)
    if record is None:
        assert not any(
            role in roles_that(feed.name, CREATE, CORRECT, CORRECT_OWN, READ)
            for feed in FEEDS
        )
        return
    differing = []
    with record:
        for feed in FEEDS:
            for patient in patients_of(feed):
                for verb, (author, verbs) in VERBS.items():
                    row = row_to_write(entries_there, feed, role, patient, author)
                    let = is_allowed(record, statement_of(feed, row), row)
                    allowed = role in roles_that(feed.name, *verbs)
                    said = allowed and holds_for(role, patient)
                    if let != said:
                        differing.append((feed.name, patient, verb, let, said))

    assert differing == []


@pytest.mark.parametrize("role", list(PersonRole), ids=str)
def test_reading_shows_exactly_the_patients_that_the_table_says(
    site: Settings, entries_there: dict[tuple[str, int, str], UUID], role: PersonRole
) -> None:
    assert entries_there
    record = enter(site, role)
    if record is None:
        return
    differing = []
    with record:
        for feed in FEEDS:
            may_read = role in roles_that(feed.name, READ)
            for way in READING:
                statement = sql.SQL(way).format(table_of(feed))
                if is_allowed(record, statement) != may_read:
                    differing.append((feed.name, way))
            if may_read and feed.has_patient:
                shown = whose_are_shown(record, feed, role)
                if shown != whose_may_be_shown(role):
                    differing.append((feed.name, shown))

    assert differing == []


def whose_are_shown(
    record: psycopg.Connection, feed: Feed, role: PersonRole
) -> set[tuple[int, bool]]:
    """Return of which patients entries are shown, own ones and those of others."""
    found = record.execute(
        sql.SQL("select distinct patient_key, changed_by_user_id = {} from {}").format(
            role.value, table_of(feed)
        )
    )
    return set(found.fetchall())


def whose_may_be_shown(role: PersonRole) -> set[tuple[int, bool]]:
    """Return the same by the rules.

    Of a patient who is not entrusted to them doctors read their own entries only: the
    site withholds labelled facts from them, and the record knows no labels.
    """
    patients = {each for each in (ENTRUSTED, STRANGER) if holds_for(role, each)}
    shown = {(patient, is_own) for patient in patients for is_own in (True, False)}
    return shown - ({(STRANGER, False)} if role is PersonRole.DOCTOR else set())


@pytest.mark.parametrize("role", list(PersonRole), ids=str)
def test_nobody_changes_removes_or_opens_anything(
    site: Settings, role: PersonRole
) -> None:
    record = enter(site, role)
    if record is None:
        return
    with record:
        let = [
            (feed.name, statement)
            for feed in FEEDS
            for statement in NEVER
            if is_allowed(record, sql.SQL(statement).format(table_of(feed)))
        ]

    assert let == []


def test_every_action_names_a_feed_or_lies_outside_of_the_record() -> None:
    names = {feed.name for feed in FEEDS} | {"acknowledgements"}

    for permission in permissions().values():
        assert (permission.feed in names) != (permission.verb == "outside")
