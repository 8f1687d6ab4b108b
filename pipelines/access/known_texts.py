"""Which texts are words of a feed: they stand in its accepted rows of many patients.

Where fields have slipped by one, a name stands in a column of codes. No pattern tells a
name from a test; that many patients share a text does.
"""

from collections.abc import Iterable, Mapping

from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.settings import Settings

# The database answers for a text of at least 11 patients, and says nothing else.
KNOWN_TEXTS = """
    select column_name, delivered_text
    from quality.known_texts(%(feed)s, %(columns)s::text[], %(texts)s::text[])
"""
BE_THE_PERSON = "select set_config('ehr.user_id', %s, true)"

Texts = frozenset[tuple[str, str]]


def known_texts(
    settings: Settings, person: Person, asked: Mapping[str, Iterable[tuple[str, str]]]
) -> dict[str, Texts]:
    """Return, by feed, which of the asked columns and texts belong to many patients.

    No row is read out, so this is no read of a patient.
    """
    pool = pool_of(settings, person.role.login)
    known = {}
    with pool.connection() as connection, connection.transaction():
        connection.execute(BE_THE_PERSON, (person.user_id,))
        for feed, pairs in asked.items():
            ordered = sorted(pairs)
            values = {
                "feed": feed,
                "columns": [column for column, _ in ordered],
                "texts": [text for _, text in ordered],
            }
            found = connection.execute(KNOWN_TEXTS, values).fetchall()
            known[feed] = frozenset(found)
    return known
