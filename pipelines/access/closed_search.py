"""Whether a restricted patient is meant: only for who names the patient exactly.

A record number, or the whole name with the birth date. A beginning of a name, or how it
sounds, finds nobody here: restricted records are not for browsing.
"""

from dataclasses import dataclass

from pipelines.access.acting import Act, asking, told
from pipelines.access.encryption import Keyring, normalised
from pipelines.access.identity import TABLE
from pipelines.access.key_check import keyring_of
from pipelines.access.people import Person
from pipelines.access.search import sought_terms
from pipelines.settings import Settings

FIND_CLOSED = """
    select
        patient_key, is_by_number, record_id, content_hash, given_name, family_name
    from access.find_closed_patients(%s::text[], %s::uuid[], %s::integer[])
"""


@dataclass(frozen=True)
class ClosedPatient:
    """A restricted patient who was named; only that there is a record is told."""

    patient_key: int


def find_closed(settings: Settings, person: Person, text: str) -> list[ClosedPatient]:
    """Return the restricted patients whom a text names exactly; audited if any."""
    with asking(settings, person) as connection:
        keyring = keyring_of(settings, connection)
        terms = sought_terms(keyring, text)
        values = (terms.kinds, terms.tokens, terms.words)
        found = connection.execute(FIND_CLOSED, values, prepare=True).fetchall()
    keys = sorted({row[0] for row in found if _is_named(keyring, text, row)})
    if keys:
        act = Act("search", "restricted patients", FIND_CLOSED, (), keys)
        told(settings, person, act, "ok")
    return [ClosedPatient(key) for key in keys]


def _is_named(keyring: Keyring, text: str, row: tuple) -> bool:
    """Return whether the text is the number, or has the whole of both names."""
    _, is_by_number, record_id, content_hash, *names = row
    if is_by_number:
        return True
    place = f"{record_id}.{content_hash.hex}"
    given, family = (
        _words(keyring.decrypt(name, f"{TABLE}|{column}|{place}")) if name else set()
        for column, name in zip(("given_name", "family_name"), names, strict=True)
    )
    typed = _words(text)
    is_whole = bool(typed & given) and bool(family) and family <= typed
    return is_whole and typed <= given | family


def _words(text: str) -> set[str]:
    """Return the normalised words of a name; numbers and dates are none."""
    words = {normalised(word) for word in text.replace(",", " ").split()}
    return {word for word in words if word.isalpha()}
