"""Reads what reports tell, for services, and makes their files."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.reports.calendar_month import Month
from pipelines.reports.delivery import Rows, delivery_document
from pipelines.reports.delivery_statements import DELIVERY_STATEMENTS
from pipelines.reports.document import Document
from pipelines.reports.month import month_document
from pipelines.reports.month_statements import MONTH_STATEMENTS
from pipelines.settings import Settings


def delivery_report(settings: Settings, delivery_id: int) -> Document:
    """Return the report of a delivery as it stands now.

    Raises:
        NoSuchDeliveryError: there is no such delivery.
    """
    values = {"delivery_id": delivery_id}
    rows = _read(settings, DELIVERY_STATEMENTS, values)
    return delivery_document(rows, now_in(settings), settings.time_zone)


def month_report(settings: Settings, month: Month) -> Document:
    """Return the report of a month; of one that is not over, so far."""
    rows = _read(settings, MONTH_STATEMENTS, month.values)
    return month_document(rows, month, now_in(settings))


def now_in(settings: Settings) -> datetime:
    """Return the time by the clock of the hospital."""
    return datetime.now(UTC).astimezone(ZoneInfo(settings.time_zone))


def _read(
    settings: Settings, statements: Mapping[str, str], values: Mapping[str, Any]
) -> Rows:
    """Return the rows of every statement, all of one moment, times of the hospital."""
    zone = f"-c TimeZone={settings.time_zone}"
    with connect(
        settings, Role.LOADER, options=zone, row_factory=dict_row
    ) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return {
            name: connection.execute(statement, values).fetchall()
            for name, statement in statements.items()
        }
