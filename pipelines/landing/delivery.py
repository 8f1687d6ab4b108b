"""One delivery inside its transaction: who writes what, and whether it may land."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import psycopg

from expectations.catalogue import SUITES
from expectations.expectation import UNIQUE_TYPE, suite_fingerprint
from expectations.results import Counts
from expectations.runner import Evaluation
from expectations.series.measuring import measure
from pipelines.access.encryption import Keyring
from pipelines.checking.scorecard import keep_scorecard
from pipelines.checking.series import enter_series, forget_old_measurements
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.archive import Entry
from pipelines.landing.books import Books
from pipelines.landing.corrections import read_corrections
from pipelines.landing.discovery import DeliveredFile
from pipelines.landing.erased import ErasedRecords
from pipelines.landing.erased_patients import ErasedPatients
from pipelines.landing.keys import GivenPatientKeys, PatientKeys, address_of
from pipelines.landing.origin import Origin
from pipelines.landing.preparing import Preparer
from pipelines.landing.quality_results import enter_suite, keep_incident_measures
from pipelines.landing.quarantine import Quarantine
from pipelines.landing.report import LoadReport
from pipelines.landing.source_files import SourceFiles
from pipelines.landing.versions import VersionWriter
from pipelines.sources.adapter import Adapter

READING_REVISION = 2  # rises when the landing itself reads the same text otherwise

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Run:
    """What one load is of, and how it reads."""

    adapter: Adapter
    source_system: str
    time_zone: str
    received_at: datetime
    keyring: Keyring
    files: SourceFiles
    progress: Progress
    snapshot: str | None = None  # what of a database has landed with this delivery

    @cached_property
    def reading(self) -> str:
        """Return a hash of how files are read; read otherwise they give other rows."""
        adapter = f"{self.adapter.name}:{self.adapter.revision}:{READING_REVISION}"
        suites = (suite_fingerprint(suite) for suite in SUITES.values())
        return address_of(self.keyring, adapter, self.time_zone, *suites)


@dataclass
class Delivery:
    """One delivery being landed: its id, its writers, its judgement."""

    run: Run
    connection: psycopg.Connection
    is_replay: bool = False
    books: Books = field(init=False)
    delivery_id: int = field(init=False)

    def __post_init__(self) -> None:
        run = self.run
        self.books = Books(self.connection, run.source_system)
        self.delivery_id = self.books.open_delivery(
            run.adapter, run.received_at, is_replay=self.is_replay
        )
        # Read under the lock of the source: nobody is erased while this lands.
        self._erased_patients = ErasedPatients(run.keyring, self.books.erased_keys())
        self.corrections = read_corrections(self.connection, run.source_system)
        self.quarantine = Quarantine(self.connection, run.keyring)
        self.writer = VersionWriter(self.connection, run.source_system, run.keyring)
        # A historical source's today is its own last event, which is not known yet.
        as_of = None if run.adapter.is_historical else run.received_at
        self._evaluations = {
            name: Evaluation(suite, as_of=as_of, is_measured=not run.adapter.is_stream)
            for name, suite in SUITES.items()
        }
        self._last_event_at: datetime | None = None
        self.preparer = Preparer(
            run.keyring,
            GivenPatientKeys()
            if run.adapter.gives_patient_keys
            else PatientKeys(run.keyring, run.source_system),
            self._evaluations,
            run.time_zone,
            self._erased_patients.patient_keys,
            self.corrections,
        )

    @property
    def reading(self) -> str:
        """Return a hash of how files are read now, with people's corrections."""
        fingerprint = self.corrections.fingerprint
        if not fingerprint:
            return self.run.reading
        return address_of(self.run.keyring, self.run.reading, fingerprint)

    def take(self, file: DeliveredFile) -> tuple[Entry, int]:
        """Archive a file, without the records of erased patients; say how many.

        Raises:
            OSError: the file cannot be read, or was destroyed and is not taken again.
        """
        if not self._erased_patients or self.run.files.is_dry_run:
            return self.run.files.keep(file.path), 0
        records = ErasedRecords(
            self._erased_patients, self.run.source_system, self.run.adapter
        )
        return self.run.files.keep_rest(
            file.path, file.table, records, self.books.is_destroyed
        )

    def origin_of(self, file: DeliveredFile, entry: Entry | None) -> Origin:
        """Return where the rows of a file come from, under an id of its own."""
        return Origin(
            source_system=self.run.source_system,
            adapter_revision=self.run.adapter.revision,
            delivery_id=self.delivery_id,
            file_id=self.books.next_file_id(),
            file_name=file.name,
            table_name=file.table.name if file.table else None,
            entry=entry or Entry("", 0, self.run.received_at),
        )

    def note_event(self, event_at: datetime | None) -> None:
        """Remember the latest event that was accepted."""
        if event_at and (self._last_event_at is None or event_at > self._last_event_at):
            self._last_event_at = event_at

    def judge(self, report: LoadReport) -> None:
        """Take every suite's result, and hold the load if one of them says so."""
        reasons = []
        for name, counts in report.feeds.items():
            evaluation = self._evaluations[name]
            if not evaluation.row_count:
                continue  # the same bytes as before: judged when they landed
            self._judge_uniqueness(evaluation, counts.made)
            report.suites[name] = evaluation.suite_result()
            reasons += evaluation.held_reasons
        report.held_because = "; ".join(reasons) or None

    def close(self, report: LoadReport) -> None:
        """Enter what the next build must know, and what suites and charts found."""
        self.enter_suites(report)
        self._enter_series(report)
        self.books.note_last_event(self._last_event_at)
        self.books.note_touched(self.writer.touched, self.delivery_id)
        self.books.note_moved(self.writer.known.moved)
        feeds = [name for name, counts in report.feeds.items() if counts.landed]
        self.books.note_touched_feeds(feeds, self.delivery_id)
        if self.run.snapshot:
            self.books.note_snapshot(self.run.snapshot)
        codes = report.feeds.get("local_codes")
        if codes and codes.landed:
            self.books.touch_whole_source(self.delivery_id)

    def enter_suites(self, report: LoadReport) -> None:
        """Enter the suites' results, and what they make of incidents."""
        for name, result in report.suites.items():
            enter_suite(self.connection, self.delivery_id, name, result)
        self._keep_found("load")

    def _enter_series(self, report: LoadReport) -> None:
        """Measure the load of every feed, and judge it by the loads before."""
        run = self.run
        if run.adapter.is_stream:
            return
        live_at = None if run.adapter.is_historical else run.received_at
        for name in report.suites:
            event_at = FEEDS[name].event_at
            measured = measure(name, self._evaluations[name].sample, event_at, live_at)
            enter_series(
                self.connection,
                run.source_system,
                self.delivery_id,
                name,
                run.received_at,
                measured,
            )
        forget_old_measurements(self.connection, run.source_system)
        self._keep_found("series")

    def _keep_found(self, found_in: str) -> None:
        """Let the database derive incidents and the day's scorecard from results."""
        keep_incident_measures(self.connection, found_in, self.delivery_id)
        zone = self.run.time_zone
        keep_scorecard(self.connection, found_in, self.delivery_id, zone)

    def _judge_uniqueness(self, evaluation: Evaluation, made: int) -> None:
        feed = FEEDS[evaluation.suite.feed]
        for rule in evaluation.suite.expectations:
            if rule.type == UNIQUE_TYPE:
                repeated = self.writer.known.conflicting_records(feed, self.delivery_id)
                evaluation.record(rule.rule, Counts(made, 0, repeated))
