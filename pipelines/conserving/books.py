"""From records to stored versions: do the books of loads and quarantine add up?

Counted by file, or by what the same bytes of a source gave, so that two files with
opposite mistakes do not make up for each other.
"""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
from psycopg import sql

from pipelines.conserving.book_statements import (
    COMPARED,
    JUDGED_RECORDS,
    MAPPED_RECORDS,
    REASONS,
)
from pipelines.conserving.row_statements import (
    DECIDED_ROWS,
    LANDED_ROWS,
    STORED_VERSIONS,
    WITH_SEALED,
)
from pipelines.conserving.steps import (
    DECIDED,
    JUDGED,
    LANDED,
    MAPPED,
    STORED,
    Counted,
    Step,
)
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.landing.known_versions import table_of

LEFT_OUT = "left out: "  # and the reason, as the adapter names it


def look_into_books(loader: psycopg.Connection) -> Iterator[Counted]:
    """Yield what came out of every step of the books, source by source."""
    yield from _judged(loader)
    yield from _asked(loader, MAPPED, MAPPED_RECORDS, ("made_rows",))
    names = ("landed", "unchanged", "refused")
    yield from _asked(loader, LANDED, LANDED_ROWS, names, is_of_files=False)
    names = ("waiting", "released", "discarded")
    yield from _asked(loader, DECIDED, DECIDED_ROWS, names)
    for name, feed in FEEDS.items():
        statement = sql.SQL(STORED_VERSIONS).format(
            feed=sql.Literal(name), versions=_versions(feed)
        )
        yield from _asked(loader, STORED, statement, ("stored",))


def _versions(feed: Feed) -> sql.Composable:
    """Return what has one row for every version of a feed that is whole."""
    if feed.direct_columns and not feed.is_identity_only:
        return sql.SQL(WITH_SEALED).format(feed=sql.Identifier(feed.name))
    return table_of(feed)


def _judged(loader: psycopg.Connection) -> Iterator[Counted]:
    reasons: dict[str, dict[str, int]] = {}
    for source, reason, records in loader.execute(REASONS):
        reasons.setdefault(source, {})[LEFT_OUT + reason] = records
    names = ("mapped", "refused_whole")
    for found in _asked(loader, JUDGED, JUDGED_RECORDS, names, is_of_files=True):
        yield replace(found, parts=found.parts | reasons.get(found.source_system, {}))


def _asked(
    loader: psycopg.Connection,
    step: Step,
    statement: str | sql.Composed,
    names: tuple[str, ...],
    **values: bool,
) -> Iterator[Counted]:
    """Yield what a statement tells of each source and feed, its parts by name."""
    if isinstance(statement, str):
        statement = sql.SQL(statement).format(compared=sql.SQL(COMPARED))
    for source, feed, before, missing, extra, *counts in loader.execute(
        statement, values or None
    ).fetchall():
        parts = dict(zip(names, counts, strict=True))
        yield Counted(step, source, feed, before, missing, extra, parts)
