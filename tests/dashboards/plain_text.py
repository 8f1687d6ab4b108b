"""Reads a page as a layman would: every code, abbreviation and lonely number is found.

What has a meaning beside it is taken away first: dates, numbers with a unit in words,
counts of something named, the few abbreviations that people use. What then still looks
like a code is a finding.
"""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from streamlit.testing.v1 import AppTest

SEEDS = Path(__file__).parents[2] / "dbt_project/seeds/plain_words"
KINDS = ("title", "header", "subheader", "markdown", "caption", "info", "warning")
MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|"
    "December"
)
NUMBER = r"\d[\d.,]*"
# Abbreviations that people say, or that stand behind their meaning.
SAID = (
    r"HIV|HDL|LDL|INR|A1c|B12|CD3|CD4|CD8|CD34|D-dimer|Covid|Dr\.|Mini-|"
    r"hepatitis [ABC]|kind [AB]"
)
COUNTED = (
    "earlier|left|times|nights?|people|person|taken before|that are over|more|"
    r"are shown|\(a plain number"
)
LONELY = (
    ("number or code", re.compile(r"\S*\d\S*")),
    ("abbreviation", re.compile(r"\b[A-Z]{2,}\w*\b|\b[a-z]{1,4}[A-Z]\w*\b")),
    ("unit", re.compile(r"\b(?:mg|mcg|ug|ng|pg|ml|dl|ul|fl|mmol|meq|iu)\b|[%µ]", re.I)),
    ("slash", re.compile(r"\w+/\w+")),
    ("word of ours", re.compile(r"\b\w+_\w+\b|\b(?:None|nan|NaT|null)\b")),
)


def words_of(seed: str, column: str) -> set[str]:
    """Return the words of one column of a list."""
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)} - {""}


def units_in_words() -> str:
    """Return a pattern of every unit that may follow a number."""
    phrases = SEEDS / "plain_phrases.csv"
    with phrases.open(encoding="utf-8", newline="") as file:
        doses = {
            row["plain_words"]
            for row in csv.DictReader(file)
            if row["kind_code"] == "dose_unit"
        }
    units = words_of("plain_units", "plain_unit") | doses | {"puffs", "hours"}
    return "|".join(map(re.escape, sorted(units, key=len, reverse=True)))


EXPLAINED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b\d{{1,2}} (?:{MONTHS}) \d{{4}}\b",
        r"\bat \d\d:\d\d\b",
        r"the emergency number \(112 or 911\)",
        rf"{NUMBER}(?: to {NUMBER}| or more)? (?:{units_in_words()})(?!\w)",
        rf"{NUMBER}(?: to {NUMBER}| or more)? (?:{COUNTED})",
        rf"\b(?:{SAID})(?!\w)",
        "\N{LEFT DOUBLE QUOTATION MARK}.*?\N{RIGHT DOUBLE QUOTATION MARK}"
        "; ask your care team what it means",
        "The laboratory calls it "
        "\N{LEFT DOUBLE QUOTATION MARK}.*?\N{RIGHT DOUBLE QUOTATION MARK}",
        r"(?:pack for \d+ days|(?:type|number) \d\b)",
    )
)
DECORATION = re.compile(r":\w+\[|\\|\*\*|^#+ |\]$")


def findings(text: str, names: Iterable[str] = ()) -> list[str]:
    """Return what a layman would stumble over; ``names`` are of people and places."""
    left = DECORATION.sub("", text.replace("]", ""))
    for name in sorted(filter(None, names), key=len, reverse=True):
        left = left.replace(name, " ")
    for pattern in EXPLAINED:
        left = pattern.sub(" ", left)
    return [
        f"{kind}: {found!r}"
        for kind, pattern in LONELY
        for found in pattern.findall(left)
    ]


def lines_of(app: AppTest) -> list[str]:
    """Return every line that a page shows, with labels and hints."""
    said = [element.value for kind in KINDS for element in app.get(kind)]
    said += [element.label for element in app.button]
    said += [element.label for element in app.expander]
    for box in app.text_input:
        said += [box.label, box.placeholder]
    return [line for text in said for line in str(text).splitlines() if line.strip()]
