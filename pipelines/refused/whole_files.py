"""Loads archived files again that were refused whole, or held with their delivery."""

from collections.abc import Sequence

from pipelines.landing.delivery import Delivery
from pipelines.landing.discovery import DeliveredFile
from pipelines.landing.file_landing import FileLanding
from pipelines.landing.report import LoadReport, Verdict
from pipelines.refused.replaying import Found
from pipelines.refused.waiting_rows import WaitingRow


def land_files(delivery: Delivery, rows: Sequence[WaitingRow]) -> Found:
    """Land the files as a delivery; say which landed, and under which file.

    None did where a rule about the whole load fails again. Of those that landed, rows
    that are refused wait in quarantine on their own.
    """
    found = Found()
    report = LoadReport(
        delivery.delivery_id, delivery.run.source_system, delivery.run.adapter.name
    )
    landings = []
    for row in rows:
        if row.archive_address is None:
            continue
        landing = FileLanding(delivery, _file(delivery, row))
        landing.land(report)
        landings.append((row, landing))
    delivery.judge(report)
    if report.held_because:
        return found
    for row, landing in landings:
        if landing.verdict not in (Verdict.REFUSED, Verdict.HELD):
            found.released[row.row_id] = landing.file_id
    if found.released:
        delivery.close(report)
    return found


def _file(delivery: Delivery, row: WaitingRow) -> DeliveredFile:
    table = row.table_of(delivery.run.adapter)
    return DeliveredFile(row.file_name, row.archive_path, table, is_table_file=True)
