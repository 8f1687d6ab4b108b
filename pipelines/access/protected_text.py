"""Texts about a patient that may name anybody: fetched as ciphertext, opened here.

Notes, reports, questions, wishes, and what names a contact or an insured land encrypted
in ``identity.<feed>``. The database gives the ciphertext of what the person asking may
read (``access.protected_texts``); the key never enters it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg

from pipelines.access.encryption import Keyring

PROTECTED_TEXTS = """
    select patient_key, fact_key, record_id, content_hash, column_name, stored
    from access.protected_texts(%s, %s::bigint[])
"""
FORMER_TEXTS = """
    select
        fact_key,
        record_id,
        content_hash,
        cast(extract(epoch from version_at) * 1000000 as bigint),
        column_name,
        stored
    from access.former_texts(%s, %s::bigint[])
"""


@dataclass(frozen=True)
class Texts:
    """Texts of one feed: of each fact by its key, by column; and whose they are."""

    by_fact: Mapping[str, Mapping[str, str]]
    patient_keys: frozenset[int]

    def of(self, fact_key: str, column: str) -> str:
        """Return one text; empty where there is none, or none that may be read."""
        return self.by_fact.get(fact_key, {}).get(column, "")


@dataclass(frozen=True)
class FormerText:
    """What a version before the current one said: of which fact, version and column.

    ``version_instant`` is its version time in microseconds since 1970.
    """

    fact_key: str
    version_instant: int
    column: str
    text: str


def texts_of(
    connection: psycopg.Connection,
    keyring: Keyring,
    feed: str,
    patient_keys: Sequence[int],
) -> Texts:
    """Return the texts of a feed's facts, as far as the person asking may read them.

    Raises:
        psycopg.errors.InsufficientPrivilege: the role reads no text of this feed.
        KeyringError: a text was changed or moved, or its key is missing.
    """
    rows = connection.execute(PROTECTED_TEXTS, (feed, list(patient_keys))).fetchall()
    texts: dict[str, dict[str, str]] = {}
    for _, fact_key, record_id, content_hash, column, stored in rows:
        place = _place(feed, column, record_id, content_hash)
        texts.setdefault(fact_key, {})[column] = keyring.decrypt(stored, place)
    return Texts(texts, frozenset(key for key, *_ in rows))


def former_texts(
    connection: psycopg.Connection,
    keyring: Keyring,
    feed: str,
    patient_keys: Sequence[int],
) -> list[FormerText]:
    """Return what former versions of a feed's facts said, of facts that may be read.

    Raises:
        psycopg.errors.InsufficientPrivilege: the role reads no former text.
        KeyringError: a text was changed or moved, or its key is missing.
    """
    rows = connection.execute(FORMER_TEXTS, (feed, list(patient_keys))).fetchall()
    return [
        FormerText(
            fact_key,
            instant,
            column,
            keyring.decrypt(stored, _place(feed, column, record_id, content_hash)),
        )
        for fact_key, record_id, content_hash, instant, column, stored in rows
    ]


def _place(feed: str, column: str, record_id: str, content_hash: UUID) -> str:
    """Return where the loader sealed a value to."""
    return f"identity.{feed}|{column}|{record_id}.{content_hash.hex}"
