"""The columns of one feed as expressions over the records of one file."""

from collections import Counter
from collections.abc import Iterator

import polars as pl

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType
from pipelines.sources.mapping.model import (
    CodeList,
    ColumnRule,
    FeedRows,
    FileMapping,
    Mapping,
    Unmapped,
)
from pipelines.sources.mapping.numbers import AMBIGUOUS, NumberStyle
from pipelines.sources.mapping.times import iso_date, iso_time

NUMBERS = (ColumnType.DECIMAL, ColumnType.INTEGER)
# Text columns that hold numbers, with comparators or as ranges.
NUMERIC_TEXTS = ("value_text", "answer_text", "dose_text", "reference_text")


class FeedColumns:
    """What a part of a mapping makes of a record: values, and reasons to refuse it."""

    def __init__(self, mapping: Mapping, file: FileMapping, rows: FeedRows) -> None:
        self._mapping = mapping
        self._file = file
        self._rules = rows.columns
        self._style = NumberStyle(file.decimal_comma, file.thousands_separator)
        types = {column.name: column.type for column in FEEDS[rows.feed].columns}
        self._types = types | {"source_updated_at": ColumnType.TIMESTAMP}

    def values(self) -> Iterator[pl.Expr]:
        """Yield the feed's columns."""
        for name, rule in self._rules.items():
            yield self._value(name, rule).alias(name)

    def refusal(self) -> pl.Expr:
        """Return why a record is refused, or null; the sentences hold no value."""
        reasons = [
            pl.when(is_wrong).then(pl.lit(f"{name}: {reason}"))
            for name, rule in self._rules.items()
            for is_wrong, reason in self._mistakes(name, rule)
        ]
        return pl.coalesce(*reasons, pl.lit(None, dtype=pl.String))

    def code_list(self, name: str) -> CodeList | None:
        """Return the list that a feed column is translated with, if any."""
        rule = self._rules[name]
        if rule.codes is not None:
            return self._mapping.codes[rule.codes]
        is_unit = name == "unit" or name.endswith("_unit")
        return self._mapping.units if is_unit and rule.constant is None else None

    def unmapped(
        self, missing: tuple[str, ...], records: pl.DataFrame
    ) -> Counter[tuple[str, str]]:
        """Count codes that a list does not have, by feed column."""
        counts: Counter[tuple[str, str]] = Counter()
        for name in self._rules:
            code_list = self.code_list(name)
            if code_list is not None:
                codes = records.select(
                    self.delivered(name).str.strip_chars().alias("c")
                )
                known = ["", *missing, *code_list.values]
                seen = Counter(codes.filter(~pl.col("c").is_in(known))["c"].to_list())
                counts.update({(name, code): count for code, count in seen.items()})
        return counts

    def delivered(self, name: str) -> pl.Expr:
        """Return a feed column as the source writes it."""
        rule = self._rules[name]
        if rule.constant is not None:
            return pl.lit(rule.constant, dtype=pl.String)
        if len(rule.sources) == 1:
            return pl.col(rule.sources[0])
        parts = [pl.col(source) for source in rule.sources]
        joined = pl.concat_str(parts, separator=rule.separator, ignore_nulls=True)
        return pl.when(joined != "").then(joined)

    def _value(self, name: str, rule: ColumnRule) -> pl.Expr:
        text = self.delivered(name)
        if rule.constant is not None:
            return text
        code_list = self.code_list(name)
        if code_list is not None:
            return _translated(text, code_list)
        kind = self._types.get(name, ColumnType.TEXT)
        if kind == ColumnType.DATE:
            return iso_date(text, self._file.date_formats)
        if kind == ColumnType.TIMESTAMP:
            return iso_time(text, self._file.date_formats, self._mapping.time_zone)
        if rule.only_numbers:
            text = pl.when(self._style.is_number(text)).then(text)
        return self._style.with_point(text) if self._is_numeric(name) else text

    def _mistakes(self, name: str, rule: ColumnRule) -> Iterator[tuple[pl.Expr, str]]:
        """Yield what is wrong with a column's text, and the sentence for it."""
        if rule.constant is not None:
            return
        text = self.delivered(name)
        code_list = self.code_list(name)
        if code_list is not None and code_list.unmapped == Unmapped.REFUSE:
            is_unknown = text.is_not_null() & ~text.is_in(list(code_list.values))
            yield is_unknown, "a code that the mapping's list does not have"
        elif self._is_numeric(name) and code_list is None:
            yield self._style.is_ambiguous(text).fill_null(value=False), AMBIGUOUS

    def _is_numeric(self, name: str) -> bool:
        return self._types.get(name) in NUMBERS or name in NUMERIC_TEXTS


def _translated(text: pl.Expr, code_list: CodeList) -> pl.Expr:
    """Return the codes of the feed; what has none, as the list says."""
    default = None if code_list.unmapped == Unmapped.NULL else text
    return text.replace_strict(
        code_list.values, default=default, return_dtype=pl.String
    )
