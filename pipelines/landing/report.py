"""What a load did, in counts: nothing is lost, and the books say so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

NOT_TAKEN = "the source holds this and no feed takes it yet"
UNKNOWN_TABLE = "no table of this source has this name"


class BooksError(Exception):
    """Counts of a load do not add up; nothing of it lands."""


class Verdict(StrEnum):
    """What was decided about a file as a whole."""

    MAPPED = "mapped"
    EMPTY = "empty"
    NOT_TAKEN = "not taken"
    UNKNOWN = "unknown"
    NOT_A_TABLE = "not a table"
    NOT_OPENED = "not opened"
    REFUSED = "refused"
    HELD = "held"


NOT_KNOWN = {Verdict.UNKNOWN, Verdict.NOT_A_TABLE, Verdict.NOT_OPENED}


@dataclass
class FileCounts:
    """Records of one file: ``records = mapped + excluded + refused``."""

    records: int = 0
    mapped: int = 0
    excluded: int = 0
    refused: int = 0
    table: str | None = None
    verdict: str = Verdict.MAPPED
    problem: str | None = None
    reasons: dict[str, int] = field(default_factory=dict)

    def exclude(self, reason: str, records: int) -> None:
        """Count records that are rightly in no feed."""
        self.excluded += records
        self.reasons[reason] = self.reasons.get(reason, 0) + records

    def refuse_whole(self, because: str) -> None:
        """Count every record as refused: the delivery is held."""
        self.mapped = self.excluded = 0
        self.reasons.clear()
        self.refused = self.records
        self.verdict = Verdict.HELD
        self.problem = self.problem or because

    def check(self, name: str) -> None:
        """Raise BooksError unless the counts add up."""
        if self.records != self.mapped + self.excluded + self.refused:
            msg = f"{name}: {self.records} records are not mapped + excluded + refused"
            raise BooksError(msg)


@dataclass
class FeedCounts:
    """Rows of one feed: ``made = landed + unchanged + refused``."""

    made: int = 0
    landed: int = 0
    unchanged: int = 0
    refused: int = 0

    def add(self, other: "FeedCounts") -> None:
        """Add another file's rows of the same feed."""
        self.made += other.made
        self.landed += other.landed
        self.unchanged += other.unchanged
        self.refused += other.refused


@dataclass
class LoadReport:
    """One load: files, feeds, suites, and whether it landed."""

    delivery_id: int | None
    source_system: str
    format_name: str
    status: str = "landed"
    held_because: str | None = None
    files: dict[str, FileCounts] = field(default_factory=dict)
    feeds: dict[str, FeedCounts] = field(default_factory=dict)
    suites: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing_tables: list[str] = field(default_factory=list)
    unknown_files: list[str] = field(default_factory=list)

    def add_file(
        self, name: str, counts: FileCounts, feeds: Mapping[str, "FeedCounts"]
    ) -> None:
        """Add what became of one file."""
        self.files[name] = counts
        for feed, rows in feeds.items():
            self.feeds.setdefault(feed, FeedCounts()).add(rows)
        if counts.verdict in NOT_KNOWN:
            why = f" ({counts.problem})" if counts.problem else ""
            self.unknown_files.append(f"{name}{why}")

    def as_json(self) -> dict[str, Any]:
        """Return what ``ehr load --json`` prints."""
        file_names = ("records", "mapped", "excluded", "refused")
        feed_names = ("made", "landed", "unchanged", "refused")
        return {
            "delivery_id": self.delivery_id,
            "status": self.status,
            "files": {
                name: {each: getattr(counts, each) for each in file_names}
                for name, counts in self.files.items()
            },
            "feeds": {
                name: {each: getattr(counts, each) for each in feed_names}
                for name, counts in self.feeds.items()
            },
        }
