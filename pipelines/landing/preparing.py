"""From one block of records to rows of feeds that are ready to land.

Pure work on frames: parse, map, type, judge, key, hash. It touches no database, so it
runs on one core while PostgreSQL writes the block before on the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from expectations.runner import Evaluation
from pipelines.access.encryption import Keyring
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.landing.blocks import Block, Refused
from pipelines.landing.corrections import Corrections
from pipelines.landing.keys import (
    GivenPatientKeys,
    PatientKeys,
    content_hashes,
    record_ids,
)
from pipelines.landing.landing_rows import landing_rows, with_all_columns
from pipelines.landing.parsing import AdapterError, read_records
from pipelines.landing.refusing import (
    RefusedRow,
    line_numbers,
    refused_rows,
    unusable,
    with_broken_rules,
)
from pipelines.landing.typed import read_typed
from pipelines.sources.adapter import LINE, Mapped, Table


@dataclass(frozen=True)
class FeedBatch:
    """Accepted rows of one feed, in the types and spelling that land."""

    feed: Feed
    made: int
    rows: pl.DataFrame
    refused: list[RefusedRow]
    new_patients: list[tuple[int, bytes]]


@dataclass(frozen=True)
class JudgedRows:
    """Every row that records made of a feed; ``reasons`` has null where none is."""

    rows: pl.DataFrame
    reasons: pl.Series


@dataclass(frozen=True)
class PreparedBlock:
    """What one block of records became: mapped, excluded by reason, refused whole."""

    record_count: int
    mapped: int
    excluded: Mapping[str, int]
    refused: list[Refused]
    feeds: list[FeedBatch] = field(default_factory=list)


class Preparer:
    """Prepares the blocks of the files of one delivery."""

    def __init__(
        self,
        keyring: Keyring,
        patient_keys: PatientKeys | GivenPatientKeys,
        evaluations: Mapping[str, Evaluation],
        time_zone: str,
        erased_keys: frozenset[int] = frozenset(),
        corrections: Corrections | None = None,
    ) -> None:
        self._corrections = corrections or Corrections()
        self._erased_keys = sorted(erased_keys)
        self._keyring = keyring
        self._patient_keys = patient_keys
        self._evaluations = evaluations
        self._time_zone = time_zone

    def prepare(self, block: Block, header: list[str], table: Table) -> PreparedBlock:
        """Return the block's rows by feed, with what was excluded and refused."""
        if table.map_records is None or not len(block.line_numbers):
            return PreparedBlock(block.record_count, 0, {}, block.refused)
        records = read_records(block, header, table)
        mapped = table.map_records(records)
        mapped_count = _account(mapped, records, table)
        feeds = [
            self._feed_batch(FEEDS[name], frame, block)
            for name, frame in mapped.feeds.items()
            if frame.height
        ]
        return PreparedBlock(
            block.record_count,
            mapped_count,
            dict(mapped.excluded.group_by("reason").len().iter_rows()),
            block.refused + _refused_by_adapter(mapped, block),
            feeds,
        )

    def _feed_batch(self, feed: Feed, frame: pl.DataFrame, block: Block) -> FeedBatch:
        judged = self.judged(feed, frame)
        refused = refused_rows(feed.name, judged.rows[LINE], judged.reasons, block)
        accepted = judged.rows.filter(judged.reasons.is_null())
        return FeedBatch(
            feed,
            judged.rows.height,
            accepted if refused else judged.rows,
            refused,
            self.take_new_patients(),
        )

    def take_new_patients(self) -> list[tuple[int, bytes]]:
        """Return the patients met since the last call, with their digests."""
        return self._patient_keys.take_new()

    def judged(self, feed: Feed, frame: pl.DataFrame) -> JudgedRows:
        """Return an adapter's rows of a feed as they land, with why each may not."""
        text = self._corrections.applied(feed.name, with_all_columns(feed, frame))
        typed = read_typed(feed, text, self._time_zone)
        keys = None
        if feed.has_patient:
            keys = self._patient_keys.of(text["source_patient_id"]).alias("patient_key")
        ids = record_ids(feed, text, keys, self._keyring).alias("record_id")
        without_judgement = unusable(typed.unreadable, keys, ids, self._erased_keys)
        verdict = self._evaluations[feed.name].add(
            typed.frame, is_unreadable=_where_given(without_judgement)
        )
        reasons = with_broken_rules(without_judgement, verdict)
        rows = landing_rows(feed, text, typed, self._patient_keys).hstack(
            [
                ids,
                *([] if keys is None else [keys]),
                content_hashes(feed, text, self._keyring),
            ]
        )
        return JudgedRows(rows, reasons)


def _account(mapped: Mapped, records: pl.DataFrame, table: Table) -> int:
    """Return how many records became feed rows; every record must be accounted for."""
    by_feed = [line_numbers(frame) for frame in mapped.feeds.values()]
    of_feeds = pl.concat(by_feed).unique() if by_feed else pl.Series([], dtype=pl.Int64)
    lines = [of_feeds, line_numbers(mapped.excluded), line_numbers(mapped.refused)]
    counts = [len(each) for each in lines]
    if sum(counts) != records.height or pl.concat(lines).n_unique() != records.height:
        msg = (
            f"the adapter mapped {counts[0]}, excluded {counts[1]} and refused "
            f"{counts[2]} of {records.height} records of {table.name}: each must be in "
            "one of the three"
        )
        raise AdapterError(msg)
    return counts[0]


def _where_given(reasons: pl.Series) -> pl.Series | None:
    """Return which rows have a reason; None where none has, which is nearly always."""
    return None if reasons.null_count() == len(reasons) else reasons.is_not_null()


def _refused_by_adapter(mapped: Mapped, block: Block) -> list[Refused]:
    if not mapped.refused.height:
        return []
    numbers = line_numbers(mapped.refused).to_list()
    originals = block.originals(numbers)
    reasons = mapped.refused["reason"].to_list()
    return [
        Refused(number, originals[number], reason)
        for number, reason in zip(numbers, reasons, strict=True)
    ]
