"""One load: a folder or file, whole or not at all, in one transaction with its books.

While PostgreSQL writes one block of records, the next is being prepared on another
core. Memory holds two blocks, whatever the size of a file. The same bytes again, read
the same way, are known and change nothing: also where others came between.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipelines.access.encryption import load_keyring
from pipelines.access.key_check import check_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.archive import Archive
from pipelines.landing.delivery import Delivery, Progress, Run
from pipelines.landing.discovery import (
    DeliveredFile,
    DeliveryError,
    delivered_files,
    guess_adapter,
)
from pipelines.landing.file_landing import FileLanding
from pipelines.landing.holding import enter_held
from pipelines.landing.report import LoadReport
from pipelines.landing.source_files import SourceFiles
from pipelines.settings import Settings
from pipelines.sources.adapter import Adapter
from pipelines.sources.catalogue import ADAPTERS
from pipelines.sources.naming import naming_problem


def load(  # noqa: PLR0913 - the options of ``ehr load``
    settings: Settings,
    path: Path,
    *,
    format_name: str | None = None,
    adapter: Adapter | None = None,
    source_system: str | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
    snapshot: str | None = None,
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
        snapshot: What of a database lands with this, where its next extract begins.

    Raises:
        DeliveryError: there is nothing to load, its format cannot be told, or its
            source may not be called so.
    """
    if adapter is None:
        adapter = (
            ADAPTERS[format_name] if format_name else guess_adapter(path, ADAPTERS)
        )
    problem = naming_problem(source_system or adapter.name, adapter)
    if problem:
        raise DeliveryError(problem)
    files = delivered_files(path, adapter)
    run = _run(settings, adapter, source_system, progress, is_dry_run=is_dry_run)
    run = replace(run, snapshot=snapshot)
    report = LoadReport(None, run.source_system, adapter.name)
    if path.is_dir():
        report.missing_tables = _missing_tables(files, adapter)
    (_try if is_dry_run else _land)(settings, run, files, report)
    return report


def _run(
    settings: Settings,
    adapter: Adapter,
    source_system: str | None,
    progress: Progress | None,
    *,
    is_dry_run: bool,
) -> Run:
    received_at = datetime.now(UTC)
    keyring = load_keyring(settings.keys_folder)
    archive = Archive(settings.archive_folder, keyring)
    archive.sweep()
    return Run(
        adapter=adapter,
        source_system=source_system or adapter.name,
        time_zone=settings.time_zone,
        received_at=received_at,
        keyring=keyring,
        files=SourceFiles(archive, received_at, is_dry_run=is_dry_run),
        progress=progress or (lambda _name, _records: None),
    )


def _missing_tables(files: list[DeliveredFile], adapter: Adapter) -> list[str]:
    present = {file.table.name for file in files if file.table}
    return [name for name in adapter.expected_tables if name not in present]


def _land(
    settings: Settings, run: Run, files: list[DeliveredFile], report: LoadReport
) -> None:
    """Land the files, or hold the delivery if a rule about the whole load fails."""
    with _delivery(settings, run) as delivery:
        _land_in(delivery, files, report)
        if report.held_because:
            raise _TakenBack
    if report.held_because:
        with _delivery(settings, run) as delivery:
            enter_held(delivery, files, report)


def _try(
    settings: Settings, run: Run, files: list[DeliveredFile], report: LoadReport
) -> None:
    """Do all that landing does, then take it back."""
    with _delivery(settings, run) as delivery:
        _land_in(delivery, files, report)
        raise _TakenBack
    report.status = "held" if report.held_because else "dry run"
    report.delivery_id = None


def _land_in(
    delivery: Delivery, files: list[DeliveredFile], report: LoadReport
) -> None:
    report.delivery_id = delivery.delivery_id
    for file in files:
        FileLanding(delivery, file).land(report)
    delivery.judge(report)
    delivery.close(report)


class _TakenBack(Exception):  # noqa: N818 - no error: it rolls a delivery back
    """Ends a delivery that keeps nothing."""


@contextmanager
def _delivery(settings: Settings, run: Run) -> Iterator[Delivery]:
    """Open a delivery in a transaction; ``_TakenBack`` rolls it back, and no more."""
    try:
        with connect(settings, Role.LOADER) as connection:
            check_keyring(connection, run.keyring)
            yield Delivery(run, connection)
    except _TakenBack:
        return
