"""Enters a held delivery: its files are archived and wait, none of it landed."""

from pipelines.landing.delivery import Delivery
from pipelines.landing.discovery import DeliveredFile
from pipelines.landing.report import FileCounts, LoadReport, Verdict

READING = "held"  # never equal to a reading, so the same files are read again


def enter_held(
    delivery: Delivery, files: list[DeliveredFile], report: LoadReport
) -> None:
    """Enter every file of a load that was taken back as refused whole."""
    report.status = "held"
    report.delivery_id = delivery.delivery_id
    because = report.held_because or ""
    delivery.books.hold(delivery.delivery_id, because)
    for counts in report.feeds.values():
        counts.refused, counts.landed, counts.unchanged = counts.made, 0, 0
    for file in files:
        _hold_file(delivery, file, report.files[file.name], because)
    delivery.enter_suites(report)


def _hold_file(
    delivery: Delivery, file: DeliveredFile, counts: FileCounts, because: str
) -> None:
    is_opened = counts.verdict != Verdict.NOT_OPENED
    entry = delivery.take(file)[0] if is_opened else None
    origin = delivery.origin_of(file, entry)
    if counts.records:
        counts.refuse_whole(because)
        delivery.quarantine.add_file(origin, because, counts.records)
    delivery.books.enter_file(origin, READING, counts)
