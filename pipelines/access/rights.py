"""What tells that somebody's rights have changed since a page was read."""

import psycopg

from pipelines.access.acting import asking
from pipelines.access.people import Person
from pipelines.settings import Settings

# Sorted, so that the same rights are the same text.
MARK = """
    select md5(
        concat_ws(
            '|',
            access.is_known_person(),
            access.withheld_labels(),
            (
                select string_agg(
                    kind || key, ',' order by kind collate "C", key
                )
                from (
                    select 'c' as kind, unnest(access.closed_patients()) as key
                    union all
                    select 'e', unnest(access.entrusted_patients())
                    union all
                    select 'v', unnest(access.visible_patients())
                ) as rights
            )
        )
    )
"""


def rights_mark(settings: Settings, person: Person) -> str | None:
    """Return a mark of whom and what a person may see now; None if it is not known."""
    try:
        with asking(settings, person) as connection:
            row = connection.execute(MARK, prepare=True).fetchone()
    except psycopg.Error:
        return None
    return row[0] if row else None
