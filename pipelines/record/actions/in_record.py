"""A connection to the record that knows who is asking and whom they may see."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from pipelines.access.key_check import keyring_of
from pipelines.access.keyring import Keyring
from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.database.databases import RECORD, WAREHOUSE
from pipelines.settings import Settings

BE_THE_PERSON = "select set_config('ehr.user_id', %s, true)"
SHOW_THE_TICKET = "select set_config('ehr.ticket', %s, true)"
ADMIT = "select access.admit(%s::bigint[])"


@contextmanager
def as_person(
    settings: Settings, person: Person, database: str = WAREHOUSE
) -> Iterator[psycopg.Connection]:
    """Yield a connection in a transaction that knows the person."""
    pool = pool_of(settings, person.role.login, database)
    with pool.connection() as connection, connection.transaction():
        connection.execute(BE_THE_PERSON, (person.user_id,))
        yield connection


@contextmanager
def admitted(
    settings: Settings, person: Person, patient_keys: Sequence[int]
) -> Iterator[psycopg.Connection]:
    """Yield a connection to the record for those of the patients that one may see.

    The warehouse decides who they are, as it does for every page; the record lets in
    by the ticket that it signed.
    """
    with as_person(settings, person) as warehouse:
        row = warehouse.execute(ADMIT, (sorted(set(patient_keys)),)).fetchone()
    with as_person(settings, person, RECORD) as record:
        record.execute(SHOW_THE_TICKET, (row[0] if row and row[0] else "",))
        yield record


def keys_of_installation(settings: Settings, person: Person) -> Keyring:
    """Return the keys, once they are known to be those of this installation's data.

    Raises:
        KeyringError: they are missing, damaged, or another installation's.
    """
    with as_person(settings, person) as warehouse:
        return keyring_of(settings, warehouse)
