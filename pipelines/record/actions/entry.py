"""What actions write and read: a change, and an entry of the record as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pipelines.record.permissions import Permission, permissions

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One version to write: a new entry, or what takes the place of ``seen``.

    ``action`` is a row of ``permissions.csv``; the feed is the one that it is about.
    ``values`` are the columns of the feed's contract, as Python values; those that are
    left out of a correction stay as they were. ``patient_key`` is None for feeds
    without patients. ``record_id`` is the id of an entry that there is once per
    patient: of two people who begin it, one succeeds.
    """

    action: str
    patient_key: int | None
    values: Values = field(repr=False)
    seen: "Entry | None" = field(default=None, repr=False)
    reason: str = ""
    is_entered_in_error: bool = False
    record_id: str | None = None

    @property
    def permission(self) -> Permission:
        """Return the row of the permissions that allows this, or not."""
        return permissions()[self.action]

    @property
    def feed(self) -> str:
        """Return the feed that is written."""
        return self.permission.feed


@dataclass(frozen=True)
class Entry:
    """One entry of the record, in its newest version; texts are opened.

    ``is_pending``: the marts do not know this version yet; pages say "being processed".
    """

    feed: str
    record_id: str
    version_id: UUID
    patient_key: int | None
    values: Values = field(repr=False)
    is_entered_in_error: bool
    changed_by_user_id: str
    changed_by_name: str
    changed_by_role_code: str
    change_reason_text: str
    changed_at: datetime
    is_pending: bool

    @property
    def key(self) -> str:
        """Return the key of the fact in the marts."""
        return f"operational:{self.record_id}"
