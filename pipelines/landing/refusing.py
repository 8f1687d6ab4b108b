"""Why rows of a feed are refused, and their original lines."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from expectations.verdict import Verdict
from pipelines.landing.blocks import Block
from pipelines.sources.adapter import LINE

UNREADABLE = "unreadable"
MISSING = "missing"
ERASED = "erased"


@dataclass(frozen=True)
class RefusedRow:
    """One row of one feed that is refused; ``rules`` names what it breaks.

    ``place_in_line`` is which of the rows that its line makes of the feed it is.
    """

    feed: str
    line_number: int
    rules: str
    original: bytes
    place_in_line: int = 0

    @property
    def reason(self) -> str:
        """Return the reason in words."""
        return reason_of(self.rules)


def reason_of(rules: str) -> str:
    """Return in words why a row is refused that breaks these rules."""
    name, _, what = rules.rpartition(":")
    if what == UNREADABLE:
        return f"{name} cannot be read as its type"
    if what == MISSING:
        return f"{name} is missing"
    if what == ERASED:
        return "is of an erased patient: nothing of it is kept"
    return "breaks the rules named"


def unusable(
    unreadable: pl.Series,
    patient_keys: pl.Series | None,
    record_ids: pl.Series,
    erased_keys: Sequence[int] = (),
) -> pl.Series:
    """Return per row why no rule can judge it (unreadable, without a key), or null."""
    keys = {"source_patient_id": patient_keys, "record_id": record_ids}
    keys = {name: key for name, key in keys.items() if key is not None}
    is_whole = not any(key.null_count() for key in keys.values())
    if is_whole and not erased_keys and unreadable.null_count() == len(unreadable):
        return unreadable.alias("reason")  # nearly always
    frame = pl.DataFrame(
        {UNREADABLE: unreadable} | {name: key.is_null() for name, key in keys.items()}
    )
    if patient_keys is not None and erased_keys:
        is_erased = patient_keys.is_in(list(erased_keys)).fill_null(value=False)
        frame = frame.with_columns(is_erased.alias(ERASED))
        erased = [pl.when(ERASED).then(pl.lit(f"source_patient_id:{ERASED}"))]
    else:
        erased = []
    reasons = [
        pl.when(name).then(pl.lit(f"{name}:{MISSING}"))
        for name in frame.columns
        if name not in (UNREADABLE, ERASED)
    ]
    return frame.select(
        pl.coalesce(
            *erased, pl.format(f"{{}}:{UNREADABLE}", UNREADABLE), *reasons
        ).alias("reason")
    )["reason"]


def with_broken_rules(without_judgement: pl.Series, verdict: Verdict) -> pl.Series:
    """Return per row why it cannot be judged, else the critical rules that it breaks.

    The rules are comma-separated; null where there are none.
    """
    if not verdict.refused.any():
        return without_judgement
    rules = pl.Series("rules", [None] * len(verdict.refused), dtype=pl.String)
    rules.scatter(verdict.refused.arg_true(), verdict.rules.list.join(", "))
    return without_judgement.zip_with(without_judgement.is_not_null(), rules)


def refused_rows(
    feed: str, lines: pl.Series, reasons: pl.Series, block: Block
) -> list[RefusedRow]:
    """Return the rows that have a reason, with their original lines."""
    if reasons.null_count() == len(reasons):
        return []
    chosen = reasons.is_not_null()
    numbers = lines.filter(chosen).to_list()
    originals = block.originals(numbers)
    told = (numbers, reasons.filter(chosen), places_in_line(lines).filter(chosen))
    return [
        RefusedRow(feed, number, rules, originals[number], place)
        for number, rules, place in zip(*told, strict=True)
    ]


def places_in_line(lines: pl.Series) -> pl.Series:
    """Return per row which of the rows of its line it is, from 0."""
    frame = lines.alias(LINE).to_frame()
    return frame.select(pl.int_range(pl.len()).over(LINE).alias("place"))["place"]


def line_numbers(frame: pl.DataFrame) -> pl.Series:
    """Return the lines that rows come from."""
    return frame[LINE].cast(pl.Int64)
