"""A report as parts, and those parts as one HTML file that works without a network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).with_name("templates")
NOTHING = "-"
Row = Mapping[str, Any]
# A picture is made by us; every other cell is escaped where it is written.
Cell = str | int | float | date | Markup | None


@dataclass(frozen=True)
class Section:
    """One table with its heading; ``empty`` is said where there is no row."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str
    note: str = ""

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Return each column's header and how its cells are set."""
        cells = zip(*self.rows, strict=True)
        return [
            (header, _kind_of(column))
            for header, column in zip(self.headers, cells, strict=True)
        ]


@dataclass(frozen=True)
class Document:
    """One report: what it is about, in a line what matters, and its tables."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, Cell]]
    sections: Sequence[Section]
    made_at: datetime
    time_zone: str


def table(
    title: str,
    rows: Sequence[Row],
    columns: Mapping[str, str | Callable[[Row], Cell]],
    empty: str,
    note: str = "",
) -> Section:
    """Return a section with a line per row.

    ``columns`` has for each header the name of a value, or what makes one of a row.
    """
    lines = [
        [row[each] if isinstance(each, str) else each(row) for each in columns.values()]
        for row in rows
    ]
    return Section(title, tuple(columns), lines, empty, note)


def html_of(document: Document) -> str:
    """Return the whole file."""
    return _environment().get_template("report.html").render(document=document)


def day_text(value: date | None) -> str:
    """Return a day as 3 Mar 2026, which no country reads the other way round."""
    return NOTHING if value is None else f"{value.day} {value:%b %Y}"


def time_text(value: datetime | None) -> str:
    """Return a day and time."""
    return NOTHING if value is None else f"{day_text(value)}, {value:%H:%M}"


def percent_text(part: int, whole: int) -> str:
    """Return a share in words: only nothing is 0 %, and only all is 100 %."""
    if not whole:
        return NOTHING
    if part in (0, whole):
        return "100 %" if part else "0 %"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f} %"


def bytes_text(count: int) -> str:
    """Return a number of bytes in the unit that reads best."""
    size, unit = float(count), "bytes"
    for larger in ("KB", "MB", "GB", "TB"):
        if size < 1000:  # noqa: PLR2004 - a thousand makes the next unit
            break
        size, unit = size / 1000, larger
    # No line ends between a number and its unit.
    return f"{count:,}\u00a0bytes" if unit == "bytes" else f"{size:.1f}\u00a0{unit}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = _cell
    environment.filters["moment"] = time_text
    return environment


def _cell(value: Cell) -> str:
    """Return a cell as it is read."""
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return NOTHING if value is None else value


def _kind_of(column: Sequence[Cell]) -> str:
    """Return whether figures are compared in a column, or moments stand in it."""
    if any(isinstance(value, date) for value in column):
        return "moment"
    if any(map(_is_figure, column)):
        return "figure"
    return "words"


def _is_figure(value: Cell) -> bool:
    return isinstance(value, int | float) or (
        isinstance(value, str) and value.endswith(" %")
    )
