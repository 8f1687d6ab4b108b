"""How alike a foreign column's name is to what a feed column is called elsewhere."""

import difflib
import re
from functools import lru_cache

TRANSLITERATED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "µ": "u"})
SHORTEST_PART = 3  # letters; shorter synonyms such as ``dx`` must be the whole name
ALIKE = 0.86  # difflib's ratio from which two names are taken for spellings of one

EXACT, CONTAINED, SIMILAR = 1.0, 0.75, 0.65


def normalised(name: str) -> str:
    """Return a name as lower-case words joined by underscores."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    words = words.lower().translate(TRANSLITERATED)
    return re.sub(r"[^a-z0-9]+", "_", words).strip("_")


@lru_cache(maxsize=20_000)
def likeness(name: str, synonyms: tuple[str, ...]) -> float:
    """Return how sure it is that a column of this name is meant: 0, or 0.65 to 1."""
    name = normalised(name)
    compact = name.replace("_", "")
    if any(compact == each.replace("_", "") for each in synonyms):
        return EXACT
    parts = (f"_{each}_" for each in synonyms if len(each) >= SHORTEST_PART)
    if any(part in f"_{name}_" for part in parts):
        return CONTAINED
    alike = difflib.get_close_matches(compact, synonyms, n=1, cutoff=ALIKE)
    return SIMILAR if alike else 0


def numbered(name: str) -> tuple[str, int] | None:
    """Return the base and the number of names such as ``diag_2``."""
    match = re.fullmatch(r"(.+?)_?(\d{1,2})", normalised(name))
    return (match[1], int(match[2])) if match else None
