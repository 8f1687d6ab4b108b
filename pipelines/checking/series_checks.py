"""The checks of series: one per feed and kind of measurement, and one of its rhythm."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

from expectations.expectation import Kahn, Severity
from expectations.series.charts import LEAST_LOADS
from expectations.series.measured import NUMBERS, Kind
from expectations.thresholds import Origin
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType, Feed

RHYTHM = "rhythm"
OF_CHARTS = (
    f"inside the limits that at least {LEAST_LOADS} loads of the source before it set"
)


class SeriesCheck(NamedTuple):
    """One question about how a feed of a source goes on from load to load."""

    feed: str
    kind: str
    sentence: str
    reason: str
    threshold: str
    kahn: Kahn
    severity: Severity = Severity.WARNING
    origin: Origin = Origin.OBSERVED

    @property
    def check_id(self) -> str:
        """Return the name that is stable and unique among all checks."""
        return name_of(self.feed, self.kind)


class _Asked(NamedTuple):
    """What a kind of measurement asks, of which feeds, and why."""

    kind: str
    sentence: str
    reason: str
    kahn: Kahn
    is_of: Callable[[Feed], bool]
    threshold: str = OF_CHARTS


def name_of(feed: str, kind: str) -> str:
    """Return the name of the check of one feed and kind."""
    return f"{feed}:series:{kind}"


def _has_codes(feed: Feed) -> bool:
    return any(
        column.type is ColumnType.TEXT
        and (column.name.endswith("_code") or column.name == "code_system")
        for column in feed.columns
    )


def _has_units(feed: Feed) -> bool:
    return feed.name in NUMBERS and NUMBERS[feed.name].unit is not None


ASKED = (
    _Asked(
        Kind.ROWS,
        "A load of {feed} has as many rows as loads of its source have, of that "
        "weekday where weekdays differ.",
        "A feed that was cut, lost a ward, or came twice looks like a quiet or a busy "
        "day.",
        Kahn.ATEMPORAL_PLAUSIBILITY,
        lambda _: True,
    ),
    _Asked(
        Kind.FILLED,
        "Every column of {feed} is filled in as large a share of rows as before.",
        "A column that a new version of the source fills less is missed by nobody "
        "until somebody needs it.",
        Kahn.COMPLETENESS,
        lambda _: True,
    ),
    _Asked(
        Kind.CODES,
        "Codes and lists of codes of {feed} have the shares of rows that they had.",
        "A list that was replaced, or a code that took the place of another, leaves "
        "groups and rules without their facts.",
        Kahn.VALUE_CONFORMANCE,
        _has_codes,
    ),
    _Asked(
        Kind.UNITS,
        "What {feed} counts and measures comes in the mix of units it came in.",
        "An analyser or ward that changed its unit splits every trend in two.",
        Kahn.VALUE_CONFORMANCE,
        _has_units,
    ),
    _Asked(
        Kind.VALUES,
        "Numbers of {feed} lie where they lay: their median and outer parts, by what "
        "they are of and their unit.",
        "A wrong factor, another calibration or another unit under the same name, and "
        "a slow drift of which no single load is odd.",
        Kahn.ATEMPORAL_PLAUSIBILITY,
        lambda feed: feed.name in NUMBERS,
    ),
    _Asked(
        Kind.DELAYS,
        "Facts of {feed} arrive as long after they happened as before.",
        "A clock that is wrong, a time zone that was lost, or a queue that is stuck.",
        Kahn.TEMPORAL_PLAUSIBILITY,
        lambda feed: feed.event_at is not None,
    ),
    _Asked(
        RHYTHM,
        "The next load of {feed} comes when its source's rhythm has it come.",
        "What did not arrive cannot be wrong, and nobody misses it: charts look "
        "complete and are of yesterday.",
        Kahn.COMPLETENESS,
        lambda _: True,
        threshold="an hour and half as long again as the source's long pauses, learned "
        f"from at least {LEAST_LOADS} pauses",
    ),
)


@cache
def series_checks() -> tuple[SeriesCheck, ...]:
    """Return the checks of every feed."""
    return tuple(_checks())


def _checks() -> Iterable[SeriesCheck]:
    for feed in FEEDS.values():
        for asked in ASKED:
            if asked.is_of(feed):
                yield SeriesCheck(
                    feed.name,
                    str(asked.kind),
                    asked.sentence.format(feed=feed.name),
                    asked.reason,
                    asked.threshold,
                    asked.kahn,
                )
