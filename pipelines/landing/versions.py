"""Writes accepted rows as versions: what is already known adds nothing.

A row is unchanged if the versions that precede it (those at the latest version time not
after its own) already hold its content. Otherwise it is a new version. Nothing is ever
updated or deleted.
"""

import io
from datetime import datetime

import numpy as np
import polars as pl
import psycopg
from psycopg import sql

from pipelines.access.encryption import Keyring, search_terms
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.landing.raw_tables import identity_columns, raw_columns
from pipelines.sources.adapter import LINE

# One byte per slot: 64 MiB whatever the file's size; at 10 million rows 2 of 100 rows
# are looked up in vain.
FILTER_SLOTS = 1 << 26
INSTANT = "%Y-%m-%d %H:%M:%S%.fZ"


class SeenRecords:
    """Tells which record ids of this load were surely not seen before (a Bloom filter)."""

    def __init__(self) -> None:
        self._slots = np.zeros(FILTER_SLOTS, dtype=np.bool_)

    def may_have_seen(self, record_ids: pl.Series) -> pl.Series:
        """Return per row whether its id may have come before, and remember it."""
        hashed = record_ids.hash().to_numpy()
        first = hashed & (FILTER_SLOTS - 1)
        second = (hashed >> 32) & (FILTER_SLOTS - 1)
        seen = self._slots[first] & self._slots[second]
        self._slots[first] = True
        self._slots[second] = True
        return pl.Series(seen) | record_ids.is_duplicated()


class Origin:
    """Where the rows of one file come from."""

    def __init__(
        self,
        source_system: str,
        adapter_revision: int,
        delivery_id: int,
        file_id: int,
        received_at: datetime,
    ) -> None:
        self.source_system = source_system
        self.received_at = received_at
        self.columns = {
            "source_system": source_system,
            "adapter_revision": adapter_revision,
            "delivery_id": delivery_id,
            "file_id": file_id,
            "known_from": received_at,
        }


class VersionWriter:
    """Writes the versions of one load, inside its transaction."""

    def __init__(self, connection: psycopg.Connection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring
        self._seen: dict[str, SeenRecords] = {}
        self._has_earlier: dict[str, bool] = {}
        self._repeating: set[str] = set()
        self.touched: set[int] = set()
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

    def write(self, feed: Feed, rows: pl.DataFrame, origin: Origin) -> int:
        """Land the rows that are new; return how many."""
        versions = rows.with_columns(
            pl.coalesce(
                pl.col("source_updated_at"), pl.lit(origin.received_at)
            ).alias("version_at")
        )
        fresh = self._fresh(feed, versions, origin.source_system)
        if not fresh.height:
            return 0
        if not feed.is_identity_only:
            self._copy("raw", feed, raw_columns(feed), fresh, origin)
        if feed.direct_columns:
            sealed = self._encrypted(feed, fresh)
            self._copy("identity", feed, identity_columns(feed), sealed, origin)
        if feed.name == "patients":
            self._write_search_tokens(fresh)
        if feed.has_patient:
            self.touched.update(fresh["patient_key"].unique().to_list())
        return fresh.height

    def conflicting_records(self, feed_name: str, delivery_id: int) -> int:
        """Return how many rows of this load share their record id with another version.

        Judged in PostgreSQL over the whole load; needs no look where no id came twice.
        """
        if feed_name not in self._repeating:
            return 0
        row = self._connection.execute(
            sql.SQL(
                "select coalesce(sum(versions), 0) from (select count(*) as versions "
                "from {} where delivery_id = %s group by record_id, version_at "
                "having count(*) > 1) as conflicts"
            ).format(_table(FEEDS[feed_name])),
            (delivery_id,),
        ).fetchone()
        return int(row[0]) if row else 0

    def _fresh(
        self, feed: Feed, versions: pl.DataFrame, source_system: str
    ) -> pl.DataFrame:
        """Return the rows that hold something not yet known."""
        seen = self._seen.setdefault(feed.name, SeenRecords())
        may_repeat = seen.may_have_seen(versions["record_id"])
        if may_repeat.any():
            self._repeating.add(feed.name)
            identity = ["record_id", "content_hash", "version_at"]
            versions = versions.unique(identity, keep="first", maintain_order=True)
            may_repeat = pl.Series([True] * versions.height)
        doubtful = (
            pl.Series([True] * versions.height)
            if self._source_has_rows(feed, source_system)
            else may_repeat
        )
        if not doubtful.any():
            return versions
        known = self._known(feed, versions.with_row_index("position").filter(doubtful),
                            source_system)  # fmt: skip
        return versions.with_row_index("position").filter(
            ~pl.col("position").is_in(known)
        ).drop("position") if known else versions

    def _source_has_rows(self, feed: Feed, source_system: str) -> bool:
        """Return whether rows of this source were there before this load."""
        if feed.name not in self._has_earlier:
            found = self._connection.execute(
                sql.SQL("select 1 from {} where source_system = %s limit 1").format(
                    _table(feed)
                ),
                (source_system,),
            ).fetchone()
            self._has_earlier[feed.name] = found is not None
        return self._has_earlier[feed.name]

    def _known(
        self, feed: Feed, candidates: pl.DataFrame, source_system: str
    ) -> list[int]:
        """Return the positions of candidates whose content is already the known one."""
        self._connection.execute("truncate candidate")
        names = ["position", "record_id", "version_at", "content_hash"]
        self._copy_frame(sql.Identifier("candidate"), candidates.select(names))
        found = self._connection.execute(
            sql.SQL("""
                select candidate.position
                from candidate
                cross join lateral (
                    select content_hash
                    from {table}
                    where
                        source_system = %(source)s
                        and record_id = candidate.record_id
                        and version_at <= candidate.version_at
                    order by version_at desc
                    fetch first 1 rows with ties
                ) as preceding
                where preceding.content_hash = candidate.content_hash
            """).format(table=_table(feed)),
            {"source": source_system},
        )
        return [position for (position,) in found]

    def _copy(
        self,
        schema: str,
        feed: Feed,
        columns: list[tuple[str, str]],
        rows: pl.DataFrame,
        origin: Origin,
    ) -> None:
        names = [name for name, _ in columns]
        complete = rows.rename({LINE: "line_number", "is_deleted": "is_closed"})
        constants = [pl.lit(value).alias(name) for name, value in origin.columns.items()]
        frame = complete.with_columns(constants).select(names)
        self._copy_frame(sql.Identifier(schema, feed.name), frame)

    def _copy_frame(self, table: sql.Identifier, frame: pl.DataFrame) -> None:
        buffer = io.BytesIO()
        frame.write_csv(buffer, include_header=False, datetime_format=INSTANT)
        columns = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
        statement = sql.SQL("copy {} ({}) from stdin (format csv)")
        with (
            self._connection.cursor() as cursor,
            cursor.copy(statement.format(table, columns)) as copy,
        ):
            copy.write(buffer.getbuffer())

    def _encrypted(self, feed: Feed, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with every direct identifier sealed to its place."""
        places = [
            f"{record_id}.{content_hash}"
            for record_id, content_hash in rows.select(
                "record_id", "content_hash"
            ).iter_rows()
        ]
        names = [column.name for column in feed.direct_columns]
        if feed.name == "patients":
            names.append("source_patient_id")
        return rows.with_columns(
            pl.Series(
                name,
                [
                    None
                    if value is None
                    else self._keyring.encrypt(
                        value, f"identity.{feed.name}|{name}|{place}"
                    )
                    for value, place in zip(rows[name].to_list(), places, strict=True)
                ],
                dtype=pl.String,
            )
            for name in names
        )

    def _write_search_tokens(self, patients: pl.DataFrame) -> None:
        names = ("given_name", "family_name", "maiden_name")
        numbers = ("medical_record_number", "national_id", "source_patient_id")
        tokens = {
            (row["patient_key"], kind, self._keyring.search_token(kind, term))
            for row in patients.iter_rows(named=True)
            for kind, term in search_terms(
                [row[name] for name in names if row[name]],
                [row[number] for number in numbers if row[number]],
                row["birth_date"].isoformat() if row["birth_date"] else None,
            )
        }
        self._connection.execute(
            "create temp table if not exists seen_token "
            "(patient_key bigint, kind text, token uuid) on commit drop"
        )
        self._connection.execute("truncate seen_token")
        frame = pl.DataFrame(
            sorted(tokens), schema=["patient_key", "kind", "token"], orient="row"
        )
        self._copy_frame(sql.Identifier("seen_token"), frame)
        self._connection.execute(
            "insert into identity.search_token (patient_key, kind, token) "
            "select patient_key, kind, token from seen_token on conflict do nothing"
        )


def _table(feed: Feed) -> sql.Identifier:
    return sql.Identifier("identity" if feed.is_identity_only else "raw", feed.name)
