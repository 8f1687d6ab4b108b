"""When the marts knew what was saved: the snapshots of the record that builds left.

Looking goes on beside the test. A version that a snapshot sees is not "being processed"
any more: charts show it from the marts.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from psycopg import sql

from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.tables import recorded_feeds, table_of
from pipelines.settings import Settings
from tests.demonstration.arrivals import is_built, snapshot_built
from tests.demonstration.beside import Beside

SAVED = sql.SQL("""
    select
        extract(epoch from entry.changed_at)::float8,
        array(
            select pg_visible_in_snapshot(entry.transaction_id, left_by.snapshot)
            from unnest(%(snapshots)s::pg_snapshot[])
                with ordinality as left_by (snapshot, place)
            order by left_by.place
        )
    from {table} as entry
    where entry.changed_by_user_id = any(%(people)s) and entry.changed_at >= %(since)s
""")


class Builds:
    """The snapshots that builds left, and when each was seen first."""

    def __init__(self, settings: Settings) -> None:
        """Look from now on."""
        self._settings = settings
        self._since = datetime.now(UTC)
        self._seen: list[tuple[float, str]] = []
        self.beside = Beside(self._look)

    def wait(self, *people: str) -> dict[str, float]:
        """Wait until the marts know all of it; return the seconds of each that is new.

        By feed, and by place among what these people saved of it.
        """
        self.beside.wait_until(
            lambda: is_built(self._settings, Role.DOCTOR), "a build goes on"
        )
        self._look()
        seen = list(self._seen)
        values = {
            "people": [*people],
            "since": self._since,
            "snapshots": [snapshot for _, snapshot in seen],
        }
        found = {}
        with connect(self._settings, Role.EXTRACTOR, RECORD, autocommit=True) as record:
            for feed in recorded_feeds():
                rows = record.execute(SAVED.format(table=table_of(feed)), values)
                for place, (at, sees) in enumerate(rows, start=1):
                    seconds = seen[sees.index(True)][0] - at
                    found[f"{feed.name} {place}"] = round(seconds, 1)
        return found

    def _look(self) -> None:
        snapshot = snapshot_built(self._settings, Role.DOCTOR)
        if not self._seen or self._seen[-1][1] != snapshot:
            self._seen.append((time.time(), snapshot))


@contextmanager
def watching(settings: Settings) -> Iterator[Builds]:
    """Yield the builds from now on; looking ends with the test."""
    builds = Builds(settings)
    with builds.beside.looking():
        yield builds
