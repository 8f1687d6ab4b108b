"""The flowsheet as HTML: every delivered word is escaped here.

A flag is told three times: by its sign, by its colour, and in words for whoever sees
neither. What was corrected or withdrawn is struck through, and said in words, too.
"""

from html import escape
from typing import Any

from dashboards.chart.flags import flag_of
from dashboards.chart.result_words import NOTES
from dashboards.chart.words import date_text, time_text
from dashboards.viewer.sheet import Sheet

MOST_IN_CELL = 3
CHOSEN, GRAPHED = "chosen", "graphed"
WEEKDAY = "%a"
PRELIMINARY = {"preliminary": "prelim.", "registered": "pending"}


def table_of(sheet: Sheet) -> str:
    """Return the grid as a table that scrolls inside itself."""
    # The newest results are what is seen first, on whichever side they are.
    is_oldest_first = len(sheet.times) > 1 and sheet.times[0] < sheet.times[-1]
    begins = ' data-begins="right"' if is_oldest_first else ""
    return (
        f'<div class="flowsheet-scroll"{begins} tabindex="0" role="region" '
        'aria-label="Results, tests down and time across">'
        f'<table class="flowsheet"><thead>{_head(sheet)}</thead>'
        f"<tbody>{_body(sheet)}</tbody></table></div>"
    )


def class_of(word: str) -> str:
    """Return the style of a judgement."""
    return f"flag-{word.lower().replace(' ', '-')}"


def _head(sheet: Sheet) -> str:
    days = "".join(
        f'<th scope="colgroup" colspan="{count}" class="day">'
        f"<span>{day:{WEEKDAY}} {date_text(day)}</span></th>"
        for day, count in sheet.days
    )
    times = "".join(
        f'<th scope="col" class="time{_edge(sheet, place)}">{time:%H:%M}</th>'
        for place, time in enumerate(sheet.times)
    )
    return (
        f'<tr><th scope="col" rowspan="2" class="test">Test</th>{days}</tr>'
        f"<tr>{times}</tr>"
    )


def _edge(sheet: Sheet, place: int) -> str:
    """Return the style of a column where a day begins."""
    is_first = place == 0 or sheet.times[place].date() != sheet.times[place - 1].date()
    return " begins" if is_first else ""


def _body(sheet: Sheet) -> str:
    edges = [_edge(sheet, place) for place in range(len(sheet.times))]
    rows, panel = [], None
    for line in sheet.lines:
        if line.panel != panel:
            panel = line.panel
            rows.append(
                f'<tr class="panel"><th scope="rowgroup"><span>{escape(panel)}</span>'
                f'</th><td colspan="{len(sheet.times)}"></td></tr>'
            )
        under = " · ".join(
            part for part in (line.unit, sheet.ranges.get(line.key, "")) if part
        )
        cells = "".join(
            _cell(sheet, sheet.cells.get((line.key, time), ()), edge)
            for time, edge in zip(sheet.times, edges, strict=True)
        )
        key, name = escape(line.key, quote=True), escape(line.name)
        rows.append(
            f'<tr><th scope="row" class="test"><div><button type="button" '
            f'data-tells="{GRAPHED}" data-value="{key}" title="Graph {name}">{name}'
            f'</button><span class="under">{escape(under)}</span></div></th>'
            f"{cells}</tr>"
        )
    return "".join(rows)


def _cell(sheet: Sheet, results: Any, edge: str) -> str:
    if not results:
        return f'<td class="none{edge}"></td>'
    shown = "".join(_result(sheet, result) for result in results[:MOST_IN_CELL])
    more = len(results) - MOST_IN_CELL
    rest = f'<span class="more">and {more} more</span>' if more > 0 else ""
    return f'<td class="{edge.strip()}">{shown}{rest}</td>'


def _result(sheet: Sheet, result: Any) -> str:
    flag = flag_of(result.displayed_flag, result.indeterminate_reason)
    former = sheet.former.get(result.lab_result_key, "")
    is_new = result.lab_result_key in sheet.new
    status = status_of(result)
    value = escape(result.plain_value)
    parts = [
        f'<span class="sign" aria-hidden="true">{flag.sign}</span> ',
        f"<del>{escape(former)}</del> " if former else "",
        f"<s>{value}</s>" if result.is_withdrawn else f"<b>{value}</b>",
        f'<span class="spoken">, {escape(result.judgement)}</span>',
        f' <span class="status">{escape(status)}</span>' if status else "",
        ' <span class="status">converted</span>' if is_converted(result) else "",
        ' <span class="new">new</span>' if is_new else "",
    ]
    key = escape(result.lab_result_key, quote=True)
    told = escape(told_of(result, former, is_new=is_new), quote=True)
    return (
        f'<button type="button" class="result {class_of(flag.word)}" '
        f'data-tells="{CHOSEN}" data-value="{key}" title="{told}">{"".join(parts)}'
        "</button>"
    )


def is_converted(result: Any) -> bool:
    """Return whether the value stands in another unit than it was delivered in."""
    return result.conversion_code == "converted"


def status_of(result: Any) -> str:
    """Return what a reader must know beside the value; empty for what is final."""
    code = result.result_status_code
    if result.is_withdrawn:
        return NOTES.get(code, "withdrawn")
    if code in PRELIMINARY:
        return PRELIMINARY[code]
    if not result.is_usable:
        return "not final"
    # Where no value came, the words beside it are what was found.
    is_told_in_note = not result.value_text and result.comment_text
    return NOTES.get(code, "see note" if is_told_in_note else "")


def told_of(result: Any, former: str, *, is_new: bool) -> str:
    """Return everything about a result in words, as a pointer over it tells it."""
    given_range = f"range {result.shown_range}" if result.shown_range else ""
    if given_range and result.shown_basis:
        given_range += f" ({result.shown_basis})"
    parts = [
        result.shown_value,
        result.judgement,
        given_range,
        f"collected {time_text(result.collected_at)}",
        f"before it was corrected: {former}" if former else "",
        result.note,
        "new or changed since your last look" if is_new else "",
    ]
    return "\n".join(part for part in parts if part)
