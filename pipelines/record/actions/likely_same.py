"""Who is registered already and may be the person at the desk.

Looked for by the family name, as written or as it sounds, with the birth date, also
with day and month the other way round; and by the whole name with any birth date. Only
those who are in the marts are found: whoever was registered within the last minute is
not among them yet.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pipelines.access.people import Person
from pipelines.access.reading import Reader
from pipelines.settings import Settings

FOUND = "select unnest(%(patient_keys)s::bigint[]) as patient_key"
SAME_DAY = "the same birth date, and a family name that is written or sounds alike"
TURNED_DAY = "day and month of birth the other way round, and such a family name"
SAME_NAME = "the same name"
LAST_MONTH = 12


def likely_same(
    settings: Settings, person: Person, values: Mapping[str, Any]
) -> dict[int, str]:
    """Return the keys of those who may be the same person, each with why."""
    family, given = values["family_name"], values["given_name"]
    born: date = values["birth_date"]
    reader = Reader(settings, person)
    found = dict.fromkeys(_found(reader, family, given, is_exact=True), SAME_NAME)
    names = [family]
    if maiden := values.get("maiden_name"):
        names.append(maiden)
    for name in names:
        if born.day <= LAST_MONTH and born.day != born.month:
            turned = born.replace(month=born.day, day=born.month).isoformat()
            found |= dict.fromkeys(_found(reader, name, turned), TURNED_DAY)
        same = _found(reader, name, born.isoformat())
        found |= dict.fromkeys(same, SAME_DAY)
    return found


def _found(reader: Reader, *words: str, is_exact: bool = False) -> Iterable[int]:
    reading = reader.search_patients(" ".join(words), FOUND)
    frame = reading.frames["found"]
    rows = frame[~frame["is_by_sound"].astype(bool)] if is_exact else frame
    return [int(key) for key in rows["patient_key"]]
