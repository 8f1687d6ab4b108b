"""One refused row as it is shown, and which rows are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.access.masking import Field
from pipelines.access.rule_words import RuleWords


@dataclass(frozen=True)
class Choice:
    """Which refused rows are asked for; None is all of them."""

    delivery_id: int | None = None
    feed: str | None = None
    rule: str | None = None
    status: str | None = None
    row_ids: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Decision:
    """Who decided what about a row, when and why."""

    action: str
    decided_by: str
    decided_at: datetime
    reason: str


@dataclass(frozen=True)
class RefusedRow:
    """One refused row. ``fields`` is empty where only the shape may be shown."""

    row_id: int
    delivery_id: int
    source_system: str
    table_name: str
    feed: str | None
    line_number: int
    records: int
    status: str
    refused_at: datetime
    rules: Sequence[RuleWords]
    reason: str
    fields: Sequence[Field]
    shape: str
    decision: Decision | None = None

    @property
    def is_whole_file(self) -> bool:
        """Return whether the row stands for a file refused as a whole."""
        return self.line_number == 0


@dataclass(frozen=True)
class RefusedPage:
    """Some refused rows, and how many there are in all."""

    rows: Sequence[RefusedRow]
    total: int
