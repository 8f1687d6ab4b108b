"""From stored versions to facts of marts, fact by fact: each is there once, or why not.

Which version holds is worked out here in another way than dbt does: over all versions
of a fact at once, wherever it moved. What landed since the last whole build is not in
its mart yet, and is told as waiting, not as missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from expectations.marts.kept import MART_OF
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


# Patients and feeds with news that no whole build has met, or that it is building.
WAITING = """
    select
        exists (
            select 1 from raw.touched_feeds as touched where touched.feed = {feed}
        ) or not coalesce((
            select build.status = 'succeeded' from raw.build as build
            order by build.build_id desc limit 1
        ), false)
"""
WAITING_PATIENTS = """
    waiting as (
        select touched.patient_key from raw.touched_patients as touched
        union
        select merged.surviving_patient_key
        from raw.touched_patients as touched
        inner join raw.merged_patients as merged
            on touched.patient_key = merged.patient_key
        union
        select building.patient_key
        from raw.building_patients as building
        where not coalesce((
            select build.status = 'succeeded' from raw.build as build
            order by build.build_id desc limit 1
        ), false)
    )
"""
VERSIONS = """
    with

    versions as (
        select
            source_system,
            record_id,
            is_closed,
            {is_merged} as is_merged,
            row_number() over (
                partition by source_system, record_id
                order by
                    version_at desc,
                    adapter_revision desc,
                    is_closed asc,
                    content_hash desc
            ) as place
        from raw.{feed} as version
    ),

    expected as (
        select source_system, record_id
        from versions
        where place = 1 and not is_closed and not is_merged
    ),

    staged as (
        select source_system, record_id, count(*) as times
        from staging.{staging}
        {only_current}
        group by source_system, record_id
    ),

    compared as (
        select
            coalesce(expected.source_system, staged.source_system) as source_system,
            count(*) filter (where staged.record_id is null) as missing,
            count(*) filter (
                where expected.record_id is not null and staged.record_id is not null
            ) as found,
            coalesce(sum(
                staged.times - case when expected.record_id is null then 0 else 1 end
            ) filter (where staged.record_id is not null), 0) as extra
        from expected
        full join staged
            on expected.source_system = staged.source_system
            and expected.record_id = staged.record_id
        group by 1
    ),

    counted as (
        select
            source_system,
            count(*) as versions,
            count(*) filter (where place > 1) as superseded,
            count(*) filter (where place = 1 and is_closed) as ended,
            count(*) filter (
                where place = 1 and not is_closed and is_merged
            ) as merged
        from versions
        group by source_system
    )

    select
        coalesce(counted.source_system, compared.source_system),
        coalesce(counted.versions, 0),
        coalesce(compared.missing, 0),
        cast(coalesce(compared.extra, 0) as bigint),
        cast(coalesce(compared.found + compared.extra, 0) as bigint),
        coalesce(counted.superseded, 0),
        coalesce(counted.ended, 0),
        coalesce(counted.merged, 0)
    from counted
    full join compared
        on counted.source_system = compared.source_system
    order by 1
"""
SHOWN_FACTS = """
    with

    {waiting_patients},

    facts as (
        select
            source_system,
            {fact_key} as fact_key,
            {of_fact} as is_waiting
        from staging.{staging} as fact
        {only_current}
    ),

    stated as (
        select
            min(source_system) as source_system,
            fact_key,
            count(*) as facts,
            bool_or(is_waiting) as is_waiting
        from facts
        group by fact_key
    ),

    shown as (
        select
            min(source_system) as source_system,
            {mart_key} as fact_key,
            count(*) as rows_count,
            bool_or({of_fact}) as is_waiting
        from marts.{mart} as fact
        group by {mart_key}
    ),

    compared as (
        select
            coalesce(stated.source_system, shown.source_system) as source_system,
            coalesce(stated.facts, 0) as facts,
            coalesce(shown.rows_count, 0) as rows_count,
            coalesce(stated.is_waiting, false)
            or coalesce(shown.is_waiting, false) as is_waiting
        from stated
        full join shown
            on stated.fact_key = shown.fact_key
    )

    select
        source_system,
        cast(sum(facts) as bigint),
        cast(coalesce(sum(facts) filter (
            where rows_count = 0 and not is_waiting
        ), 0) as bigint),
        cast(coalesce(sum(rows_count - least(facts, 1)) filter (
            where rows_count > 0 and not is_waiting
        ), 0) as bigint),
        cast(sum(case
            when is_waiting then least(facts, rows_count, 1) else rows_count
        end) as bigint),
        cast(coalesce(sum(facts - 1) filter (
            where facts > 1 and rows_count > 0
        ), 0) as bigint),
        cast(coalesce(sum(facts) filter (
            where is_waiting and rows_count = 0
        ), 0) as bigint)
    from compared
    group by source_system
    order by source_system collate "C"
"""


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
