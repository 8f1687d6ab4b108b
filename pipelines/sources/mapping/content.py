"""What a column's values look like: dates and how they are written, numbers, codes."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import product

import polars as pl

from pipelines.sources.mapping.number_signs import ENOUGH, NumberSigns, number_signs
from pipelines.sources.mapping.times import iso_date

MISSING_MARKS = ("?", "NA", "N/A", "n/a", "NULL", "null", "\\N", "-", "--", ".", "nan")
FOR_CODES = 0.9  # codes are often cut or mistyped
MOST_SPELLINGS = 60  # of a code or unit, listed in a proposal
FEW = 12  # kinds of values that a code of sex or status has at most

DATE_STYLES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y",
    "%m-%d-%Y", "%d-%b-%Y", "%d %b %Y",
)  # fmt: skip
TIME_STYLES = (
    "", " %H:%M", " %H:%M:%S", "T%H:%M:%S", "T%H:%M", " %I:%M %p", " %I:%M:%S %p",
    "%H%M%S", "%H%M",
)  # fmt: skip
# What any of them looks like: cheaper than trying ninety formats on every column.
LIKE_A_DATE = r"^\d{1,4}[-./ ]?([A-Za-z]{3}|\d{1,2})[-./ ]?\d{2,4}"
SHORTEST_DATE = len("1.1.2000")
CLOCK = r"^\d{1,2}:\d{2}(:\d{2})?$"
# In the order in which they are tried: the narrower form first.
CODE_SYSTEMS = {
    "LOINC": r"^\d{1,5}-\d$",
    "NDC": r"^(\d{4,5}-\d{3,4}-\d{1,2}|\d{11})$",
    "ICD-10-CM": r"^[A-TV-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?$",
    "ICD-9-CM": r"^(\d{3}(\.\d{1,2})?|[VE]\d{2,3}(\.\d{1,2})?)$",
}


@dataclass(frozen=True)
class ColumnContent:
    """What the values of one column have in common."""

    filled: int
    distinct: int
    date_formats: tuple[str, ...]
    is_clock: bool
    numbers: NumberSigns
    code_system: str | None
    missing_marks: tuple[str, ...]
    frequent: tuple[str, ...]

    @property
    def is_date(self) -> bool:
        """Return whether every value is a date by some format."""
        return bool(self.date_formats)

    @property
    def is_code(self) -> bool:
        """Return whether there are only a few kinds of values."""
        return 0 < self.distinct <= FEW


def describe_content(values: pl.Series) -> ColumnContent:
    """Look at the values of one column."""
    text = values.drop_nulls().str.strip_chars()
    marks = tuple(mark for mark in MISSING_MARKS if (text == mark).any())
    text = text.filter(~text.is_in(["", *MISSING_MARKS]))
    return ColumnContent(
        filled=len(text),
        distinct=text.n_unique(),
        date_formats=_date_formats(text),
        is_clock=_share(text, CLOCK) >= ENOUGH,
        numbers=number_signs(text),
        code_system=_code_system(text),
        missing_marks=marks,
        frequent=tuple(
            value for value, _ in Counter(text.to_list()).most_common(MOST_SPELLINGS)
        ),
    )


def is_ambiguous(formats: tuple[str, ...]) -> bool:
    """Return whether day and month could be exchanged."""
    orders = {
        tuple(re.findall("%[dm]", each))
        for each in formats
        if not each.startswith("%Y")
    }
    return len(orders) > 1


def is_numeric_order(formats: tuple[str, ...]) -> bool:
    """Return whether day and month are both digits before the year."""
    return bool(formats) and all(
        "%m" in each and not each.startswith("%Y") for each in formats
    )


def _share(text: pl.Series, pattern: str) -> float:
    return float(text.str.contains(pattern).mean() or 0) if len(text) else 0.0


def _date_formats(text: pl.Series) -> tuple[str, ...]:
    """Return every format that reads all values; the first value rules most out."""
    if _share(text, LIKE_A_DATE) < ENOUGH or text.str.len_chars().min() < SHORTEST_DATE:
        return ()
    formats = [date + time for date, time in product(DATE_STYLES, TIME_STYLES)]
    for width in (1, len(text)):
        formats = [each for each in formats if _reads(text.head(width), each)]
    return tuple(formats)


def _reads(text: pl.Series, spelling: str) -> bool:
    dates = text.to_frame("t").select(iso_date(pl.col("t"), [spelling]))["t"]
    is_read = (dates != text) | (text.str.contains(r"^\d{4}-\d{2}-\d{2}$"))
    is_plausible = (
        dates.str.slice(0, 4).cast(pl.Int64, strict=False).is_between(1850, 2250)
    )
    return bool((is_read & is_plausible.fill_null(value=False)).mean() >= ENOUGH)


def _code_system(text: pl.Series) -> str | None:
    """Return the system that every value has the form of."""
    found = (
        name for name, form in CODE_SYSTEMS.items() if _share(text, form) >= FOR_CODES
    )
    return next(found, None)
