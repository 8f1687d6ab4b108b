"""Writes the part of a proposed mapping that is about one kind of file."""

import json
import re
from collections.abc import Iterator

from pipelines.sources.mapping.clocks import CLOCK_FORMATS
from pipelines.sources.mapping.content import is_ambiguous
from pipelines.sources.mapping.guessing import Guess, Repeated
from pipelines.sources.mapping.matching import Match, candidates

DELIMITER_NAMES = {"\t": "tab"}
ASK_FOR_ORDER = "CHECK: day and month could be exchanged in {columns}: choose one"
# Columns whose code system must be said beside them.
CODED = (
    "test_code", "drug_code", "condition_code", "procedure_code", "substance_code",
    "observation_code", "vaccine_code",
)  # fmt: skip


def quoted(text: str) -> str:
    """Return a text as YAML reads it back, whatever signs are in it."""
    return (
        text
        if re.fullmatch(r"[a-z][a-z0-9_-]*", text)
        else json.dumps(text, ensure_ascii=False)
    )


def pattern_of(name: str) -> str:
    """Return the pattern of a file's name: numbers and dates change, the rest stays."""
    stem = re.sub(r"\.gz$", "", name, flags=re.IGNORECASE)
    return re.sub(r"\d+([-_.]?\d+)*(?=.*\.)", "*", stem)


def file_lines(found: Guess) -> Iterator[str]:
    """Yield the part of one kind of file."""
    sample = found.sample
    delimiter = DELIMITER_NAMES.get(sample.delimiter, sample.delimiter)
    is_empty = not (found.whole or found.repeated)
    if is_empty:
        yield f"  # {sample.path.name}: no feed can be made of it as it is."
    lines = [
        f"  - pattern: {quoted(pattern_of(sample.path.name))}",
        f"    delimiter: {quoted(delimiter)}",
        *_number_style(found),
        *_dates(found),
        *_missing(found),
        "    rows:",
        *(line for match in found.whole for line in _rows(found, match)),
        *(line for each in found.repeated for line in _repeated_rows(found, each)),
    ]
    yield from (f"  #{line[1:]}" for line in lines) if is_empty else lines
    if not sample.is_utf8:
        yield "    # The file is not UTF-8: convert it before loading,"
        yield "    # iconv -f WINDOWS-1252 -t UTF-8 IN > OUT"
    for match in found.partial:
        yield from _partial(found, match)
    if left := [each for each in found.contents if each not in found.taken]:
        yield f"    # Columns not used: {', '.join(left)}"


def _number_style(found: Guess) -> Iterator[str]:
    """Yield how numbers are written; what can mean two things is asked for."""
    used = [found.contents[name].numbers for name in found.taken]
    if found.decimal_comma:
        yield "    decimal_comma: true"
        is_grouped = any(each.groups_by_point for each in used)
        is_unclear = any(each.has_unclear_point for each in used)
    else:
        is_grouped = any(each.groups_by_comma for each in used)
        is_unclear = any(each.has_unclear_comma for each in used)
    sign = "." if found.decimal_comma else ","
    if is_grouped:
        yield f"    thousands_separator: {quoted(sign)}"
    elif is_unclear:
        yield f"    # CHECK: numbers such as 9{sign}999 are refused unless you say"
        yield f"    # thousands_separator: {quoted(sign)}"


def _dates(found: Guess) -> Iterator[str]:
    """Yield the date formats; the ambiguous ones are asked for, not chosen."""
    settled = dict.fromkeys(
        spelling
        for name, formats in found.dates.items()
        if name not in found.ambiguous_dates
        for spelling in _with_clock(found, name, _in_order(found, formats))
    )
    if settled:
        yield f"    date_formats: [{', '.join(map(quoted, settled))}]"
    if found.ambiguous_dates:
        yield "    # " + ASK_FOR_ORDER.format(columns=", ".join(found.ambiguous_dates))
        options = dict.fromkeys(
            spelling
            for name in found.ambiguous_dates
            for spelling in _with_clock(found, name, found.dates[name])
        )
        for option in options:
            yield f"    # date_formats: [{quoted(option)}]"


def _in_order(found: Guess, formats: tuple[str, ...]) -> tuple[str, ...]:
    """Return one format: of an exchangeable pair, the order that the file shows."""
    if is_ambiguous(formats) and found.day_first is not None:
        return tuple(
            each
            for each in formats
            if (each.index("%d") < each.index("%m")) == found.day_first
        )[:1]
    return formats[:1]


def _with_clock(found: Guess, name: str, formats: tuple[str, ...]) -> tuple[str, ...]:
    """Return the formats of a date, joined with those of its time of day."""
    if name not in found.clocks:
        return formats
    clocked = [each + clock for each in formats for clock in CLOCK_FORMATS]
    return (*clocked, *formats)


def _missing(found: Guess) -> Iterator[str]:
    if found.missing_marks:
        yield f"    missing: [{', '.join(map(quoted, found.missing_marks))}]"


def _rows(found: Guess, match: Match) -> Iterator[str]:
    """Yield the columns of one feed, in the order of its contract."""
    yield f"      - feed: {match.feed.name}"
    yield "        columns:"
    for name in match.feed.delivered_columns:
        if name in match.columns:
            yield f"          {name}: {_rule(found, name, match.columns[name])}"
        yield from _implied(found, match, name)


def _rule(found: Guess, name: str, source: str) -> str:
    """Return where a column comes from, as the mapping writes it."""
    if source in found.clocks:
        return f"{{columns: [{quoted(source)}, {quoted(found.clocks[source])}]}}"
    if name == "sex_code":
        return f"{{column: {quoted(source)}, codes: sex}}"
    return quoted(source)


def _implied(found: Guess, match: Match, name: str) -> Iterator[str]:
    """Yield columns that follow from others: the number of a value, the code system."""
    value = match.columns.get("value_text")
    if (
        name == "value_number"
        and name not in match.columns
        and value is not None
        and found.contents[value].numbers.is_mostly_number
    ):
        yield f"          value_number: {{column: {quoted(value)}, only_numbers: true}}"
    if name == "code_system":
        code = next((each for each in CODED if each in match.columns), None)
        if code is not None:
            system = found.contents[match.columns[code]].code_system
            yield _code_system(system)


def _code_system(system: str | None) -> str:
    known = quoted(system) if system else "local"
    return f"          code_system: {{constant: {known}}}  # CHECK"


def _repeated_rows(found: Guess, repeated: Repeated) -> Iterator[str]:
    """Yield one part for each numbered column; an empty one makes no row."""
    for rank, source in enumerate(repeated.sources, start=1):
        yield f"      - feed: {repeated.feed}"
        yield "        columns:"
        for name, each in repeated.keys.items():
            yield f"          {name}: {quoted(each)}"
        yield f"          {repeated.code}: {quoted(source)}"
        yield _code_system(found.contents[source].code_system)
        yield f'          sequence_number: {{constant: "{rank}"}}'
        yield f"        only_if_filled: [{repeated.code}]"


def _partial(found: Guess, match: Match) -> Iterator[str]:
    """Yield what keeps a feed from being made, and what was found of it."""
    yield f"    # {match.feed.name} cannot be made:"
    for name in match.missing:
        near = candidates(match.feed, name, found.contents, found.taken)
        hint = (
            f"perhaps {', '.join(near)}" if near else "no column of the file holds it"
        )
        yield f"    #   {name} is required: {hint}"
    pairs = (f"{name}: {source}" for name, source in match.columns.items())
    yield f"    #   found: {', '.join(pairs)}"
