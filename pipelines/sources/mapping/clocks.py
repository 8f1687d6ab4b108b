"""Dates whose time of day stands in another column."""

import re
from collections.abc import Mapping

from pipelines.sources.mapping.content import ColumnContent
from pipelines.sources.mapping.matching import Match
from pipelines.sources.mapping.names import normalised

CLOCK_FORMATS = (" %H:%M:%S", " %H:%M")


def pair_clocks(
    contents: Mapping[str, ColumnContent], found: list[Match]
) -> dict[str, str]:
    """Pair date columns in use with the column that holds their time of day."""
    clocks = [name for name, each in contents.items() if each.is_clock]
    dates = [
        source
        for match in found
        for source in match.columns.values()
        if contents[source].is_date and not _has_time(contents[source])
    ]
    pairs = {
        date: clock for date in dates for clock in clocks if _share_a_stem(date, clock)
    }
    if not pairs and len(clocks) == 1 and len(dates) == 1:
        return {dates[0]: clocks[0]}
    return pairs


def _has_time(content: ColumnContent) -> bool:
    return any("%H" in each or "%I" in each for each in content.date_formats)


def _share_a_stem(date: str, clock: str) -> bool:
    """Return whether two names differ only in saying date and time."""
    words = r"(datum|date|zeit|time|uhr|am|um|tag|day)"
    first, second = (re.sub(words, "", normalised(name)) for name in (date, clock))
    return first.strip("_") == second.strip("_") != ""
