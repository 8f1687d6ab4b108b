"""Reading entries of the record: what was saved, also before the marts know it."""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from pipelines.access import audit
from pipelines.access.audit import AuditError, Event
from pipelines.access.encryption import Keyring
from pipelines.access.people import Person
from pipelines.feeds.catalogue import DOMAIN_OF, FEEDS
from pipelines.feeds.contract import Feed
from pipelines.record.actions.announcing import UNAUDITED
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import (
    admitted,
    as_person,
    keys_of_installation,
)
from pipelines.record.actions.permissions import tell_refused
from pipelines.record.permissions import READ, actions_on
from pipelines.record.tables import content_columns, place_of, table_of
from pipelines.settings import Settings

BUILT = "select access.built_record_snapshot()"
# A snapshot that sees nothing, as long as the marts know nothing of the record.
BEGINNING = "1:1:"
NOT_READ = "the record cannot be read just now; try again"
NEWEST = """
    select
        entry.*,
        not pg_visible_in_snapshot(
            entry.transaction_id, %(built)s::pg_snapshot
        ) as is_pending
    from {table} as entry
    where {whose}
        and ({which})
        and not access.is_superseded({name}::regclass, entry.version_id)
    order by entry.changed_at, entry.version_id
"""
# Those of the ticket: the patients asked for, with every id that is one with theirs.
OF_PATIENTS = "entry.patient_key = any((select access.admitted_patients())::bigint[])"
OF_EVERYBODY = "true"
ONLY_PENDING = (
    "not pg_visible_in_snapshot(entry.transaction_id, %(built)s::pg_snapshot)"
)
ADMITTED = "select access.admitted_patients()"
ONE_ENTRY = "entry.record_id = %(record_id)s"


def entries(
    settings: Settings,
    person: Person,
    feed: str,
    patient_keys: Sequence[int],
    *,
    only_pending: bool = False,
) -> list[Entry]:
    """Return the newest version of each entry about these patients, by time.

    Entries made in error are among them, and say so. The read is audited before this
    returns.

    Raises:
        ActionError: the person's role may not read it, or it cannot be read now.
    """
    which = ONLY_PENDING if only_pending else OF_EVERYBODY
    return _read(settings, person, feed, patient_keys, which, {})


def entry_of(
    settings: Settings, person: Person, feed: str, patient_key: int, record_id: str
) -> Entry | None:
    """Return one entry in its newest version; None if there is none that one may see.

    Raises:
        ActionError: the person's role may not read it, or it cannot be read now.
    """
    found = _read(
        settings, person, feed, [patient_key], ONE_ENTRY, {"record_id": record_id}
    )
    return found[0] if found else None


def pending(
    settings: Settings,
    person: Person,
    feeds: Iterable[str],
    patient_keys: Sequence[int],
) -> list[Entry]:
    """Return what was saved about these patients and is not in the marts yet."""
    return [
        entry
        for feed in feeds
        for entry in entries(settings, person, feed, patient_keys, only_pending=True)
    ]


def marts_state(settings: Settings, person: Person) -> str:
    """Return how far the marts know the record; another state is another build.

    Raises:
        ActionError: it cannot be read now.
    """
    try:
        return _built(settings, person)
    except psycopg.Error:
        raise ActionError(NOT_READ) from None


def _read(
    settings: Settings,
    person: Person,
    feed: str,
    patient_keys: Sequence[int],
    which: str,
    values: dict[str, Any],
) -> list[Entry]:
    contract = FEEDS[feed]
    # What is being processed stands beside a page that tells of its refusal itself.
    is_told_here = which != ONLY_PENDING
    if not _may_read(person, feed):
        if is_told_here:
            tell_refused(settings, person, "read", f"record {feed}", patient_keys)
        msg = f"your role, {person.role.title.lower()}, may not read {feed}"
        raise ActionError(msg)
    try:
        keyring = keys_of_installation(settings, person)
        built = _built(settings, person)
        with admitted(settings, person, patient_keys) as record:
            rows = _rows(
                record,
                contract,
                which,
                {"built": built, **values},
            )
            refused = _not_admitted(record, contract, patient_keys, rows)
    except psycopg.Error:
        raise ActionError(NOT_READ) from None
    if refused and is_told_here:
        tell_refused(settings, person, "read", f"record {feed}", refused)
    if rows:
        _audit(settings, person, feed, rows)
    return [_entry(contract, row, keyring) for row in rows]


def _may_read(person: Person, feed: str) -> bool:
    return any(each.allows(person.role) for each in actions_on(feed, READ))


def _built(settings: Settings, person: Person) -> str:
    with as_person(settings, person) as warehouse:
        row = warehouse.execute(BUILT).fetchone()
    return row[0] if row and row[0] else BEGINNING


def _not_admitted(
    record: psycopg.Connection,
    feed: Feed,
    patient_keys: Sequence[int],
    rows: list[dict[str, Any]],
) -> list[int]:
    """Return whom the person may not see, of those asked for."""
    asked = set(patient_keys) if feed.has_patient else set()
    if asked <= {row["patient_key"] for row in rows if "patient_key" in row}:
        return []
    found = record.execute(ADMITTED).fetchone()
    return sorted(asked - set(found[0] or [] if found else []))


def _rows(
    record: psycopg.Connection, feed: Feed, which: str, values: dict[str, Any]
) -> list[dict[str, Any]]:
    statement = sql.SQL(NEWEST).format(
        table=table_of(feed),
        name=sql.Literal(f"{DOMAIN_OF[feed.name]}.{feed.name}"),
        whose=sql.SQL(OF_PATIENTS if feed.has_patient else OF_EVERYBODY),
        which=sql.SQL(which),
    )
    with record.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()


def _entry(feed: Feed, row: dict[str, Any], keyring: Keyring) -> Entry:
    sealed = {column.name for column in feed.direct_columns}
    values = {
        name: keyring.decrypt(row[name], place_of(feed, name, row["version_id"]))
        if name in sealed and row[name] is not None
        else row[name]
        for name, _ in content_columns(feed)
        if name != "patient_key"
    }
    return Entry(
        feed=feed.name,
        record_id=row["record_id"],
        version_id=row["version_id"],
        patient_key=row.get("patient_key"),
        values=values,
        is_entered_in_error=row["is_entered_in_error"],
        changed_by_user_id=row["changed_by_user_id"],
        changed_by_name=row["changed_by_name"],
        changed_by_role_code=row["changed_by_role_code"],
        change_reason_text=row["change_reason_text"],
        changed_at=row["changed_at"],
        is_pending=row["is_pending"],
    )


def _audit(
    settings: Settings, person: Person, feed: str, rows: list[dict[str, Any]]
) -> None:
    event = Event(
        user_id=person.user_id,
        role=person.role,
        action="read",
        subject=f"record {feed}",
        patient_keys=sorted(
            {row["patient_key"] for row in rows if row.get("patient_key") is not None}
        ),
        row_count=len(rows),
    )
    try:
        audit.append(settings, event)
    except AuditError:
        raise ActionError(UNAUDITED) from None
