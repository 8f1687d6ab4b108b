"""Lands an uploaded file of laboratory results on trial: a verdict for each row.

It is the landing itself, with its adapter, suite and comparison of versions, inside a
transaction that is rolled back. What it wrote there tells what would become of a row;
no rule is written a second time.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import psycopg

from pipelines.access.encryption import Keyring, load_keyring
from pipelines.access.key_check import check_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.laboratory import LAB_RESULTS
from pipelines.landing.archive import Archive
from pipelines.landing.delivery import Delivery, Run
from pipelines.landing.discovery import DeliveredFile
from pipelines.landing.file_landing import FileLanding
from pipelines.landing.keys import PatientKeys
from pipelines.landing.report import LoadReport, Verdict
from pipelines.landing.row_verdicts import (
    Change,
    changes_of,
    earlier_patients_of,
    landed_rows,
    verdict_of,
)
from pipelines.landing.uploaded import NotedQuarantine, UploadedFile, text_rows
from pipelines.settings import Settings
from pipelines.sources.adapter import LINE, Adapter
from pipelines.sources.csv_feeds import ADAPTER
from pipelines.sources.naming import RECORD
from pipelines.sources.uploads import ADAPTER as FOR_RECORD

# While another delivery of the source lands, the trial would wait for all of it.
LOCK_SECONDS = 5
VERDICT = "verdict"
REFUSED_BEFORE = """
    select refused.line_number, refused.rules
    from quarantine.row as refused
    inner join raw.delivery_file as delivered
        on refused.file_id = delivered.file_id
    where delivered.archive_address = %s and refused.source_system = %s
        and refused.feed is not null
"""


@dataclass(frozen=True)
class Examined:
    """What a trial landing found.

    ``rows`` has, per readable record, its line, the delivered columns as text,
    ``patient_key``, ``verdict`` and ``rules`` (broken ones, comma-separated).
    ``changes`` are by line, ``earlier_patients`` the patients of the versions that the
    rows were compared with. ``unreadable`` has reasons of lines that are no record.
    ``is_known_file``: the same bytes landed before, so that nothing would change.
    """

    report: LoadReport
    address: str
    is_known_file: bool
    rows: pl.DataFrame
    changes: dict[int, list[Change]]
    earlier_patients: set[int]
    unreadable: dict[int, str]

    @property
    def is_table(self) -> bool:
        """Return whether the file could be read as a table of results."""
        verdicts = {counts.verdict for counts in self.report.files.values()}
        return verdicts == {Verdict.MAPPED}


def laboratory_adapter(source_system: str) -> Adapter:
    """Return our csv with one table: whatever a file is called, it holds results."""
    if source_system == RECORD:
        return FOR_RECORD
    tables = tuple(each for each in ADAPTER.tables if each.name == LAB_RESULTS.name)
    return replace(ADAPTER, tables=tables)


def examine_results(settings: Settings, content: bytes, source_system: str) -> Examined:
    """Land a file of laboratory results on trial and return what would become of it.

    Raises:
        psycopg.errors.LockNotAvailable: a delivery of this source is being landed.
    """
    keyring = load_keyring(settings.keys_folder)
    received_at = datetime.now(UTC)
    archive = Archive(settings.archive_folder, keyring)
    uploaded = UploadedFile(archive, received_at, content)
    adapter = laboratory_adapter(source_system)
    run = Run(
        adapter=adapter,
        source_system=source_system,
        time_zone=settings.time_zone,
        received_at=received_at,
        keyring=keyring,
        files=uploaded,
        progress=lambda _name, _records: None,
    )
    report = LoadReport(None, source_system, adapter.name, status="dry run")
    options = f"-c lock_timeout={LOCK_SECONDS}s"
    with connect(settings, Role.LOADER, options=options) as connection:
        check_keyring(connection, keyring)
        examined = _trial(connection, run, uploaded, report, content)
        connection.rollback()
    return examined


def _trial(
    connection: psycopg.Connection,
    run: Run,
    uploaded: UploadedFile,
    report: LoadReport,
    content: bytes,
) -> Examined:
    (table,) = run.adapter.tables
    delivery = Delivery(run, connection)
    noted = NotedQuarantine.over(connection, run.keyring)
    delivery.quarantine = noted
    file = DeliveredFile(
        table.name, Path(f"{table.name}.csv"), table, is_table_file=True
    )
    FileLanding(delivery, file).land(report)
    delivery.judge(report)
    is_known_file = not uploaded.is_read
    if is_known_file:
        refused = _refused_before(connection, run, uploaded)
    else:
        refused = {row.line_number: row.rules for row in noted.rows}
    landed = landed_rows(connection, delivery.delivery_id)
    is_table = report.files[table.name].verdict == Verdict.MAPPED
    rows = text_rows(content if is_table else b"", table)
    return Examined(
        report=report,
        address=uploaded.entry.address,
        is_known_file=is_known_file,
        rows=_judged(rows, landed, refused, run.keyring, run.source_system),
        changes=changes_of(landed),
        earlier_patients=earlier_patients_of(landed),
        unreadable={each.line_number: each.reason for each in noted.records},
    )


def _refused_before(
    connection: psycopg.Connection, run: Run, uploaded: UploadedFile
) -> dict[int, str]:
    """Return which lines of the same bytes were refused when they landed."""
    values = (uploaded.entry.address, run.source_system)
    return dict(connection.execute(REFUSED_BEFORE, values).fetchall())


def _judged(
    rows: pl.DataFrame,
    landed: dict[int, dict[str, object]],
    refused: dict[int, str],
    keyring: Keyring,
    source_system: str,
) -> pl.DataFrame:
    """Return the rows with verdict, broken rules and patient beside them."""
    lines = rows[LINE].to_list()
    verdicts = [
        verdict_of(landed.get(line), is_refused=line in refused) for line in lines
    ]
    return rows.with_columns(
        pl.Series(VERDICT, verdicts, dtype=pl.String),
        pl.Series("rules", [refused.get(line) for line in lines], dtype=pl.String),
        PatientKeys(keyring, source_system)
        .of(rows["source_patient_id"])
        .alias("patient_key"),
    )
