"""Everything that is guessed of one table before it is written down as a mapping."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.feeds.catalogue import FEEDS
from pipelines.sources.adapter import LINE
from pipelines.sources.mapping.clocks import pair_clocks
from pipelines.sources.mapping.content import (
    ColumnContent,
    describe_content,
    is_ambiguous,
    is_numeric_order,
)
from pipelines.sources.mapping.matching import (
    COMMON,
    Match,
    best_match,
    match_feed,
    person_match,
)
from pipelines.sources.mapping.names import EXACT, likeness, numbered
from pipelines.sources.mapping.sample import Sample
from pipelines.sources.mapping.synonyms import BY_FEED

# Feeds whose code is often given in numbered columns, such as diag_1, diag_2.
REPEATED = {"conditions": "condition_code", "procedures": "procedure_code"}
ENOUGH_FOR_A_PART = 3  # columns of its own that make another feed worth mentioning


@dataclass(frozen=True)
class Repeated:
    """Codes in several numbered columns; ``keys`` is what they belong to."""

    feed: str
    code: str
    sources: tuple[str, ...]
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Guess:
    """What one table is taken for.

    ``whole`` can be loaded; ``partial`` feeds lack a required column. ``clocks`` are
    columns with the time of day, by the column with its date.
    """

    sample: Sample
    contents: Mapping[str, ColumnContent]
    whole: tuple[Match, ...]
    partial: tuple[Match, ...]
    repeated: tuple[Repeated, ...]
    clocks: Mapping[str, str]

    @property
    def taken(self) -> set[str]:
        """Return the source columns that some feed uses."""
        columns = {name for match in self.whole for name in match.columns.values()}
        for each in self.repeated:
            columns |= {*each.sources, *each.keys.values()}
        return columns | set(self.clocks.values())

    @property
    def dates(self) -> dict[str, tuple[str, ...]]:
        """Return the date columns in use, with every format that reads them."""
        return {
            name: self.contents[name].date_formats
            for name in self.contents
            if name in self.taken and self.contents[name].is_date
        }

    @property
    def ambiguous_dates(self) -> list[str]:
        """Return date columns whose day and month could be exchanged.

        What one column shows settles the others of the same file.
        """
        if self.day_first is not None:
            return []
        return [name for name, each in self.dates.items() if is_ambiguous(each)]

    @property
    def day_first(self) -> bool | None:
        """Return whether the file writes the day before the month, if it shows."""
        for formats in self.dates.values():
            if is_numeric_order(formats) and not is_ambiguous(formats):
                return formats[0].index("%d") < formats[0].index("%m")
        return None

    @property
    def decimal_comma(self) -> bool:
        """Return whether numbers have a decimal comma."""
        used = [self.contents[name].numbers for name in self.taken]
        commas = sum(each.has_decimal_comma for each in used)
        return commas > sum(each.has_decimal_point for each in used)

    @property
    def missing_marks(self) -> tuple[str, ...]:
        """Return what the file writes for nothing."""
        marks = (mark for each in self.contents.values() for mark in each.missing_marks)
        return tuple(dict.fromkeys(marks))


def guess(sample: Sample) -> Guess:
    """Guess what one table is."""
    contents = {
        name: describe_content(sample.records[name])
        for name in sample.records.columns
        if name != LINE
    }
    stem = re.sub(r"(\.(csv|tsv|txt|gz))+$", "", sample.path.name, flags=re.IGNORECASE)
    groups = _numbered_groups(contents)
    grouped = {name for _, _, sources in groups for name in sources}
    single = {name: each for name, each in contents.items() if name not in grouped}
    best, person = best_match(stem, single), person_match(single)
    by_feed = {match.feed.name: match for match in (best, person) if match is not None}
    found = list(by_feed.values())
    whole = tuple(match for match in found if not match.missing)
    partial = [match for match in found if match.missing]
    partial += _mentioned(stem, single, by_feed)
    keys = _keys([*whole, *partial])
    return Guess(
        sample=sample,
        contents=contents,
        whole=whole,
        partial=tuple(partial),
        repeated=tuple(Repeated(*group, keys) for group in groups if keys),
        clocks=pair_clocks(contents, found),
    )


def _keys(matches: list[Match]) -> dict[str, str]:
    """Return the columns of patient and encounter, whichever feed they were found for.

    What is the encounter's own id is, for a diagnosis, the encounter it belongs to.
    """
    keys: dict[str, str] = {}
    for match in matches:
        found = dict(match.columns)
        if match.feed.name == "encounters" and "record_id" in found:
            found["encounter_id"] = found["record_id"]
        for name in ("source_patient_id", "encounter_id"):
            if name in found:
                keys.setdefault(name, found[name])
    return keys if "source_patient_id" in keys else {}


def _mentioned(
    stem: str, contents: Mapping[str, ColumnContent], found: Mapping[str, Match]
) -> list[Match]:
    """Return other feeds that the table holds much of, and not enough."""
    used = {name for match in found.values() for name in match.columns.values()}
    others = (match_feed(FEEDS[name], stem, contents) for name in BY_FEED)
    return [
        match
        for match in others
        if match.feed.name not in found
        and match.missing
        and len(_own_columns(match) - used) >= ENOUGH_FOR_A_PART
    ]


def _own_columns(match: Match) -> set[str]:
    """Return the source columns that tell this feed from others."""
    return {source for name, source in match.columns.items() if name not in COMMON}


def _numbered_groups(
    contents: Mapping[str, ColumnContent],
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return codes that are given in several numbered columns."""
    bases: dict[str, list[tuple[int, str]]] = {}
    for name in contents:
        if parts := numbered(name):
            bases.setdefault(parts[0], []).append((parts[1], name))
    return [
        (feed, code, tuple(name for _, name in sorted(names)))
        for base, names in bases.items()
        for feed, code in REPEATED.items()
        if len(names) > 1 and likeness(base, BY_FEED[feed][code]) == EXACT
    ]
