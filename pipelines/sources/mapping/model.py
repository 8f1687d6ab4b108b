"""What a mapping file may say: files of another shape, turned into feeds.

The model checks form and names; whether a file has the columns shows when it is read.
"""

import difflib
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from pipelines.feeds.catalogue import DELIVERED
from pipelines.sources.csv_feeds import required_columns


class Unmapped(StrEnum):
    """What happens to a code that a list does not have."""

    KEEP = "keep"
    REFUSE = "refuse"
    NULL = "null"


class Strict(BaseModel):
    """A part of the file: unknown words are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def check_date_format(text: str) -> str:
    """Refuse a format that leaves day, month or century open."""
    if "%y" in text:
        msg = "two-digit years leave the century open: export years with four digits"
        raise ValueError(msg)
    if not all(part in text for part in ("%Y", "%d")) or "%m" not in text.lower():
        msg = f"{text!r} does not tell day, month and year; an example: %d.%m.%Y %H:%M"
        raise ValueError(msg)
    return text


def check_time_zone(text: str) -> str:
    """Refuse a zone that does not exist."""
    if text not in available_timezones():
        near = difflib.get_close_matches(text, available_timezones(), n=3)
        msg = f"there is no time zone {text!r}; near: {', '.join(near) or 'none'}"
        raise ValueError(msg)
    return text


DateFormat = Annotated[str, AfterValidator(check_date_format)]
TimeZone = Annotated[str, AfterValidator(check_time_zone)]
Delimiter = Annotated[
    Literal[",", ";", "\t", "|"],
    BeforeValidator(lambda text: "\t" if text == "tab" else text),
]


class CodeList(Strict):
    """Spellings of the source, and what they are in the feed."""

    values: dict[str, str] = Field(default_factory=dict)
    unmapped: Unmapped = Unmapped.KEEP


class ColumnRule(Strict):
    """Where a feed column comes from: one column, several joined, or a constant."""

    column: str | None = None
    columns: tuple[str, ...] = ()
    separator: str = " "
    constant: str | None = None
    codes: str | None = None
    only_numbers: bool = False

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        origins = (
            self.column is not None,
            bool(self.columns),
            self.constant is not None,
        )
        if sum(origins) != 1:
            msg = "say exactly one of column, columns, constant"
            raise ValueError(msg)
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the columns it reads, named as in the landing: lower case."""
        names = self.columns or ((self.column,) if self.column is not None else ())
        return tuple(name.strip().lower() for name in names)


Rule = Annotated[
    ColumnRule,
    BeforeValidator(lambda rule: {"column": rule} if isinstance(rule, str) else rule),
]


class FeedRows(Strict):
    """One row of a feed for each record, unless a column it depends on is empty."""

    feed: str
    columns: dict[str, Rule]
    only_if_filled: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _keeps_the_contract(self) -> Self:
        if self.feed not in DELIVERED:
            msg = _unknown("feed", self.feed, list(DELIVERED))
            raise ValueError(msg)
        known = DELIVERED[self.feed].delivered_columns
        for name in self.columns:
            if name not in known:
                raise ValueError(_unknown(f"column of {self.feed}", name, list(known)))
        missing = set(required_columns(DELIVERED[self.feed])) - self.columns.keys()
        if missing:
            msg = f"{self.feed} needs {', '.join(sorted(missing))}"
            raise ValueError(msg)
        for name in self.only_if_filled:
            if name not in self.columns:
                msg = f"only_if_filled names {name!r}, which columns does not set"
                raise ValueError(msg)
        return self


class FileMapping(Strict):
    """All files of one shape: how they are written, and what they become."""

    pattern: str
    delimiter: Delimiter = ","
    decimal_comma: bool = False
    thousands_separator: str | None = None
    date_formats: tuple[DateFormat, ...] = ()
    missing: tuple[str, ...] = ()
    rows: tuple[FeedRows, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _numbers_can_be_read(self) -> Self:
        if self.thousands_separator == ("," if self.decimal_comma else "."):
            msg = "thousands_separator is also the decimal sign"
            raise ValueError(msg)
        return self


class Mapping(Strict):
    """One source system whose files have a shape of their own.

    ``revision`` must rise when a changed mapping would give other rows.
    """

    source_system: str = Field(min_length=1)
    kind: Literal["live", "historical"] = "live"
    revision: int = Field(default=1, ge=1)
    time_zone: TimeZone | None = None
    units: CodeList = CodeList()
    codes: dict[str, CodeList] = Field(default_factory=dict)
    files: tuple[FileMapping, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _code_lists_exist(self) -> Self:
        for file in self.files:
            for rows in file.rows:
                for name, rule in rows.columns.items():
                    if rule.codes is not None and rule.codes not in self.codes:
                        msg = _unknown(
                            f"code list (for {name})", rule.codes, self.codes
                        )
                        raise ValueError(msg)
        return self


def _unknown(kind: str, name: str, known: list[str]) -> str:
    """Return a sentence that names the nearest known names."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"; near: {', '.join(near)}" if near else ""
    return f"there is no {kind} {name!r}{hint}"
