"""Small pictures drawn here: black and white tells as much as the colours do."""

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 150, 14
LINE_WIDTH, LINE_HEIGHT = 170, 40
MARGIN = 4
# Okabe-Ito's blue, and a tint of its vermilion with a hatch, which differs in grey too.
# What had nothing to judge is left white.
PASSED, FAILED, EDGE = "#0072B2", "#f9d9c4", "#16202a"
LEAST_PIXELS = 3
HATCH_PIXELS = 5


def bar(passed: int, failed: int, not_applicable: int) -> Markup:
    """Return how checks ended as one bar: passed, failed, not applicable."""
    counts = (passed, failed, not_applicable)
    if not sum(counts):
        return Markup("")
    told = f"{passed} passed, {failed} failed, {not_applicable} not applicable"
    edges = _edges(counts)
    parts = [
        _box(edges[0], edges[1], PASSED),
        _box(edges[1], edges[2], FAILED) + _hatch(edges[1], edges[2]),
        _box(edges[2], edges[3], "#fff"),
    ]
    return _picture(WIDTH, HEIGHT, told, Markup("").join(parts))


def line(shares: Sequence[float]) -> Markup:
    """Return shares between 0 and 1, the oldest first, as a line above its zero."""
    if len(shares) < 2:  # noqa: PLR2004 - one point is no line
        return Markup("")
    step = (LINE_WIDTH - 2 * MARGIN) / (len(shares) - 1)
    reach = LINE_HEIGHT - 2 * MARGIN
    points = " ".join(
        f"{MARGIN + step * place:.1f},{MARGIN + reach * (1 - share):.1f}"
        for place, share in enumerate(shares)
    )
    base = LINE_HEIGHT - MARGIN
    told = f"from {100 * shares[0]:.1f} % to {100 * shares[-1]:.1f} %"
    drawn = Markup(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}"/>'
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>'
    ).format(MARGIN, base, LINE_WIDTH - MARGIN, base, EDGE, points, PASSED)
    return _picture(LINE_WIDTH, LINE_HEIGHT, told, drawn)


def _edges(counts: Sequence[int]) -> list[float]:
    """Return where parts begin and end; a part that is there can be seen."""
    wide = [max(WIDTH * count / sum(counts), LEAST_PIXELS) if count else 0.0
            for count in counts]  # fmt: skip
    scale = WIDTH / sum(wide)
    edges = [0.0]
    for each in wide:
        edges.append(edges[-1] + each * scale)
    return edges


def _box(left: float, right: float, colour: str) -> Markup:
    if right <= left:
        return Markup("")
    return Markup(
        '<rect x="{:.1f}" y="0.5" width="{:.1f}" height="{}" fill="{}" stroke="{}"/>'
    ).format(left, right - left, HEIGHT - 1, colour, EDGE)


def _hatch(left: float, right: float) -> Markup:
    """Return slanted strokes inside a box."""
    stroke = Markup('<line x1="{:.1f}" y1="{}" x2="{:.1f}" y2="0.5" stroke="{}"/>')
    places = range(int((right - left) / HATCH_PIXELS) + 1)
    starts = (left + HATCH_PIXELS * place for place in places)
    return Markup("").join(
        stroke.format(start, HEIGHT - 0.5, min(start + HATCH_PIXELS, right), EDGE)
        for start in starts
    )


def _picture(width: int, height: int, told: str, inside: Markup) -> Markup:
    return Markup(
        '<svg width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" '
        'aria-label="{2}">{3}</svg>'
    ).format(width, height, told, inside)
