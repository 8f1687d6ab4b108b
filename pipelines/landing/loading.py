"""One load: a folder or file, whole or not at all, in one transaction with its books.

While PostgreSQL writes one block of records, the next is being prepared on another core.
Memory holds two blocks, whatever the size of a file.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg

from expectations.catalogue import SUITES
from expectations.expectation import UNIQUE_TYPE, suite_fingerprint
from expectations.results import Counts
from expectations.runner import Evaluation
from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.archive import Archive, Entry
from pipelines.landing.books import Books
from pipelines.landing.discovery import DeliveredFile, delivered_files, guess_adapter
from pipelines.landing.keys import PatientKeys
from pipelines.landing.preparing import FeedBatch, PreparedBlock, Preparer
from pipelines.landing.quarantine import Quarantine, RefusedFrom
from pipelines.landing.records import FileRefusedError, RecordReader
from pipelines.landing.report import FeedCounts, FileCounts, LoadReport
from pipelines.landing.source_files import open_archived, open_records
from pipelines.landing.unpacking import UnpackingError
from pipelines.landing.versions import Origin, VersionWriter
from pipelines.settings import Settings
from pipelines.sources.adapter import Adapter
from pipelines.sources.catalogue import ADAPTERS

NOT_TAKEN = "the source holds this and no feed takes it yet"
UNKNOWN_TABLE = "no table of this source has this name"
NOT_A_TABLE = "not a table file"

Progress = Callable[[str, int], None]


class DryRunFinished(Exception):  # noqa: N818 - no error: it rolls a dry run back
    """Ends a dry run: everything was tried and nothing is kept."""


def load(  # noqa: PLR0913 - the options of ``ehr load``
    settings: Settings,
    path: Path,
    *,
    format_name: str | None = None,
    adapter: Adapter | None = None,
    source_system: str | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> LoadReport:
    """Load a folder or a file and return what became of every record.

    Args:
        settings: The installation.
        path: Folder or file.
        format_name: Name of the format; guessed from names and headers when absent.
        adapter: An adapter made from a mapping file, instead of a format's.
        source_system: Name of the source; the format's when absent.
        is_dry_run: Try everything, keep nothing.
        progress: Called with a file's name and how many records it has given so far.

    Raises:
        DeliveryError: there is nothing to load, or its format cannot be told.
    """
    chosen = adapter or (
        ADAPTERS[format_name] if format_name else guess_adapter(path, ADAPTERS)
    )
    run = _Load(settings, chosen, source_system or chosen.name, progress)
    files = delivered_files(path, chosen)
    report = run.dry_run(files) if is_dry_run else run.land(files)
    present = {file.table.name for file in files if file.table}
    if path.is_dir():
        report.missing_tables = [
            name for name in chosen.expected_tables if name not in present
        ]
    return report


class _Load:
    """The state of one load."""

    def __init__(
        self,
        settings: Settings,
        adapter: Adapter,
        source_system: str,
        progress: Progress | None,
    ) -> None:
        self._settings = settings
        self._adapter = adapter
        self._source_system = source_system
        self._progress = progress or (lambda _name, _records: None)
        self._keyring = load_keyring(settings.keys_folder)
        self._archive = Archive(settings.archive_folder, self._keyring)
        self._last_event_at: datetime | None = None
        self._is_dry_run = False
        self._received_at = datetime.now(UTC)

    def land(self, files: list[DeliveredFile]) -> LoadReport:
        """Land the files, or hold the delivery if a rule about the whole load fails."""
        report = self._new_report()
        try:
            with connect(self._settings, Role.LOADER) as connection:
                self._land_in(connection, files, report)
                if report.held_because:
                    raise _HeldError
        except _HeldError:
            self._enter_held(files, report)
        return report

    def dry_run(self, files: list[DeliveredFile]) -> LoadReport:
        """Do all that ``land`` does, then take it back."""
        report = self._new_report()
        self._is_dry_run = True
        try:
            with connect(self._settings, Role.LOADER) as connection:
                self._land_in(connection, files, report)
                raise DryRunFinished
        except DryRunFinished:
            report.status = "held" if report.held_because else "dry run"
            report.delivery_id = None
        return report

    def _new_report(self) -> LoadReport:
        return LoadReport(None, self._source_system, self._adapter.name)

    def _land_in(
        self,
        connection: psycopg.Connection,
        files: list[DeliveredFile],
        report: LoadReport,
    ) -> None:
        books = Books(connection, self._source_system)
        report.delivery_id = books.open_delivery(self._adapter, self._received_at)
        writer = VersionWriter(connection, self._keyring)
        quarantine = Quarantine(connection, self._keyring)
        evaluations = {
            name: Evaluation(suite, as_of=self._as_of()) for name, suite in SUITES.items()
        }
        patient_keys = PatientKeys(self._keyring, self._source_system)
        preparer = Preparer(
            self._keyring, patient_keys, evaluations, self._settings.time_zone
        )
        for file in files:
            landing = _FileLanding(
                self, file, connection, books, writer, quarantine, preparer
            )
            landing.land(report)
        self._judge(books, writer, evaluations, report)
        self._close(books, writer, report)

    def _as_of(self) -> datetime | None:
        """Return today for a live source; a historical one's is its own last event."""
        return None if self._adapter.is_historical else self._received_at

    def _judge(
        self,
        books: Books,
        writer: VersionWriter,
        evaluations: dict[str, Evaluation],
        report: LoadReport,
    ) -> None:
        """Take every suite's result, and hold the load if one of them says so."""
        delivery_id = report.delivery_id or 0
        reasons = []
        for name, counts in report.feeds.items():
            evaluation = evaluations[name]
            if not evaluation.row_count:
                continue  # the same bytes as before: judged when they landed
            for rule in evaluation.suite.expectations:
                if rule.type == UNIQUE_TYPE:
                    repeated = writer.conflicting_records(name, delivery_id)
                    evaluation.record(rule.rule, Counts(counts.made, 0, repeated))
            result = evaluation.suite_result()
            report.suites[name] = result
            books.enter_suite(delivery_id, name, result)
            reasons += evaluation.held_reasons
        report.held_because = "; ".join(reasons) or None

    def _close(self, books: Books, writer: VersionWriter, report: LoadReport) -> None:
        delivery_id = report.delivery_id or 0
        books.note_last_event(self._last_event_at)
        books.note_touched(writer.touched, delivery_id)
        codes = report.feeds.get("local_codes")
        if codes and codes.landed:
            books.touch_whole_source(delivery_id)

    def note_event(self, event_at: datetime | None) -> None:
        """Remember the latest event of the load."""
        if event_at and (self._last_event_at is None or event_at > self._last_event_at):
            self._last_event_at = event_at

    def _enter_held(self, files: list[DeliveredFile], report: LoadReport) -> None:
        """Enter a held delivery: its files are archived and wait, none of it landed."""
        report.status = "held"
        because = report.held_because or ""
        for counts in report.feeds.values():
            counts.refused, counts.landed, counts.unchanged = counts.made, 0, 0
        with connect(self._settings, Role.LOADER) as connection:
            books = Books(connection, self._source_system)
            quarantine = Quarantine(connection, self._keyring)
            delivery_id = books.open_delivery(self._adapter, self._received_at)
            books.hold(delivery_id, because)
            report.delivery_id = delivery_id
            for file in files:
                counts = report.files[file.name]
                file_id = books.next_file_id()
                entry = self.keep(file)
                books.enter_file(file_id, delivery_id, file.name, entry, "held", counts)
                origin = RefusedFrom(
                    self._source_system, counts.table or file.name, delivery_id, file_id
                )
                quarantine.add_file(origin, entry.address, because, counts.records)
            for name, result in report.suites.items():
                books.enter_suite(delivery_id, name, result)

    def keep(self, file: DeliveredFile) -> Entry:
        """Archive a file's bytes; in a dry run only look them up."""
        with file.path.open("rb") as source:
            if self._is_dry_run:
                return self._archive.look_up(source, self._received_at)
            return self._archive.keep(source)

    def open(self, file: DeliveredFile, entry: Entry) -> RecordReader:
        """Return the reader of an archived file."""
        delimiter = file.table.delimiter if file.table else ","
        if self._is_dry_run:
            return open_records(file.path, delimiter)
        return open_archived(self._archive, entry, delimiter)

    def origin(self, delivery_id: int, file_id: int, entry: Entry) -> Origin:
        """Return where the rows of a file come from."""
        return Origin(
            self._source_system,
            self._adapter.revision,
            delivery_id,
            file_id,
            entry.received_at,
        )

    def reading(self, file: DeliveredFile) -> str:
        """Return how the file is read: the same bytes read otherwise give other rows."""
        suites = "".join(suite_fingerprint(suite) for suite in SUITES.values())
        table = file.table.name if file.table else ""
        adapter = f"{self._adapter.name}:{self._adapter.revision}"
        return f"{adapter}:{table}:{self._settings.time_zone}:{suites}"

    def report_progress(self, name: str, records: int) -> None:
        """Tell how far a file is."""
        self._progress(name, records)

    @property
    def source_system(self) -> str:
        """Return the source's name."""
        return self._source_system


class _HeldError(Exception):
    """Rolls a held load back before it is entered as held."""


class _FileLanding:
    """Lands one file inside its load."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a load lends to each of its files
        self,
        run: _Load,
        file: DeliveredFile,
        connection: psycopg.Connection,
        books: Books,
        writer: VersionWriter,
        quarantine: Quarantine,
        preparer: Preparer,
    ) -> None:
        self._run = run
        self._file = file
        self._connection = connection
        self._books = books
        self._writer = writer
        self._quarantine = quarantine
        self._preparer = preparer
        self._counts = FileCounts(table=file.table.name if file.table else None)
        self._feeds: dict[str, FeedCounts] = {}

    def land(self, report: LoadReport) -> None:
        """Land the file and enter it in the books and the report."""
        entry = self._run.keep(self._file)
        reading = self._run.reading(self._file)
        delivery_id = report.delivery_id or 0
        file_id = self._books.next_file_id()
        earlier = self._books.earlier_reading(entry, reading)
        if earlier:
            self._counts, self._feeds = earlier
        else:
            origin = RefusedFrom(
                self._run.source_system,
                self._counts.table or self._file.name,
                delivery_id,
                file_id,
            )
            self._read(entry, origin)
        self._books.enter_file(
            file_id, delivery_id, self._file.name, entry, reading, self._counts
        )
        for feed, counts in self._feeds.items():
            self._books.enter_feed(file_id, feed, counts)
            report.feeds.setdefault(feed, FeedCounts()).add(counts)
        report.files[self._file.name] = self._counts
        if self._counts.verdict in {"unknown", "not a table"}:
            report.unknown_files.append(self._file.name)

    def _read(self, entry: Entry, origin: RefusedFrom) -> None:
        if not self._file.is_table_file:
            self._counts.verdict = "not a table"
            self._counts.problem = NOT_A_TABLE
            return
        try:
            reader = self._run.open(self._file, entry)
        except (FileRefusedError, UnpackingError) as problem:
            self._refuse_file(entry, origin, str(problem), _count_lines(self._file))
            return
        problem = self._header_problem(reader)
        if reader.is_empty:
            self._counts.verdict = "empty"
        elif self._file.table is None or self._file.table.map_records is None:
            self._leave_out(reader)
        elif problem:
            self._refuse_file(entry, origin, problem, reader.count_rest())
        else:
            self._land_blocks(reader, entry, origin)

    def _header_problem(self, reader: RecordReader) -> str | None:
        table = self._file.table
        if table is None:
            return None
        absent = [name for name in table.required if name not in reader.header]
        if not absent:
            return None
        return (
            f"the header lacks {', '.join(absent)}, which every {table.name} file has: "
            "it is another table's file, or its first line is not a header"
        )

    def _leave_out(self, reader: RecordReader) -> None:
        is_known = self._file.table is not None
        self._counts.verdict = "not taken" if is_known else "unknown"
        reason = NOT_TAKEN if is_known else UNKNOWN_TABLE
        self._counts.records = reader.count_rest()
        if self._counts.records:
            self._counts.exclude(reason, self._counts.records)

    def _refuse_file(
        self, entry: Entry, origin: RefusedFrom, problem: str, records: int
    ) -> None:
        self._counts.verdict = "refused"
        self._counts.problem = problem
        self._counts.records = self._counts.refused = records
        self._quarantine.add_file(origin, entry.address, problem, records)

    def _land_blocks(
        self, reader: RecordReader, entry: Entry, origin: RefusedFrom
    ) -> None:
        rows_origin = self._run.origin(origin.delivery_id, origin.file_id, entry)
        try:
            for prepared in self._prepared(reader):
                self._take_block(prepared, origin)
                for batch in prepared.feeds:
                    self._land_feed(batch, rows_origin, origin)
                self._run.report_progress(self._file.name, self._counts.records)
        except UnpackingError as problem:
            # What came before the damage is whole and stays; the file says what is wrong.
            self._counts.problem = str(problem)
            self._counts.verdict = "damaged"
            self._counts.records += 1
            self._counts.refused += 1
            self._quarantine.add_file(origin, entry.address, str(problem), 1)

    def _prepared(self, reader: RecordReader) -> Iterator[PreparedBlock]:
        """Yield prepared blocks, one being prepared ahead of the one being written."""
        table = self._file.table
        prepare = partial(self._preparer.prepare, header=reader.header, table=table)
        blocks = reader.blocks()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare") as pool:
            ahead = pool.submit(lambda: _next_prepared(blocks, prepare))
            while (prepared := ahead.result()) is not None:
                ahead = pool.submit(lambda: _next_prepared(blocks, prepare))
                yield prepared

    def _take_block(self, prepared: PreparedBlock, origin: RefusedFrom) -> None:
        block = prepared.block
        self._counts.records += block.record_count
        self._counts.mapped += prepared.mapped
        refused = [*block.refused, *prepared.refused]
        self._counts.refused += len(refused)
        for reason, records in prepared.excluded.items():
            self._counts.exclude(reason, records)
        self._quarantine.add_records(origin, refused)

    def _land_feed(
        self, batch: FeedBatch, rows_origin: Origin, origin: RefusedFrom
    ) -> None:
        PatientKeys.register(
            self._connection, self._run.source_system, batch.new_patients
        )
        landed = self._writer.write(batch.feed, batch.rows, rows_origin)
        self._quarantine.add_rows(origin, batch.refused)
        counts = FeedCounts(
            batch.made, landed, batch.rows.height - landed, len(batch.refused)
        )
        self._feeds.setdefault(batch.feed.name, FeedCounts()).add(counts)
        if batch.feed.event_at:
            self._run.note_event(batch.rows[batch.feed.event_at].max())


def _next_prepared(
    blocks: Iterator, prepare: Callable[..., PreparedBlock]
) -> PreparedBlock | None:
    block = next(blocks, None)
    return None if block is None else prepare(block)


def _count_lines(file: DeliveredFile) -> int:
    """Return how many lines follow the first in a file that cannot be read: at least 1."""
    with file.path.open("rb") as source:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: source.read(1 << 20), b""))
    return max(lines - 1, 1)
