"""Whose tube it is: name, birth date and number, and nothing more of a patient."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboards import session
from dashboards.chart.words import date_text
from pipelines.access.identity import Identity
from pipelines.access.reading import Query, Reading

BIRTH_DATES = """
    select patient_key, birth_date
    from access.birth_dates(%(patient_keys)s::bigint[])
"""


def search(text: str) -> Reading:
    """Return the patients that a name, number or birth date finds."""
    return session.reader().search_patients(text, BIRTH_DATES)


def people(keys: Sequence[int]) -> Reading:
    """Return who some patients are."""
    query = Query(BIRTH_DATES, {"patient_keys": list(keys)})
    return session.reader().read("laboratory", {"found": query}, keys)


def words_of(reading: Reading) -> dict[int, str]:
    """Return what tells each patient from the others, by key."""
    found: pd.DataFrame = reading.frames["found"]
    born: dict[int, Any] = {
        int(row.patient_key): row.birth_date for row in found.itertuples()
    }
    keys = born.keys() | reading.identities.keys()
    return {
        key: _words(reading.identities.get(key, Identity()), born.get(key))
        for key in keys
    }


def _words(identity: Identity, born: Any) -> str:
    parts = [
        identity.full_name,
        "birth date not delivered" if pd.isna(born) else f"born {date_text(born)}",
        f"record number {identity.record_number}" if identity.record_number else "",
    ]
    return ", ".join(part for part in parts if part)
