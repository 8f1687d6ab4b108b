"""From one block of records to rows of feeds that are ready to land.

Pure work on frames: parse, map, type, judge, key, hash. It touches no database, so it
runs on one core while PostgreSQL writes the block before on the other.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from expectations.runner import Evaluation, Verdict
from pipelines.access.encryption import Keyring
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType, Feed
from pipelines.landing.keys import PatientKeys, content_hashes, record_ids
from pipelines.landing.raw_tables import reference_key
from pipelines.landing.records import Block, Refused
from pipelines.landing.typed import Typed, read_typed
from pipelines.sources.adapter import LINE, Mapped, Table


class AdapterError(Exception):
    """An adapter broke its promise; the message names the table and the promise."""


@dataclass(frozen=True)
class RefusedRow:
    """One row of one feed that the rules refused."""

    feed: str
    line_number: int
    rules: str
    original: bytes


@dataclass(frozen=True)
class FeedBatch:
    """Accepted rows of one feed, in the types and spelling that land."""

    feed: Feed
    made: int
    rows: pl.DataFrame
    refused: list[RefusedRow]
    new_patients: list[tuple[int, bytes]]


@dataclass(frozen=True)
class PreparedBlock:
    """What one block of records became."""

    block: Block
    mapped: int
    excluded: Mapping[str, int]
    feeds: list[FeedBatch] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class Preparer:
    """Prepares the blocks of the files of one delivery."""

    def __init__(
        self,
        keyring: Keyring,
        patient_keys: PatientKeys,
        evaluations: Mapping[str, Evaluation],
        time_zone: str,
    ) -> None:
        self._keyring = keyring
        self._patient_keys = patient_keys
        self._evaluations = evaluations
        self._time_zone = time_zone

    def prepare(self, block: Block, header: list[str], table: Table) -> PreparedBlock:
        """Return the block's rows by feed, with what was excluded and refused."""
        if not len(block.line_numbers):
            return PreparedBlock(block, 0, {})
        records = read_records(block, header, table)
        mapped = table.map_records(records)
        counts = _account(mapped, records, table)
        feeds = [
            self._feed_batch(FEEDS[name], frame, block)
            for name, frame in mapped.feeds.items()
            if frame.height
        ]
        excluded = mapped.excluded.group_by("reason").len()
        refused = _refused_records(mapped, block)
        return PreparedBlock(block, counts, dict(excluded.iter_rows()), feeds, refused)

    def _feed_batch(self, feed: Feed, frame: pl.DataFrame, block: Block) -> FeedBatch:
        text = _with_all_columns(feed, frame)
        typed = read_typed(feed, text, self._time_zone)
        verdict = self._evaluations[feed.name].add(
            typed.frame, is_unreadable=typed.unreadable.is_not_null()
        )
        keys = (
            self._patient_keys.of(text["source_patient_id"])
            if feed.has_patient
            else None
        )
        ids = record_ids(feed, text, keys, self._keyring)
        reasons = _reasons(typed, _broken_rules(verdict), keys, ids)
        is_refused = reasons.is_not_null()
        refused = (
            _refused_rows(feed, text, reasons, block) if is_refused.any() else []
        )
        columns = [ids.alias("record_id")]
        if keys is not None:
            columns.append(keys.alias("patient_key"))
        rows = landing_frame(feed, text, typed, self._patient_keys).with_columns(
            *columns, content_hashes(feed, text, self._keyring)
        )
        accepted = rows.filter(~is_refused) if refused else rows
        new_patients = self._patient_keys.take_new()
        return FeedBatch(feed, text.height, accepted, refused, new_patients)


def read_records(block: Block, header: list[str], table: Table) -> pl.DataFrame:
    """Return the block as text columns named as the table names them, with line numbers.

    Raises:
        AdapterError: the parser and the record reader count differently.
    """
    frame = pl.read_csv(
        io.BytesIO(block.content),
        has_header=False,
        new_columns=header,
        infer_schema=False,
        separator=chr(block.delimiter),
    )
    if frame.height != len(block.line_numbers):
        msg = f"{table.name}: {frame.height} rows parsed of {len(block.line_numbers)}"
        raise AdapterError(msg)
    if b'""' in block.content:
        frame = frame.with_columns(
            pl.when(pl.all() != "").then(pl.all()).name.keep()
        )
    present = [name for name in table.columns if name in header]
    absent = [name for name in table.columns if name not in header]
    return frame.select(
        *present,
        *(pl.lit(None, dtype=pl.String).alias(name) for name in absent),
        pl.Series(LINE, block.line_numbers),
    )


def landing_frame(
    feed: Feed, text: pl.DataFrame, typed: Typed, patient_keys: PatientKeys
) -> pl.DataFrame:
    """Return the columns as they land: typed, but numbers in their delivered spelling."""
    columns = [text[LINE], typed.frame["source_updated_at"]]
    columns.append(typed.frame["is_deleted"].fill_null(value=False))
    for column in feed.columns:
        if column.name in feed.patient_references:
            key = patient_keys.of(text[column.name])
            columns.append(key.alias(reference_key(column.name)))
        elif column.type == ColumnType.DECIMAL:
            columns.append(text[column.name])
        else:
            columns.append(typed.frame[column.name])
    if feed.name == "patients":
        return _with_derived_demographics(pl.DataFrame(columns), text)
    return pl.DataFrame(columns)


def _with_derived_demographics(rows: pl.DataFrame, text: pl.DataFrame) -> pl.DataFrame:
    """Derive ZIP3 and birth year here: after this the postal code is encrypted."""
    digits = pl.col("postal_code").str.extract(r"^\s*(\d{3})\d{2}(?:-?\d{4})?\s*$")
    return rows.with_columns(
        text["source_patient_id"],
        pl.coalesce(pl.col("zip3"), digits).alias("zip3"),
        pl.coalesce(
            pl.col("birth_year"), pl.col("birth_date").dt.year().cast(pl.Int64)
        ).alias("birth_year"),
    )


def _with_all_columns(feed: Feed, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        *(
            frame[name].cast(pl.String)
            if name in frame.columns
            else pl.lit(None, dtype=pl.String).alias(name)
            for name in feed.delivered_columns
        ),
        frame[LINE].cast(pl.Int64),
    )


def _account(mapped: Mapped, records: pl.DataFrame, table: Table) -> int:
    """Return how many records became feed rows; every record must be accounted for."""
    lines = [frame[LINE].cast(pl.Int64) for frame in mapped.feeds.values()]
    mapped_lines = pl.concat(lines).unique() if lines else pl.Series([], dtype=pl.Int64)
    aside = [mapped.excluded[LINE].cast(pl.Int64), mapped.refused[LINE].cast(pl.Int64)]
    all_lines = pl.concat([mapped_lines, *aside])
    if len(all_lines) != records.height or all_lines.n_unique() != records.height:
        msg = (
            f"the adapter mapped {len(mapped_lines)}, excluded {len(aside[0])} and refused "
            f"{len(aside[1])} of {records.height} records of {table.name}: each must be in "
            f"one of the three"
        )
        raise AdapterError(msg)
    return len(mapped_lines)


def _refused_records(mapped: Mapped, block: Block) -> list[Refused]:
    """Return the records that the adapter cannot read without guessing."""
    refused = mapped.refused.sort(LINE)
    originals = block.original(refused[LINE].to_list())
    return [
        Refused(line, originals[line], reason)
        for line, reason in refused.select(LINE, "reason").iter_rows()
    ]


def _broken_rules(verdict: Verdict) -> pl.Series:
    """Return per row the critical rules it breaks, comma-separated, or null."""
    rules = pl.Series("rules", [None] * len(verdict.refused), dtype=pl.String)
    if not verdict.refused.any():
        return rules
    positions = verdict.refused.arg_true()
    return rules.scatter(positions, verdict.rules.list.join(", "))


def _reasons(
    typed: Typed, rules: pl.Series, keys: pl.Series | None, ids: pl.Series
) -> pl.Series:
    """Return per row why it is refused, or null."""
    has_key = pl.repeat(value=True, n=len(ids), eager=True)
    frame = pl.DataFrame(
        {
            "unreadable": typed.unreadable,
            "rules": rules,
            "has_id": ids.is_not_null(),
            "has_key": has_key if keys is None else keys.is_not_null(),
        }
    )
    return frame.select(
        pl.when(pl.col("unreadable").is_not_null())
        .then(pl.format("{}:unreadable", "unreadable"))
        .when(~pl.col("has_key"))
        .then(pl.lit("source_patient_id:missing"))
        .when(~pl.col("has_id"))
        .then(pl.lit("record_id:missing"))
        .otherwise(pl.col("rules"))
        .alias("reason")
    )["reason"]


def _refused_rows(
    feed: Feed, text: pl.DataFrame, reasons: pl.Series, block: Block
) -> list[RefusedRow]:
    chosen = reasons.is_not_null()
    lines = text[LINE].filter(chosen).to_list()
    originals = block.original(lines)
    return [
        RefusedRow(feed.name, line, rules, originals[line])
        for line, rules in zip(lines, reasons.filter(chosen).to_list(), strict=True)
    ]
