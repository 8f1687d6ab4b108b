"""The feeds of simulated papers, and what their tests ask of a patient's rows."""

from collections.abc import Iterator

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.journal import Row

PAPERS = (
    *("contacts", "coverages", "consents", "correction_requests", "appointments"),
    *("referrals", "devices", "family_history", "notes", "lab_orders", "specimens"),
    *("imaging_reports", "administrations", "medication_requests", "claims"),
    "payments",
)


def rows_of(cases: list[Case], feed: str) -> list[Row]:
    """Return every version of a feed's rows."""
    return [row for case in cases for row in case.journal.rows[feed]]


def latest_of(cases: list[Case], feed: str) -> dict[object, Row]:
    """Return the last version of each row of a feed, by its record id."""
    latest: dict[object, Row] = {}
    for row in rows_of(cases, feed):
        before = latest.get(row["record_id"])
        if before is None or before["source_updated_at"] <= row["source_updated_at"]:
            latest[row["record_id"]] = row
    return latest


def with_visit(cases: list[Case], feed: str) -> Iterator[tuple[Row, Row]]:
    """Yield the last version of each row of a feed that has one, and its visit."""
    visits = latest_of(cases, "encounters")
    for row in latest_of(cases, feed).values():
        if row.get("encounter_id"):
            yield row, visits[row["encounter_id"]]
