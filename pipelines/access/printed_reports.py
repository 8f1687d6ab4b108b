"""Printable reports for a signed-in person: read through their login, audited."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from pipelines.access.reading import Query, Reader
from pipelines.reports.calendar_month import Month
from pipelines.reports.delivery import Rows, delivery_document
from pipelines.reports.delivery_statements import DELIVERY_STATEMENTS
from pipelines.reports.document import html_of
from pipelines.reports.month import month_document
from pipelines.reports.month_statements import MONTH_STATEMENTS


def printed_delivery(
    reader: Reader, delivery_id: int, now: datetime, time_zone: str
) -> str:
    """Return the report of one delivery as a file of HTML; ``now`` is the site's.

    Raises:
        NoSuchDeliveryError: there is no such delivery.
    """
    name = f"report of load {delivery_id}"
    rows = _read(reader, name, DELIVERY_STATEMENTS, {"delivery_id": delivery_id})
    return html_of(delivery_document(rows, now, time_zone))


def printed_month(reader: Reader, first: date, now: datetime, time_zone: str) -> str:
    """Return the report of the month that begins on ``first``, so far if it runs."""
    month = Month(first, time_zone)
    rows = _read(reader, f"report of {month.name}", MONTH_STATEMENTS, month.values)
    return html_of(month_document(rows, month, now))


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as reports take them: no NaN, whole numbers whole."""
    return [
        {name: _value(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _read(
    reader: Reader, page: str, statements: Mapping[str, str], values: Mapping[str, Any]
) -> Rows:
    queries = {name: Query(text, values) for name, text in statements.items()}
    frames = reader.read(page, queries).frames
    return {name: rows_of(frames[name]) for name in statements}


def _value(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
