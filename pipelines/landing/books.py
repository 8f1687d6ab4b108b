"""The books of deliveries, kept in ``raw.delivery`` and the tables beside it."""

from collections.abc import Sequence
from datetime import datetime

import psycopg

from pipelines.landing.archive import Entry
from pipelines.landing.origin import Origin
from pipelines.landing.report import FeedCounts, FileCounts
from pipelines.sources.adapter import Adapter


class Books:
    """Reads and writes the books inside the transaction of one load."""

    def __init__(self, connection: psycopg.Connection, source_system: str) -> None:
        self._connection = connection
        self._source_system = source_system

    def open_delivery(
        self, adapter: Adapter, received_at: datetime, *, is_replay: bool = False
    ) -> int:
        """Enter a delivery, and its source with the first; return the delivery's id."""
        # One load of a source at a time: two would not see each other's versions.
        self._connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            (self._source_system,),
        )
        self._connection.execute(
            "insert into raw.source (source_system, adapter, is_historical) "
            "values (%s, %s, %s) on conflict (source_system) do nothing",
            (self._source_system, adapter.name, adapter.is_historical),
        )
        return self._one(
            "insert into raw.delivery "
            "(source_system, adapter, adapter_revision, status, received_at, is_replay)"
            " values (%s, %s, %s, 'landed', %s, %s) returning delivery_id",
            (
                self._source_system,
                adapter.name,
                adapter.revision,
                received_at,
                is_replay,
            ),
        )

    def erased_keys(self) -> list[int]:
        """Return the keys of patients of whom nothing may land."""
        found = self._connection.execute("select access.erased_patients()")
        return [key for (key,) in found]

    def is_destroyed(self, address: str) -> bool:
        """Return whether an erasure destroyed the file of this address whole."""
        found = self._connection.execute(
            "select 1 from access.erased_entry "
            "where archive_address = %s and replaced_by is null",
            (address,),
        )
        return found.fetchone() is not None

    def next_file_id(self) -> int:
        """Return the id that the next file will be entered under."""
        return self._one(
            "select nextval(pg_get_serial_sequence('raw.delivery_file', 'file_id'))", ()
        )

    def enter_file(
        self,
        origin: Origin,
        reading: str,
        counts: FileCounts,
        replayed_file_id: int | None = None,
    ) -> None:
        """Enter one file with its counts and exclusions."""
        counts.check(origin.file_name)
        entry = origin.entry
        self._connection.execute(
            "insert into raw.delivery_file overriding system value "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                origin.file_id,
                origin.delivery_id,
                origin.file_name,
                counts.table,
                entry.address or None,
                entry.byte_count,
                entry.received_at,
                reading,
                counts.verdict,
                counts.problem,
                counts.records,
                counts.mapped,
                counts.excluded,
                counts.refused,
                replayed_file_id,
            ),
        )
        for reason, records in counts.reasons.items():
            self._connection.execute(
                "insert into raw.delivery_exclusion values (%s, %s, %s)",
                (origin.file_id, reason, records),
            )

    def enter_feed(self, file_id: int, feed: str, counts: FeedCounts) -> None:
        """Enter what one file made of one feed."""
        self._connection.execute(
            "insert into raw.delivery_feed values (%s, %s, %s, %s, %s, %s)",
            (
                file_id,
                feed,
                counts.made,
                counts.landed,
                counts.unchanged,
                counts.refused,
            ),
        )

    def earlier_reading(
        self, entry: Entry, reading: str
    ) -> tuple[FileCounts, dict[str, FeedCounts]] | None:
        """Return what the same bytes, read the same way, gave when they landed.

        They are the same delivery again, not a return to what they say: bytes A, then
        B, then A leave B's versions current. A source that goes back says so in new
        bytes, with a time of its own.
        """
        found = self._connection.execute(
            "select file_id, records, mapped, excluded, refused, table_name, verdict, "
            "problem from raw.delivery_file "
            "inner join raw.delivery using (delivery_id) "
            "where archive_address = %s and reading = %s and source_system = %s "
            "and status = 'landed' order by file_id limit 1",
            (entry.address, reading, self._source_system),
        ).fetchone()
        if found is None:
            return None
        file_id, *counted = found
        reasons = self._connection.execute(
            "select reason, records from raw.delivery_exclusion where file_id = %s",
            (file_id,),
        ).fetchall()
        feeds = self._connection.execute(
            "select feed, made, refused from raw.delivery_feed where file_id = %s",
            (file_id,),
        ).fetchall()
        return FileCounts(*counted, reasons=dict(reasons)), {
            feed: FeedCounts(made, 0, made - refused, refused)
            for feed, made, refused in feeds
        }

    def note_last_event(self, last_event_at: datetime | None) -> None:
        """Move the source's last event forward; it is a historical source's today."""
        self._connection.execute(
            "update raw.source set last_event_at = greatest(last_event_at, %s) "
            "where source_system = %s",
            (last_event_at, self._source_system),
        )

    def note_touched(self, patient_keys: set[int], delivery_id: int) -> None:
        """Enter the patients whose facts changed; the next build rebuilds them."""
        with self._connection.cursor() as cursor:
            cursor.execute(
                "create temp table if not exists touched (patient_key bigint) "
                "on commit drop"
            )
            with cursor.copy("copy touched from stdin (format binary)") as copy:
                copy.set_types(["int8"])
                for key in patient_keys:
                    copy.write_row((key,))
            cursor.execute(
                "insert into raw.touched_patients (patient_key, delivery_id) "
                "select patient_key, %s from touched order by patient_key",
                (delivery_id,),
            )

    def note_moved(self, moved: dict[str, set[tuple[str, int]]]) -> None:
        """Enter the facts that have versions under several patients."""
        self._connection.cursor().executemany(
            "insert into raw.moved_facts (feed, source_system, record_id, patient_key) "
            "values (%s, %s, %s, %s) on conflict do nothing",
            [
                (feed, self._source_system, record_id, patient_key)
                for feed, facts in moved.items()
                for record_id, patient_key in sorted(facts)
            ],
        )

    def note_touched_feeds(self, feeds: Sequence[str], delivery_id: int) -> None:
        """Enter the feeds of which rows landed: what reads them is to be built."""
        self._connection.execute(
            "insert into raw.touched_feeds (feed, delivery_id) "
            "select feed, %s from unnest(%s::text[]) as touched (feed)",
            (delivery_id, list(feeds)),
        )

    def note_snapshot(self, snapshot: str) -> None:
        """Enter that every change which a snapshot of the source sees has landed."""
        self._connection.execute(
            "insert into raw.extract_position values (%s, %s, clock_timestamp()) "
            "on conflict (source_system) do update set snapshot = excluded.snapshot, "
            "extracted_at = excluded.extracted_at",
            (self._source_system, snapshot),
        )

    def touch_whole_source(self, delivery_id: int) -> None:
        """Enter every patient of the source: its code lists changed."""
        self._connection.execute(
            "insert into raw.touched_patients (patient_key, delivery_id) "
            "select patient_key, %s from identity.patient_key where source_system = %s",
            (delivery_id, self._source_system),
        )

    def hold(self, delivery_id: int, because: str) -> None:
        """Mark a delivery as held: nothing of it landed."""
        self._connection.execute(
            "update raw.delivery set status = 'held', held_because = %s "
            "where delivery_id = %s",
            (because, delivery_id),
        )

    def _one(self, query: str, parameters: tuple[object, ...]) -> int:
        row = self._connection.execute(query, parameters).fetchone()
        return int(row[0]) if row else 0
