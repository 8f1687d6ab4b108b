"""Writes a guessed mapping down, with what is open as comments.

The text holds names, formats and spellings of codes, never a value of a patient.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.sources.mapping.guessing import Guess, guess
from pipelines.sources.mapping.proposed_file import file_lines, pattern_of, quoted
from pipelines.sources.mapping.sample import (
    UnreadableFileError,
    read_sample,
    table_files,
)
from pipelines.sources.mapping.spellings import SEXES, UNITS

HEADER = """\
# A proposal, read from the names of the columns and the first rows of each file.
# Lines with "CHECK" are guesses that only you can confirm.
# Next: ehr map PATH --mapping FILE --preview, then ehr load PATH --mapping FILE
"""


def propose_mapping(path: Path) -> str:
    """Return the text of a mapping file for a table or a folder of them.

    Raises:
        UnreadableFileError: there is no table at the path.
    """
    guesses, unread = [], []
    for file in table_files(path):
        try:
            guesses.append(guess(read_sample(file)))
        except UnreadableFileError as error:
            unread.append(f"# Not read: {error}.")
    name = re.sub(r"[^a-z]+", "-", path.name.split(".")[0].lower()).strip("-")
    lines = [
        f"source_system: {quoted(name or 'source')}  # CHECK: name of the source",
        "kind: live  # CHECK: historical, if its today is its last event",
        "# time_zone: Europe/Berlin  # CHECK: the zone of times that state none",
        *_units(guesses),
        *_codes(guesses),
        "files:",
        *(line for each in _one_per_pattern(guesses) for line in file_lines(each)),
        *unread,
    ]
    return HEADER + "\n".join(lines) + "\n"


def _one_per_pattern(guesses: list[Guess]) -> list[Guess]:
    """Return one guess for files of one pattern and header."""
    by_shape = {
        (pattern_of(each.sample.path.name), each.sample.header): each
        for each in guesses
    }
    return list(by_shape.values())


def _units(guesses: list[Guess]) -> Iterator[str]:
    """Yield the list of units: those that need no judgement are filled in."""
    seen = dict.fromkeys(
        unit
        for each in guesses
        for match in each.whole
        for name, source in match.columns.items()
        if name == "unit" or name.endswith("_unit")
        for unit in each.contents[source].frequent
    )
    known = {unit: ucum for unit in seen if (ucum := _ucum(unit)) is not None}
    if not seen:
        return
    yield "units:"
    yield "  unmapped: keep  # keep, refuse or null"
    if known:
        yield "  values:"
        yield from (
            f"    {quoted(unit)}: {quoted(ucum)}" for unit, ucum in known.items()
        )
    for unit in seen.keys() - known.keys():
        yield f"    # CHECK: {quoted(unit)} has no unit of UCUM that is sure"


def _ucum(unit: str) -> str | None:
    """Return the UCUM spelling of a unit, whatever its case and micro sign."""
    key = unit.lower().replace(" ", "").replace("µ", "u").replace("μ", "u")
    return UNITS.get(key)


def _codes(guesses: list[Guess]) -> Iterator[str]:
    """Yield the list of sexes, if a table tells them."""
    seen = dict.fromkeys(
        code
        for each in guesses
        for match in each.whole
        if "sex_code" in match.columns
        for code in each.contents[match.columns["sex_code"]].frequent
    )
    if not seen:
        return
    yield "codes:"
    yield "  sex:"
    yield "    unmapped: keep  # keep, refuse or null"
    yield "    values:"
    for code in seen:
        known = SEXES.get(code.lower())
        if known:
            yield f"      {quoted(code)}: {known}"
        else:
            yield f"      # CHECK: {quoted(code)}: F, M or other"
