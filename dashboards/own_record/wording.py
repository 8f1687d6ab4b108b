"""Dates, numbers, names and short delivered texts as one would say them aloud."""

import re
from datetime import datetime

import pandas as pd

from dashboards.chart.words import capitalised, number_text
from dashboards.own_record.abbreviations import SPELLED_OUT

COMPARATORS = {
    "<": "less than ",
    "<=": "at most ",
    ">": "more than ",
    ">=": "at least ",
}
# "HYDROmorphone" is written so to tell it from another; to read aloud it is one word.
TALL_LETTERS = re.compile(r"\b(?:[A-Za-z]*[a-z][A-Z]{2,}\w*|[A-Z]{2,}[a-z]{2,}\w*)\b")
SHOUTED_WORD = re.compile(r"\b[A-Z]{5,}\b")
SHOUTED = re.compile(r"\b[A-Z]{2,}\b")
# A practice without a name is delivered as PCP120458.
CODE = re.compile(r"[A-Z]*\d+")
TITLES = {"RN": "Nurse", "MD": "Dr.", "DO": "Dr.", "NP": "Nurse", "PA": "Dr."}
# Made-up people carry a number behind each name.
NUMBER_BEHIND_NAME = re.compile(r"(?<=[^\W\d])\d+\b")


def day_words(moment: datetime | None) -> str:
    """Return a day as 3 November 2026."""
    if pd.isna(moment):
        return "on a day that was not sent"
    return f"{moment.day} {moment:%B %Y}"


def number_words(number: float | None, comparator: str | None = None) -> str:
    """Return a number, with "less than" and the like before it."""
    if pd.isna(number):
        return ""
    return f"{COMPARATORS.get(comparator or '', '')}{number_text(number)}"


def spelled_out(text: str | None) -> str:
    """Return a short delivered text with units and abbreviations in words."""
    words = " ".join((text or "").split())
    is_shouted = words.isupper()
    for pattern, replacement in SPELLED_OUT:
        words = pattern.sub(replacement, words)
    if is_shouted:
        return capitalised(words.lower())
    for pattern in (TALL_LETTERS, SHOUTED_WORD):
        words = pattern.sub(lambda match: match.group().lower(), words)
    return capitalised(words)


def place_words(name: str | None) -> str:
    """Return the name of a house or ward, not shouted; empty where it is a code."""
    words = " ".join((name or "").split())
    if CODE.fullmatch(words):
        return ""
    return words.title() if words.isupper() else words


def person_words(name: str | None) -> str:
    """Return the name of a person, with the title in words."""
    words = NUMBER_BEHIND_NAME.sub("", " ".join((name or "").split()))
    return SHOUTED.sub(lambda match: TITLES.get(match.group(), match.group()), words)


def period_words(started_at: datetime | None, ended_at: datetime | None) -> str:
    """Return from when to when; one day is told once."""
    if pd.isna(ended_at) or day_words(started_at) == day_words(ended_at):
        return day_words(started_at)
    return f"{day_words(started_at)} to {day_words(ended_at)}"
