"""Lands one file inside its delivery, and counts what becomes of each record."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import polars as pl

from pipelines.feeds.contract import Feed
from pipelines.landing.archive import Entry
from pipelines.landing.blocks import Block
from pipelines.landing.delivery import Delivery
from pipelines.landing.discovery import DeliveredFile
from pipelines.landing.erased import REASON
from pipelines.landing.gathering import Gathering
from pipelines.landing.headers import (
    FileRefusedError,
    header_problem,
    unknown_columns,
)
from pipelines.landing.keys import PatientKeys
from pipelines.landing.origin import Origin
from pipelines.landing.preparing import FeedBatch, PreparedBlock
from pipelines.landing.readers import Reader, reader_of
from pipelines.landing.records import ContainerError
from pipelines.landing.report import (
    NOT_TAKEN,
    UNKNOWN_TABLE,
    FeedCounts,
    FileCounts,
    LoadReport,
    Verdict,
)
from pipelines.landing.turns import threads_taking_turns
from pipelines.sources.adapter import Table

NOT_A_TABLE = "not a table file"
UNCOUNTED = "how many records it holds cannot be told: counted as one"


class FileLanding:
    """Lands one file."""

    def __init__(self, delivery: Delivery, file: DeliveredFile) -> None:
        self._delivery = delivery
        self._run = delivery.run
        self._file = file
        self._counts = FileCounts(table=file.table.name if file.table else None)
        self._feeds: dict[str, FeedCounts] = {}
        self._gathering = Gathering()
        self.file_id = 0  # in the books, once it has landed
        self._erased = 0  # records of erased patients, which are not even archived

    def land(self, report: LoadReport) -> None:
        """Land the file and enter it in the books and the report."""
        entry = self._take()
        origin = self._delivery.origin_of(self._file, entry)
        self.file_id = origin.file_id
        reading = f"{self._delivery.reading}:{origin.table_name or ''}"
        if entry:
            earlier = self._delivery.books.earlier_reading(entry, reading)
            if earlier:
                self._counts, self._feeds = earlier
            else:
                self._read(origin)
                self._exclude(REASON, self._erased)
        self._delivery.books.enter_file(origin, reading, self._counts)
        for feed, counts in self._feeds.items():
            self._delivery.books.enter_feed(origin.file_id, feed, counts)
        report.add_file(self._file.name, self._counts, self._feeds)

    @property
    def verdict(self) -> str:
        """Return what was decided about the file as a whole."""
        return self._counts.verdict

    def _take(self) -> Entry | None:
        """Archive the file; None, with the verdict, where it cannot be opened."""
        problem = self._file.barred_because
        if problem is None:
            try:
                entry, self._erased = self._delivery.take(self._file)
            except OSError as failure:
                problem = f"cannot be read ({failure.strerror or failure})"
            else:
                return entry
        self._counts.verdict = Verdict.NOT_OPENED
        self._counts.problem = problem
        return None

    def _read(self, origin: Origin) -> None:
        path, entry = self._file.path, origin.entry
        if not self._file.is_table_file:
            self._counts.verdict = Verdict.NOT_A_TABLE
            self._counts.problem = NOT_A_TABLE
            return
        damage = self._run.files.find_damage(path, entry)
        if damage:
            self._refuse(origin, damage.problem, damage.line_count - self._header_lines)
            return
        delimiter = self._file.table.delimiter if self._file.table else ","
        try:
            reader = reader_of(self._run.files.plain_bytes(path, entry), delimiter)
        except ContainerError as problem:
            self._refuse(origin, f"{problem}; {UNCOUNTED}", 1)
        except FileRefusedError as problem:
            lines = self._run.files.count_lines(path, entry)
            self._refuse(origin, str(problem), lines - self._header_lines)
        else:
            self._land_records(reader, origin)

    @property
    def _header_lines(self) -> int:
        """Return how many lines of the file are no records."""
        return self._file.table.header_lines if self._file.table else 1

    def _land_records(self, reader: Reader, origin: Origin) -> None:
        table = self._file.table
        if reader.is_empty:
            self._counts.verdict = Verdict.EMPTY
        elif table is None:
            self._counts.verdict = Verdict.UNKNOWN
            self._exclude(UNKNOWN_TABLE, reader.count_rest())
        elif table.map_records is None:
            self._counts.verdict = Verdict.NOT_TAKEN
            for block in reader.blocks():
                self._leave_out(block, origin)
        elif problem := header_problem(
            header := self._delivery.corrections.header(table.name, reader.header),
            table,
            self._run.adapter,
        ):
            self._refuse(origin, problem, reader.count_rest())
        else:
            self._counts.problem = unknown_columns(header, table)
            self._land_blocks(reader, header, table, origin)

    def _refuse(self, origin: Origin, problem: str, records: int) -> None:
        """Refuse the whole file; it stands for one record at least."""
        self._counts.verdict = Verdict.REFUSED
        self._counts.problem = problem
        self._counts.records = self._counts.refused = max(records, 1)
        self._delivery.quarantine.add_file(origin, problem, self._counts.records)

    def _exclude(self, reason: str, records: int) -> None:
        self._counts.records += records
        if records:
            self._counts.exclude(reason, records)

    def _leave_out(self, block: Block, origin: Origin) -> None:
        """Count a block that no feed takes; what cannot be read is refused even so."""
        self._exclude(NOT_TAKEN, len(block.line_numbers))
        self._counts.records += len(block.refused)
        self._counts.refused += len(block.refused)
        self._delivery.quarantine.add_records(origin, block.refused)

    def _land_blocks(
        self, reader: Reader, header: list[str], table: Table, origin: Origin
    ) -> None:
        for prepared in self._prepared(reader, header, table):
            self._counts.records += prepared.record_count
            self._counts.mapped += prepared.mapped
            self._counts.refused += len(prepared.refused)
            for reason, records in prepared.excluded.items():
                self._counts.exclude(reason, records)
            self._delivery.quarantine.add_records(origin, prepared.refused)
            for batch in prepared.feeds:
                self._take_batch(batch, origin)
            self._run.progress(self._file.name, self._counts.records)
        for feed, rows in self._gathering.rest():
            self._land_rows(feed, rows, origin)

    def _prepared(
        self, reader: Reader, header: list[str], table: Table
    ) -> Iterator[PreparedBlock]:
        """Yield prepared blocks, one being prepared ahead of the one being written.

        A second thread, for reading blocks, gained nothing: hashing holds the lock.
        """
        preparer = self._delivery.preparer
        prepare = partial(preparer.prepare, header=header, table=table)
        prepared_blocks = map(prepare, reader.blocks())
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare")
        with pool, threads_taking_turns():
            ahead = pool.submit(next, prepared_blocks, None)
            while (prepared := ahead.result()) is not None:
                ahead = pool.submit(next, prepared_blocks, None)
                yield prepared

    def _take_batch(self, batch: FeedBatch, origin: Origin) -> None:
        """Write a batch of a feed; few rows wait for more of them."""
        PatientKeys.register(
            self._delivery.connection, self._run.source_system, batch.new_patients
        )
        self._delivery.quarantine.add_rows(origin, batch.refused)
        refused = len(batch.refused)
        self._count(batch.feed, FeedCounts(batch.made, refused=refused))
        if batch.feed.event_at:
            self._delivery.note_event(batch.rows[batch.feed.event_at].max())
        rows = self._gathering.add(batch.feed, batch.rows)
        if rows is not None:
            self._land_rows(batch.feed, rows, origin)

    def _land_rows(self, feed: Feed, rows: pl.DataFrame, origin: Origin) -> None:
        landed = self._delivery.writer.write(feed, rows, origin)
        self._count(feed, FeedCounts(landed=landed, unchanged=rows.height - landed))

    def _count(self, feed: Feed, counts: FeedCounts) -> None:
        self._feeds.setdefault(feed.name, FeedCounts()).add(counts)
