"""Turning what somebody types into keyed hashes to look for.

A word of letters is sought as the beginning of a name and by its sound, a number as a
record number, a date as a birth date. Words may come in any order; all must match.
"""

import re
from dataclasses import dataclass
from datetime import date

from pipelines.access.encryption import (
    SHORTEST_PREFIX,
    Keyring,
    normalised,
    sound_of,
)

MOST_FOUND = 50
FIND_PATIENTS = """
    select patient_key, is_by_sound
    from access.find_patients(%s::text[], %s::uuid[], %s::integer[], %s)
"""
DAY_FIRST = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$")


@dataclass(frozen=True)
class SoughtTerms:
    """Hashes to look for, and which word of the input each stands for."""

    kinds: list[str]
    tokens: list[str]
    words: list[int]


def sought_terms(keyring: Keyring, text: str) -> SoughtTerms:
    """Return the hashes that a patient must have for every word typed."""
    terms = [
        (kind, keyring.search_token(kind, term), position)
        for position, word in enumerate(text.replace(",", " ").split())
        for kind, term in _readings_of(word)
    ]
    kinds, tokens, words = zip(*terms, strict=True) if terms else ((), (), ())
    return SoughtTerms(list(kinds), list(tokens), list(words))


def is_long_enough(text: str) -> bool:
    """Return whether a search for this can find somebody without listing everybody."""
    words = text.replace(",", " ").split()
    return any(len(normalised(word)) >= SHORTEST_PREFIX for word in words)


def _readings_of(word: str) -> list[tuple[str, str]]:
    """Return every (kind, normalised term) that one word may mean."""
    birth_date = _date_of(word)
    if birth_date:
        return [("birth_date", birth_date)]
    plain = normalised(word)
    if not plain:
        return []
    readings = [("prefix", plain), ("number", plain)]
    if plain.isalpha() and len(plain) >= SHORTEST_PREFIX and (sound := sound_of(plain)):
        readings.append(("sound", sound))
    return readings


def _date_of(word: str) -> str | None:
    """Return an ISO date for 1956-08-03 or 3.8.1956; other orders are ambiguous."""
    found = DAY_FIRST.match(word)
    if found:
        day, month, year = found.groups()
        word = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError:
        return None
