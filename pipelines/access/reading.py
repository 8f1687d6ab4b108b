"""Reading for a signed-in person: through their login, audited before it is shown.

One page is one read: all its queries run in one repeatable-read transaction, so that
what stands side by side belongs together. The audit event is committed on its own
connection before a row is handed out; if that fails, nothing is.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
import psycopg
from psycopg import adapters

from pipelines.access import audit
from pipelines.access.encryption import load_keyring
from pipelines.access.identity import Identity, identities_of
from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.access.search import FIND_PATIENTS, MOST_FOUND, sought_terms
from pipelines.settings import Settings

PATIENT_COLUMN = "patient_key"
NUMBERS = {adapters.types[name].oid for name in ("numeric", "int8", "int4", "float8")}
BOOLEAN = adapters.types["bool"].oid
TIMESTAMP = adapters.types["timestamptz"].oid


@dataclass(frozen=True)
class Query:
    """One statement with its parameters; never text put together from input."""

    statement: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """What one read brought: a frame per query, and who the patients are."""

    frames: Mapping[str, pd.DataFrame]
    identities: Mapping[int, Identity]


class Reader:
    """Reads for one person."""

    def __init__(self, settings: Settings, person: Person) -> None:
        """Read as ``person``, through the login of their role."""
        self._settings = settings
        self._person = person

    def read(
        self,
        page: str,
        queries: Mapping[str, Query],
        patient_keys: Sequence[int] = (),
    ) -> Reading:
        """Run a page's queries and audit them.

        ``patient_keys`` are the patients asked for; asking for one who may not be seen
        is audited as denied and brings empty frames.

        Raises:
            AuditError: the trail cannot be written; nothing is shown.
        """
        with self._transaction() as connection:
            frames = {
                name: _frame(connection, query) for name, query in queries.items()
            }
            seen = _patients_in(frames)
            keyring = load_keyring(self._settings.keys_folder)
            identities = identities_of(connection, keyring, sorted(seen))
        row_count = sum(len(frame) for frame in frames.values())
        is_denied = bool(patient_keys) and not seen
        self._audit("read", page, seen | set(patient_keys), row_count, is_denied)
        return Reading(frames, identities)

    def search_patients(self, text: str, details: str) -> Reading:
        """Return visible patients by name, number or birth date, as frame ``found``.

        ``details`` is a statement over the parameter ``patient_keys``; its rows come in
        the order of the match: exact beginnings first, then names that sound alike.
        """
        keyring = load_keyring(self._settings.keys_folder)
        terms = sought_terms(keyring, text)
        with self._transaction() as connection:
            values = (terms.kinds, terms.tokens, terms.words, MOST_FOUND)
            matches = connection.execute(FIND_PATIENTS, values).fetchall()
            keys = [key for key, _ in matches]
            found = _frame(connection, Query(details, {"patient_keys": keys}))
            identities = identities_of(connection, keyring, keys)
        order = {key: position for position, key in enumerate(keys)}
        found = found.sort_values(
            PATIENT_COLUMN, key=lambda column: column.map(order), kind="stable"
        )
        found["is_by_sound"] = found[PATIENT_COLUMN].map(dict(matches))
        self._audit("search", "patients", set(keys), len(found), is_denied=False)
        return Reading({"found": found}, identities)

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection]:
        """Yield a connection in a read-only transaction that knows the person."""
        pool = pool_of(self._settings, self._person.role.login)
        with pool.connection() as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            with connection.transaction():
                connection.execute(
                    "select set_config('ehr.user_id', %s, true)",
                    (self._person.user_id,),
                )
                yield connection

    def _audit(
        self,
        action: str,
        page: str,
        patient_keys: set[int],
        row_count: int,
        is_denied: bool,  # noqa: FBT001 - private, named at each call
    ) -> None:
        event = audit.Event(
            user_id=self._person.user_id,
            role=self._person.role,
            action=action,
            subject=page,
            patient_keys=sorted(patient_keys),
            row_count=row_count,
            result="denied" if is_denied else "ok",
        )
        audit.append(self._settings, event)


def _frame(connection: psycopg.Connection, query: Query) -> pd.DataFrame:
    """Return a query's rows; times are those of the hospital's clock."""
    # Prepared statements cannot hold a second statement.
    cursor = connection.execute(query.statement, query.parameters, prepare=True)
    names = [column.name for column in cursor.description]
    frame = pd.DataFrame(cursor.fetchall(), columns=names, dtype=object)
    # A column that is empty for this patient still has its type.
    for column in cursor.description:
        if column.type_code in NUMBERS:
            frame[column.name] = pd.to_numeric(frame[column.name])
        elif column.type_code == TIMESTAMP:
            instants = pd.to_datetime(frame[column.name], utc=True)
            local = instants.dt.tz_convert(connection.info.timezone)
            frame[column.name] = local.dt.tz_localize(None)
        elif column.type_code == BOOLEAN:
            frame[column.name] = frame[column.name].astype("boolean")
    return frame


def _patients_in(frames: Mapping[str, pd.DataFrame]) -> set[int]:
    return {
        int(key)
        for frame in frames.values()
        if PATIENT_COLUMN in frame
        for key in frame[PATIENT_COLUMN].dropna().unique()
    }
