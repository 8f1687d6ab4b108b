"""The graphs of a patient's results as a PNG: for a letter, a slide, a paper file.

The same as on the page: one axis for each test, the range behind it, bounds as bars,
each point with the sign of its judgement, the medicines below on the same time.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image, ImageDraw, ImageFont

from dashboards.chart.axes import FORMATS, time_domain
from dashboards.chart.flags import FLAGS, Flag, flag_of
from dashboards.chart.words import number_text, time_text
from dashboards.viewer.lines import Line

WIDTH, LEFT, RIGHT = 1200, 170, 30
HEAD, GRAPH, GAP, ROW, FOOT = 70, 200, 56, 24, 80
TICKS = 6
INK, PALE, BAND, GREY_BAND, LINE = (
    "#1B2630",
    "#5A646D",
    "#D9F0E7",
    "#E6E6E6",
    "#8A97A3",
)
TAKEN, ENDED = "#0072B2", "#B4BEC7"
ROOM = 0.12
Period = tuple[pd.Timestamp, pd.Timestamp]


class Drawing:
    """A picture that grows downwards, with one time axis for all of it."""

    def __init__(self, height: int, period: Period) -> None:
        """Begin an empty picture over a period."""
        self._image = Image.new("RGB", (WIDTH, height), "white")
        self.draw = ImageDraw.Draw(self._image)
        self._period = period

    def x(self, moment: pd.Timestamp) -> float:
        """Return where a moment lies, never beyond the edges."""
        first, last = self._period
        share = (moment - first) / (last - first)
        return LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)

    def text(
        self,
        at: tuple[float, float],
        words: str,
        *,
        size: int = 15,
        colour: str = INK,
        anchor: str = "lm",
    ) -> None:
        """Write words; the anchor is Pillow's."""
        self.draw.text(at, words, fill=colour, font=font(size), anchor=anchor)

    def png(self) -> bytes:
        """Return the picture."""
        held = io.BytesIO()
        self._image.save(held, "PNG", optimize=True)
        return held.getvalue()


def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font of the papers, in a size."""
    import font_roboto  # noqa: PLC0415 - needed with the picture alone

    folder = Path(font_roboto.__file__).parent / "files"
    return ImageFont.truetype(str(folder / "Roboto-Regular.ttf"), size)


def picture_of(
    heading: str,
    made_at: datetime,
    lines: Sequence[Line],
    numbers: pd.DataFrame,
    courses: pd.DataFrame,
) -> bytes:
    """Return graphs of the drawable results of some lines, and the medicines below.

    ``courses`` are those to draw, each with its period (``with_periods``).
    """
    period = time_domain(numbers["collected_at"])
    order = list(courses["medicine"].unique())
    height = HEAD + len(lines) * (GRAPH + GAP) + len(order) * ROW + FOOT
    drawing = Drawing(height, period)
    drawing.text((20, 25), heading, size=20)
    drawing.text((20, 50), f"Made {time_text(made_at)}", colour=PALE)
    top = HEAD
    for line in lines:
        _graph(drawing, top + 24, line, numbers[numbers["line_key"] == line.key])
        top += GRAPH + GAP
    for name in order:
        _medicine(drawing, top, name, courses[courses["medicine"] == name])
        top += ROW
    _time_axis(drawing, top + 8, period)
    _legend(drawing, top + 52, numbers)
    return drawing.png()


def _graph(drawing: Drawing, top: int, line: Line, results: pd.DataFrame) -> None:
    title = f"{line.name}, {line.unit}" if line.unit else line.name
    drawing.text((LEFT, top - 12), title, size=16)
    drawing.draw.rectangle((LEFT, top, WIDTH - RIGHT, top + GRAPH), outline=ENDED)
    if results.empty:
        drawing.text((LEFT + 10, top + 20), "nothing to draw", colour=PALE)
        return
    shown = pd.concat([results["plotted"], results["range_low"], results["range_high"]])
    low, high = float(shown.min()), float(shown.max())
    room = (high - low) * ROOM or abs(high) * ROOM or 1.0
    low, high = (max(low - room, 0.0) if low >= 0 else low - room), high + room

    def y(value: float) -> float:
        return top + GRAPH * (1 - (float(value) - low) / (high - low))

    ordered = results.sort_values("collected_at")
    _bands(drawing, ordered, y, (low, high))
    for value in (low, (low + high) / 2, high):
        told = number_text(float(f"{value:.3g}"))
        drawing.text((LEFT - 8, y(value)), told, colour=PALE, anchor="rm")
    is_exact = ordered["comparator"].isna() & ordered["is_usable"].astype(bool)
    path = [
        (drawing.x(r.collected_at), y(r.plotted))
        for r in ordered[is_exact].itertuples()
    ]
    if len(path) > 1:
        drawing.draw.line(path, fill=LINE, width=2)
    for row in ordered.itertuples():
        _point(drawing, row, y, (low, high))


def _bands(drawing: Drawing, ordered: pd.DataFrame, y: Any, ends: Any) -> None:
    """Draw the range of each result halfway to its neighbours."""
    rows = list(ordered.itertuples())
    places = [drawing.x(row.collected_at) for row in rows]
    for number, row in enumerate(rows):
        if pd.isna(row.range_low) and pd.isna(row.range_high):
            continue
        before = (places[number - 1] + places[number]) / 2 if number else LEFT
        is_last = number == len(rows) - 1
        after = WIDTH - RIGHT if is_last else (places[number] + places[number + 1]) / 2
        top = ends[1] if pd.isna(row.range_high) else row.range_high
        bottom = ends[0] if pd.isna(row.range_low) else row.range_low
        colour = GREY_BAND if row.is_default_range else BAND
        drawing.draw.rectangle((before, y(top), after, y(bottom)), fill=colour)


def _point(drawing: Drawing, row: Any, y: Any, ends: Any) -> None:
    """Draw the sign of a result's judgement; a bound is hollow and has its bar."""
    flag = flag_of(row.displayed_flag, row.indeterminate_reason)
    at = (drawing.x(row.collected_at), y(row.plotted))
    if not pd.isna(row.comparator):
        end = ends[0] if str(row.comparator).startswith("<") else ends[1]
        drawing.draw.line((at[0], at[1], at[0], y(end)), fill=LINE, width=3)
    is_hollow = not pd.isna(row.comparator) or not row.is_usable
    mark(drawing, at, flag, is_hollow=is_hollow)
    if is_hollow:
        words = row.plain_value if row.is_usable else f"{row.plain_value} not final"
        drawing.text((at[0], at[1] - 16), words, size=13, anchor="mm")


def mark(
    drawing: Drawing, at: tuple[float, float], flag: Flag, *, is_hollow: bool = False
) -> None:
    """Draw the mark of a judgement: two for a critical one, as on the page."""
    fill = "white" if is_hollow else flag.colour
    places = [(at[0], at[1] - 6), (at[0], at[1] + 6)] if len(flag.sign) > 1 else [at]
    for place in places:
        shape = _shape(flag.shape, place)
        if shape is None:
            box = (place[0] - 5, place[1] - 5, place[0] + 5, place[1] + 5)
            drawing.draw.ellipse(box, fill=fill, outline=flag.colour, width=2)
        else:
            drawing.draw.polygon(shape, fill=fill, outline=flag.colour, width=2)


def _shape(name: str, at: tuple[float, float]) -> list[tuple[float, float]] | None:
    """Return the corners of a mark; None for a circle."""
    x, y = at
    return {
        "triangle-up": [(x, y - 7), (x + 7, y + 6), (x - 7, y + 6)],
        "triangle-down": [(x, y + 7), (x + 7, y - 6), (x - 7, y - 6)],
        "diamond": [(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)],
        "square": [(x - 5, y - 5), (x + 5, y - 5), (x + 5, y + 5), (x - 5, y + 5)],
    }.get(name)


def _legend(drawing: Drawing, top: int, numbers: pd.DataFrame) -> None:
    """Tell what the marks that are drawn mean."""
    words = set(numbers["flag_word"])
    left = LEFT
    for flag in (flag for flag in FLAGS if flag.word in words):
        mark(drawing, (left + 6, top), flag)
        drawing.text((left + 20, top), flag.word, size=13)
        left += 130


def _medicine(drawing: Drawing, top: int, name: str, courses: pd.DataFrame) -> None:
    shortened = name if len(name) <= 22 else f"{name[:21]}\u2026"  # noqa: PLR2004
    drawing.text((LEFT - 8, top + ROW / 2), shortened, size=13, anchor="rm")
    for course in courses.itertuples():
        start, end = drawing.x(course.from_at), drawing.x(course.to_at)
        colour = TAKEN if course.is_active else ENDED
        box = (start, top + 4, max(end, start + 3), top + ROW - 4)
        drawing.draw.rectangle(box, fill=colour)


def _time_axis(drawing: Drawing, top: int, period: Period) -> None:
    days = (period[1] - period[0]).days
    form = next((form for most, form in FORMATS if days <= most), FORMATS[-1][1])
    for number in range(TICKS + 1):
        moment = period[0] + (period[1] - period[0]) * number / TICKS
        drawing.text((drawing.x(moment), top + 10), f"{moment:{form}}", colour=PALE,
                     anchor="mm")  # fmt: skip
