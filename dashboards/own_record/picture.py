"""Where a value lies: a bar with the usual range on it and a mark for the value.

The mark has the shape of its judgement, so that it tells without colour. The page says
the same in words beside it.
"""

from typing import Any

import pandas as pd

from dashboards.chart.words import number_text
from dashboards.own_record.judgements import JUDGEMENTS

WIDTH, HEIGHT, MARGIN = 340, 84, 18
BAR_TOP, BAR_HEIGHT = 30, 20
# How much of the bar lies outside the range, as a share of the range, on each side.
ROOM = 0.75
PLAIN_BAR, RANGE_COLOUR, RANGE_EDGE, INK = "#E3E8EC", "#BFE3D5", "#00664B", "#1B2630"
ROUND = "M-7,0a7,7 0 1,0 14,0a7,7 0 1,0 -14,0Z"
UP, DOWN = "M0,-9L9,7L-9,7Z", "M0,9L9,-7L-9,-7Z"
DOUBLE_UP, DOUBLE_DOWN = (
    "M0,-13L8,-1L-8,-1Z M0,0L8,12L-8,12Z",
    "M0,13L8,1L-8,1Z M0,0L8,-12L-8,-12Z",
)
SHAPES = {"●": ROUND, "▲": UP, "▼": DOWN, "▲▲": DOUBLE_UP, "▼▼": DOUBLE_DOWN}


def picture(row: Any) -> str | None:
    """Return the picture of a result as SVG; None where it has no place on a range."""
    flag = JUDGEMENTS[row.judgement_code].flag
    scale = _scale(row)
    if scale is None or flag.sign not in SHAPES or pd.isna(row.number_or_bound):
        return None
    low, high = scale
    ends = [
        MARGIN if pd.isna(row.range_low) else _place(row.range_low, low, high),
        WIDTH - MARGIN
        if pd.isna(row.range_high)
        else _place(row.range_high, low, high),
    ]
    # Beyond the end of the bar the mark stays at its end: the words tell how far.
    value = min(max(float(row.number_or_bound), low), high)
    at = _place(value, low, high)
    parts = [
        _bar(MARGIN, WIDTH - MARGIN, PLAIN_BAR, PLAIN_BAR),
        _bar(ends[0], ends[1], RANGE_COLOUR, RANGE_EDGE),
        _text((ends[0] + ends[1]) / 2, BAR_TOP + BAR_HEIGHT + 30, "usual", RANGE_EDGE),
        _limit(row.range_low, ends[0]),
        _limit(row.range_high, ends[1]),
        f'<path transform="translate({at:.1f},{BAR_TOP + BAR_HEIGHT / 2})" '
        f'd="{SHAPES[flag.sign]}" fill="{flag.colour}" stroke="white"/>',
        _text(at, BAR_TOP - 10, "you", INK),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(parts)}</svg>"
    )


def _scale(row: Any) -> tuple[float, float] | None:
    """Return the values at both ends of the bar."""
    low, high = row.range_low, row.range_high
    if not pd.isna(low) and not pd.isna(high) and high > low:
        room = float(high - low) * ROOM
        return float(low) - room, float(high) + room
    only = high if pd.isna(low) else low
    # With one limit the other end is zero, which nothing measured is below.
    is_alone = pd.isna(low) != pd.isna(high)
    return (0.0, float(only) * (1 + ROOM)) if is_alone and only > 0 else None


def _place(value: float, low: float, high: float) -> float:
    share = (float(value) - low) / (high - low)
    return MARGIN + share * (WIDTH - 2 * MARGIN)


def _bar(start: float, end: float, fill: str, edge: str) -> str:
    return (
        f'<rect x="{start:.1f}" y="{BAR_TOP}" width="{end - start:.1f}" '
        f'height="{BAR_HEIGHT}" fill="{fill}" stroke="{edge}"/>'
    )


def _limit(limit: float | None, at: float) -> str:
    if pd.isna(limit):
        return ""
    return _text(at, BAR_TOP + BAR_HEIGHT + 16, number_text(limit), INK)


def _text(at: float, top: float, words: str, colour: str) -> str:
    return (
        f'<text x="{at:.1f}" y="{top}" font-family="sans-serif" font-size="13" '
        f'text-anchor="middle" fill="{colour}">{words}</text>'
    )
