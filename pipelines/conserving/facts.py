"""From stored versions to facts of marts, fact by fact: each is there once, or why not.

What landed since the last whole build is not in
its mart yet, and is told as waiting, not as missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from expectations.marts.kept import MART_OF
from pipelines.conserving.fact_statements import (
    SHOWN_FACTS,
    VERSIONS,
    WAITING,
    WAITING_PATIENTS,
)
from pipelines.conserving.steps import CURRENT, SHOWN, Counted
from pipelines.feeds.catalogue import FEEDS

# Several rows of this feed are one study.
STUDIES = "coalesce(source_system || ':' || study_id, imaging_study_key)"
# Of results staging has every version.
ONLY_CURRENT = {"lab_results": "where is_current and not is_closed"}


@dataclass(frozen=True)
class Way:
    """Where the facts of a feed go: a mart, and their key in staging and in it."""

    feed: str
    mart: str | None
    fact_key: str
    mart_key: str


def ways() -> Iterator[Way]:
    """Yield every feed that has a table of versions of its own."""
    for name, feed in FEEDS.items():
        if feed.is_identity_only:
            continue
        if name == "imaging_studies":
            yield Way(name, "fct_imaging_studies", STUDIES, "study_key")
        elif name in MART_OF:
            mart, key = MART_OF[name]
            yield Way(name, mart, key, key)
        else:
            yield Way(name, None, "source_system || ':' || record_id", "")


def look_at_facts(builder: psycopg.Connection) -> Iterator[Counted]:
    """Yield what came out of both steps, for every feed and source."""
    for way in ways():
        for source, before, missing, extra, *counts in builder.execute(
            _versions(way)
        ).fetchall():
            names = ("current", "superseded", "ended", "merged")
            parts = _parts(names, counts)
            yield Counted(CURRENT, source, way.feed, before, missing, extra, parts)
            if way.mart is None:
                facts = parts.get("current", 0)
                yield Counted(
                    SHOWN, source, way.feed, facts,
                    parts={"used_otherwise": facts}, is_judged=False,
                )  # fmt: skip
        if way.mart is not None:
            yield from _shown(builder, way)


def _shown(builder: psycopg.Connection, way: Way) -> Iterator[Counted]:
    names = ("in_mart", "same_study", "waiting_for_build")
    for source, before, missing, extra, *counts in builder.execute(
        _shown_facts(builder, way)
    ).fetchall():
        parts = _parts(names, counts)
        yield Counted(SHOWN, source, way.feed, before, missing, extra, parts)


def _parts(names: tuple[str, ...], counts: list[int]) -> dict[str, int]:
    """Return the parts that there are; the first one always."""
    pairs = zip(names, counts, strict=True)
    return {name: count for name, count in pairs if count or name == names[0]}


def _versions(way: Way) -> sql.Composed:
    # Of one person the demographics of the surviving key are shown, and no others.
    is_merged = "false"
    if way.feed == "patients":
        is_merged = "patient_key in (select patient_key from raw.merged_patients)"
    return sql.SQL(VERSIONS).format(
        feed=sql.Identifier(way.feed),
        staging=sql.Identifier(f"stg_{way.feed}"),
        is_merged=sql.SQL(is_merged),
        only_current=sql.SQL(ONLY_CURRENT.get(way.feed, "")),
    )


def _shown_facts(builder: psycopg.Connection, way: Way) -> sql.Composed:
    is_waiting = "fact.patient_key in (select patient_key from waiting)"
    if not FEEDS[way.feed].has_patient:
        statement = sql.SQL(WAITING).format(feed=sql.Literal(way.feed))
        is_waiting = str(builder.execute(statement).fetchone() == (True,)).lower()
    return sql.SQL(SHOWN_FACTS).format(
        waiting_patients=sql.SQL(WAITING_PATIENTS),
        fact_key=sql.SQL(way.fact_key),
        mart_key=sql.Identifier(way.mart_key),
        of_fact=sql.SQL(is_waiting),
        staging=sql.Identifier(f"stg_{way.feed}"),
        mart=sql.Identifier(way.mart or ""),
        only_current=sql.SQL(ONLY_CURRENT.get(way.feed, "")),
    )
