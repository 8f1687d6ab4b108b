"""Which rows of a load say something that is not known yet."""

import polars as pl
import psycopg
from psycopg import sql

from pipelines.feeds.contract import Feed
from pipelines.landing.copying import copy_frame
from pipelines.landing.seen_records import SeenRecords

VERSION = ["record_id", "version_at", "content_hash"]


def table_of(feed: Feed) -> sql.Identifier:
    """Return the table that holds every version of a feed."""
    return sql.Identifier("identity" if feed.is_identity_only else "raw", feed.name)


class KnownVersions:
    """Compares the rows of one load of a source with the versions that are there."""

    def __init__(self, connection: psycopg.Connection, source_system: str) -> None:
        self._connection = connection
        self._source_system = source_system
        self._seen: dict[str, SeenRecords] = {}
        self._has_earlier: dict[str, bool] = {}
        self._repeating: set[str] = set()
        # Patients who have, had or lost a fact that another one has a version of: what
        # they were known to have, and when, changes with it.
        self.patients_of_known: set[int] = set()
        # By feed: facts with versions under several patients, one entry for each.
        self.moved: dict[str, set[tuple[str, int]]] = {}
        # Each candidate is one probe of the unique index; anything else would read the
        # whole table for every block.
        for setting in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
            connection.execute(
                sql.SQL("set local {} = off").format(sql.Identifier(setting))
            )
        connection.execute(
            "create temp table candidate (position integer, record_id text, "
            "version_at timestamptz, content_hash uuid) on commit drop"
        )

    def fresh(self, feed: Feed, versions: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that hold something not yet known."""
        may_be_there = self._may_be_there(feed, versions["record_id"])
        is_doubtful = may_be_there
        if versions["record_id"].n_unique() < versions.height:
            is_doubtful = may_be_there | versions["record_id"].is_duplicated()
        if not is_doubtful.any():
            return versions
        # All others are alone with their record id, in this block and before it.
        candidates = versions.with_row_index("position").filter(is_doubtful)
        judged = candidates.unique(VERSION, keep="first", maintain_order=True)
        # What repeats within the block alone, PostgreSQL knows nothing of.
        asked = judged.filter(may_be_there.gather(judged["position"]))
        found = self._found(feed, asked) if asked.height else {}
        known = [position for position, (is_known, _) in found.items() if is_known]
        fresh = judged.filter(~pl.col("position").is_in(known))
        if len(known) < len(found) or fresh["record_id"].is_duplicated().any():
            self._repeating.add(feed.name)
        if feed.has_patient:
            self._note_moved(feed, fresh, found)
        if fresh.height == candidates.height:
            return versions
        is_fresh = ~is_doubtful.to_numpy()
        is_fresh[fresh["position"].to_numpy()] = True
        return versions.filter(pl.Series(is_fresh))

    def conflicting_records(self, feed: Feed, delivery_id: int) -> int:
        """Return how many rows of this load share their record id with another version.

        Judged in PostgreSQL over the whole load, and only where an id came with two
        contents.
        """
        if feed.name not in self._repeating:
            return 0
        row = self._connection.execute(
            sql.SQL(
                "select coalesce(sum(versions), 0) from (select count(*) as versions "
                "from {} where delivery_id = %s group by record_id, version_at "
                "having count(*) > 1) as conflicts"
            ).format(table_of(feed)),
            (delivery_id,),
        ).fetchone()
        return int(row[0]) if row else 0

    def _may_be_there(self, feed: Feed, record_ids: pl.Series) -> pl.Series:
        """Return per row whether a version of its record may be in the table."""
        earlier = self._seen.setdefault(feed.name, SeenRecords())
        came_before = earlier.may_have_seen(record_ids)
        if self._source_has_rows(feed):
            return pl.Series([True]).new_from_index(0, len(record_ids))
        return came_before

    def _source_has_rows(self, feed: Feed) -> bool:
        """Return whether rows of this source were there before this load."""
        if feed.name not in self._has_earlier:
            found = self._connection.execute(
                sql.SQL("select 1 from {} where source_system = %s limit 1").format(
                    table_of(feed)
                ),
                (self._source_system,),
            ).fetchone()
            self._has_earlier[feed.name] = found is not None
        return self._has_earlier[feed.name]

    def _note_moved(
        self, feed: Feed, fresh: pl.DataFrame, found: dict[int, tuple[bool, list[int]]]
    ) -> None:
        """Remember the fresh rows whose records have a version of another patient."""
        has_others = pl.col("position").is_in(list(found))
        repeated = fresh.filter(has_others | pl.col("record_id").is_duplicated())
        stated = repeated.select("position", "record_id", "patient_key").iter_rows()
        owners: dict[str, set[int]] = {}
        for position, record_id, patient_key in stated:
            _, known_of = found.get(position, (False, []))
            owners.setdefault(record_id, set()).update((patient_key, *known_of))
        moved = self.moved.setdefault(feed.name, set())
        for record_id, patient_keys in owners.items():
            if len(patient_keys) > 1:
                moved.update((record_id, patient_key) for patient_key in patient_keys)

    def _found(
        self, feed: Feed, candidates: pl.DataFrame
    ) -> dict[int, tuple[bool, list[int]]]:
        """Return by position whether the content is the known one, and whose it was.

        Known is what the versions at the latest version time not after its own hold. Of
        those that are not, the patients of all their versions are remembered.
        """
        self._connection.execute("truncate candidate")
        frame = candidates.select("position", *VERSION)
        copy_frame(self._connection, sql.Identifier("candidate"), frame)
        found = self._connection.execute(
            sql.SQL("""
                select
                    candidate.position,
                    coalesce(
                        bool_or(version.content_hash = candidate.content_hash)
                            filter (where version.version_at = version.preceding_at),
                        false
                    ),
                    array_agg(distinct version.patient_key)
                from candidate
                cross join lateral (
                    select
                        content_hash,
                        version_at,
                        {patient} as patient_key,
                        max(version_at) filter (
                            where version_at <= candidate.version_at
                        ) over () as preceding_at
                    from {table}
                    where
                        source_system = %(source)s
                        and record_id = candidate.record_id
                ) as version
                group by candidate.position
            """).format(table=table_of(feed), patient=_patient_of(feed)),
            {"source": self._source_system},
        ).fetchall()
        for _, is_known, patient_keys in found:
            if not is_known:
                self.patients_of_known.update(filter(None, patient_keys))
        return {
            position: (is_known, list(filter(None, patient_keys)))
            for position, is_known, patient_keys in found
        }


def _patient_of(feed: Feed) -> sql.Composable:
    if feed.has_patient:
        return sql.Identifier("patient_key")
    return sql.SQL("cast(null as bigint)")
