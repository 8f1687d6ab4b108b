"""Guesses which feed a foreign table is, and which of its columns is which."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType, Feed
from pipelines.sources.csv_feeds import required_columns
from pipelines.sources.mapping.content import ColumnContent
from pipelines.sources.mapping.names import likeness, normalised
from pipelines.sources.mapping.synonyms import BY_FEED, OF_EVERY_FEED, OF_FILES

# Columns that tell no feed from another.
COMMON = ("record_id", "source_patient_id", "encounter_id", "practitioner_id",
          "source_updated_at", "status_code", "unit")  # fmt: skip
POINTS_FOR_TELLING, POINTS_FOR_MISSING, POINTS_FOR_FILE_NAME = 2.0, -2.0, 1.5
LEAST_POINTS = 1.0
# From this many columns about the person a table of something else also tells patients.
ENOUGH_ABOUT_THE_PERSON = 1
MOST_CANDIDATES = 4


@dataclass(frozen=True)
class Match:
    """One feed as found in one table: feed column to source column."""

    feed: Feed
    columns: Mapping[str, str]
    points: float

    @property
    def missing(self) -> tuple[str, ...]:
        """Return required columns that no source column is taken for."""
        required = required_columns(self.feed)
        return tuple(name for name in required if name not in self.columns)


def best_match(stem: str, contents: Mapping[str, ColumnContent]) -> Match | None:
    """Return the feed that a table is most likely of."""
    matches = [match_feed(FEEDS[name], stem, contents) for name in BY_FEED]
    best = max(matches, key=lambda match: match.points)
    return best if best.points >= LEAST_POINTS else None


def person_match(contents: Mapping[str, ColumnContent]) -> Match | None:
    """Return what a table of something else says of the patient, if it does."""
    match = match_feed(FEEDS["patients"], "", contents)
    telling = match.columns.keys() - set(COMMON) - {"medical_record_number"}
    is_enough = len(telling) >= ENOUGH_ABOUT_THE_PERSON and not match.missing
    return match if is_enough else None


def match_feed(feed: Feed, stem: str, contents: Mapping[str, ColumnContent]) -> Match:
    """Return the best pairs of a feed's and a table's columns; each is used once."""
    synonyms = _synonyms(feed)
    pairs = sorted(
        (
            (-score, -_position(name, feed), source, name)
            for name, known in synonyms.items()
            if name in feed.delivered_columns
            for source, content in contents.items()
            if (score := likeness(source, (name, *known)))
            and _can_hold(feed, name, content)
        ),
    )
    columns: dict[str, str] = {}
    for _, _, source, name in pairs:
        if name not in columns and source not in columns.values():
            columns[name] = source
    scores = {(source, name): -score for score, _, source, name in pairs}
    points = _points(feed, stem, columns, scores)
    return Match(feed, columns, points)


def _synonyms(feed: Feed) -> dict[str, tuple[str, ...]]:
    """Return what each of the feed's columns is called elsewhere."""
    own = BY_FEED.get(feed.name, {})
    names = OF_EVERY_FEED.keys() | own.keys()
    return {name: OF_EVERY_FEED.get(name, ()) + own.get(name, ()) for name in names}


def candidates(
    feed: Feed, name: str, contents: Mapping[str, ColumnContent], taken: set[str]
) -> list[str]:
    """Return columns that could be a feed column by what they hold, and are free."""
    free = [each for each in contents if each not in taken]
    kind = _kind(feed, name)
    if kind in (ColumnType.TIMESTAMP, ColumnType.DATE):
        return [each for each in free if contents[each].is_date][:MOST_CANDIDATES]
    return [each for each in free if not contents[each].is_date][:MOST_CANDIDATES]


def _points(
    feed: Feed,
    stem: str,
    columns: Mapping[str, str],
    scores: Mapping[tuple[str, str], float],
) -> float:
    """Return how well a table fits a feed."""
    required = required_columns(feed)
    points = 0.0
    for name, source in columns.items():
        if name not in COMMON:
            is_telling = name in required or name == feed.event_at
            weight = POINTS_FOR_TELLING if is_telling else 1.0
            points += weight * scores[source, name]
    points += POINTS_FOR_MISSING * sum(name not in columns for name in required)
    words = set(normalised(stem).split("_"))
    if words & set(OF_FILES.get(feed.name, ())):
        points += POINTS_FOR_FILE_NAME
    return points


def _position(name: str, feed: Feed) -> int:
    """Rank required columns before others when names fit equally well."""
    return int(name in required_columns(feed))


def _kind(feed: Feed, name: str) -> ColumnType:
    types = {column.name: column.type for column in feed.columns}
    return types.get(
        name, ColumnType.TIMESTAMP if name == "source_updated_at" else ColumnType.TEXT
    )


def _can_hold(feed: Feed, name: str, content: ColumnContent) -> bool:
    """Return whether what a column holds can be what the feed column is."""
    if not content.filled:
        return True
    kind = _kind(feed, name)
    if kind in (ColumnType.TIMESTAMP, ColumnType.DATE):
        return content.is_date
    if kind in (ColumnType.DECIMAL, ColumnType.INTEGER):
        return content.numbers.is_number and not content.is_date
    if name == "sex_code":
        return content.is_code
    is_text_of_a_name = name.endswith(("_name", "_text")) and name != "value_text"
    return not (content.is_date and (is_text_of_a_name or name.endswith("_code")))
