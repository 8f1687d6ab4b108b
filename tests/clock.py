"""Instants told from the moment of a test.

A module is read when all tests are collected, an hour or more before some of them run:
an instant in it would be old by then. What a module lists are spans, see ``from_now``.
"""

from datetime import UTC, datetime, timedelta
from typing import Any


def ago(**span: float) -> datetime:
    """Return an instant of the past."""
    return datetime.now(UTC) - timedelta(**span)


def ahead(**span: float) -> datetime:
    """Return an instant that is still to come."""
    return datetime.now(UTC) + timedelta(**span)


def from_now(values: dict[str, Any]) -> dict[str, Any]:
    """Return values with an instant for each span: so long before or after now."""
    now = datetime.now(UTC)
    return {
        name: now + value if isinstance(value, timedelta) else value
        for name, value in values.items()
    }
