"""What a check of a mart is: which rows it is about, and which of them break it.

``applies`` and ``breaks`` are conditions in SQL that Spark reads, too, about ``fact``,
the row, and what is joined to it. A row that a join misses has nulls there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from expectations.expectation import Kahn, Severity
from expectations.thresholds import Origin

# A share of fewer rows is chance.
LEAST_ROWS_OF_A_SHARE = 20


@dataclass(frozen=True)
class Words:
    """What a check says to a person."""

    sentence: str
    reason: str


@dataclass(frozen=True)
class Limit:
    """Which share of the rows may break a check, and where that comes from.

    Where fewer than ``least_rows`` are to be judged, the check does not apply.
    """

    share: float
    origin: Origin
    least_rows: int = 1


NONE_MAY = Limit(0, Origin.STANDARD)
# The thresholds that OHDSI's dashboard has by default for checks of this kind.
ONE_PERCENT = Limit(0.01, Origin.STANDARD)
FIVE_PERCENT = Limit(0.05, Origin.STANDARD)


@dataclass(frozen=True)
class MartCheck:
    """One check of one relation.

    ``joins`` are what is joined to the row: see ``expectations.marts.joins``.
    ``windows`` are columns that are worked out over several rows, by their name.
    ``among`` is a column and its value, where the check is of rows with that value
    only: of a hundred analytes a scan asks ``applies`` and ``breaks`` once, and counts
    what it found by the analyte. ``rows`` is a query of what is judged, where that is
    not every row of the relation as it stands.
    """

    relation: str
    name: str
    words: Words
    kahn: Kahn
    applies: str
    breaks: str
    limit: Limit = NONE_MAY
    severity: Severity = Severity.WARNING
    joins: tuple[str, ...] = ()
    windows: Mapping[str, str] = field(default_factory=dict)
    dashboard_types: tuple[str, ...] = ()
    among: tuple[str, str] | None = None
    rows: str | None = None

    @property
    def condition(self) -> str:
        """Return the condition of a row that breaks the check."""
        column, value = self.among or ("", "")
        where = f" and fact.{column} = '{value}'" if self.among else ""
        return f"({self.applies}) and ({self.breaks}){where}"

    @property
    def check_id(self) -> str:
        """Return the name that is stable and unique among all checks."""
        return f"{self.relation}:{self.name}"
