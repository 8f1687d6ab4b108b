"""Events of the trail as a file: of a period, a patient or a person, for a purpose.

The export is itself an event, written before the file is.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pipelines.access import audit
from pipelines.access.people import Person
from pipelines.settings import Settings

SHORTEST_PURPOSE = 10
COLUMNS = (
    "event_id", "happened_at", "recorded_at", "user_id", "role", "action", "subject",
    "patient_keys", "row_count", "purpose", "result", "intent_id", "is_spooled",
    "client_address", "hash",
)  # fmt: skip
# Who asks for one patient is not told whom else an event names.
SELECTED = """
    select
        event_id, happened_at, recorded_at, user_id, role, action, subject,
        case
            when %(patient_key)s::bigint is null then patient_keys
            else array[%(patient_key)s::bigint]
        end as patient_keys,
        row_count, purpose, result, intent_id, is_spooled, client_address,
        encode(hash, 'hex') as hash
    from audit.event
    where (%(since)s::timestamptz is null or happened_at >= %(since)s)
        and (%(until)s::timestamptz is null or happened_at < %(until)s)
        and (%(user_id)s::text is null or user_id = %(user_id)s)
        and (
            %(patient_key)s::bigint is null
            or patient_keys @> array[%(patient_key)s::bigint]
        )
    order by event_id
"""
# What a spreadsheet would take for a formula.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


class ExportError(Exception):
    """No export is made; words for who asked."""


class ExportFormat(StrEnum):
    """How the events are written."""

    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True)
class Selection:
    """Which events; None is all of them."""

    since: datetime | None = None
    until: datetime | None = None
    user_id: str | None = None
    patient_key: int | None = None


def export_events(
    settings: Settings,
    connection: psycopg.Connection,
    asking: Person,
    selection: Selection,
    purpose: str,
    kind: ExportFormat,
) -> bytes:
    """Return the events chosen, as a file; ``connection`` may read ``audit.event``.

    Raises:
        ExportError: no purpose is given.
        AuditError: the export cannot be written down, so none is made.
    """
    write_down_export(settings, asking, selection, purpose)
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(SELECTED, asdict(selection))
        lines = _csv(rows) if kind is ExportFormat.CSV else _jsonl(rows)
        return "".join(lines).encode()


def write_down_export(
    settings: Settings, asking: Person, selection: Selection, purpose: str
) -> None:
    """Write down who takes which events out, and why, before anything is read."""
    reason = " ".join(purpose.split())
    if len(reason) < SHORTEST_PURPOSE:
        msg = f"say in at least {SHORTEST_PURPOSE} letters what the export is for"
        raise ExportError(msg)
    chosen = {name: str(value) for name, value in asdict(selection).items() if value}
    chosen.pop("patient_key", None)
    event = audit.Event(
        user_id=asking.user_id,
        role=asking.role,
        action="export",
        subject=f"audit trail {json.dumps(chosen)}",
        patient_keys=[selection.patient_key] if selection.patient_key else [],
        purpose=reason,
    )
    audit.append(settings, event)


def safe_cell(value: Any) -> str:
    """Return a value as the text of a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    text = str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.startswith(FORMULA_BEGINS) and not is_number else text


def csv_text(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield rows as lines of CSV, safe to open in a spreadsheet."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([safe_cell(value) for value in row])
        yield line.getvalue()


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield from csv_text([COLUMNS])
    yield from csv_text(row.values() for row in rows)


def _jsonl(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{json.dumps(row, default=_text)}\n"


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
