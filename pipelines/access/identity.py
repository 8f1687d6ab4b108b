"""Names and record numbers for display: fetched as ciphertext, opened here.

The database gives the ciphertext of visible patients only (``access.identity_of``); the
key never enters it. So neither a dump nor a login of the database tells a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg

from pipelines.access.encryption import Keyring

IDENTITY_OF = """
    select
        patient_key, record_id, content_hash, medical_record_number,
        source_patient_id, given_name, family_name
    from access.identity_of(%s::bigint[])
"""
TABLE = "identity.patients"


@dataclass(frozen=True)
class Identity:
    """Who the patient is, for a chart's header; empty where not delivered."""

    given_name: str = ""
    family_name: str = ""
    record_number: str = ""

    @property
    def full_name(self) -> str:
        """Return the name as in a list: family name first."""
        names = ", ".join(name for name in (self.family_name, self.given_name) if name)
        return names or "Name not delivered"


def identities_of(
    connection: psycopg.Connection, keyring: Keyring, patient_keys: Sequence[int]
) -> dict[int, Identity]:
    """Return who these patients are, as far as the person asking may see them."""
    if not patient_keys:
        return {}
    rows = connection.execute(IDENTITY_OF, (list(patient_keys),)).fetchall()
    return {key: _opened(keyring, *stored) for key, *stored in rows}


def _opened(
    keyring: Keyring, record_id: str, content_hash: UUID, *stored: str | None
) -> Identity:
    """Open what is stored, in the order of the columns of ``IDENTITY_OF``."""

    def opened(column: str, value: str | None) -> str:
        place = f"{TABLE}|{column}|{record_id}.{content_hash.hex}"
        return keyring.decrypt(value, place) if value else ""

    record_number, source_id, given_name, family_name = stored
    return Identity(
        given_name=opened("given_name", given_name),
        family_name=opened("family_name", family_name),
        # A source without record numbers calls the patient by its own id.
        record_number=opened("medical_record_number", record_number)
        or opened("source_patient_id", source_id),
    )
