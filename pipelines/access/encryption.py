"""What is encrypted and how it is found again: the keyring, and search terms.

The keys lie in one file outside every database (``keys/keyring.json``, mode 0600).
Patient keys, content hashes, archive addresses and search tokens are keyed hashes:
without the key nobody can try out all record numbers (10 million plain SHA-256 take 5
seconds on one core).
"""

import unicodedata
from collections.abc import Callable, Iterable

from pipelines.access.keyring import Keyring, KeyringError
from pipelines.access.keyring_file import KEYRING_FILE, ensure_keyring, load_keyring

__all__ = [
    "KEYRING_FILE",
    "Keyring",
    "KeyringError",
    "ensure_keyring",
    "load_keyring",
    "normalised",
    "patient_key_of",
    "prefixes_of",
    "search_terms",
    "sound_of",
    "terms_of_word",
]

# 63 bits fit PostgreSQL's bigint without a sign.
PATIENT_KEY_MASK = (1 << 63) - 1
SHORTEST_PREFIX = 3
SOUNDEX = {
    **dict.fromkeys("bfpv", "1"),
    **dict.fromkeys("cgjkqsxz", "2"),
    **dict.fromkeys("dt", "3"),
    "l": "4",
    **dict.fromkeys("mn", "5"),
    "r": "6",
}


def patient_key_of(digest: bytes) -> int:
    """Return the patient key: the first 63 bits of the digest."""
    return int.from_bytes(digest[:8], "big") & PATIENT_KEY_MASK


def normalised(text: str) -> str:
    """Return letters and digits only, lower case, without accents."""
    if text.isascii() and text.isalnum():  # most numbers and most words of names
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, decomposed))


def prefixes_of(name: str) -> list[str]:
    """Return the normalised prefixes of a name, from three letters up.

    A name shorter than that is found by the whole of it.
    """
    whole = normalised(name)
    if not whole:
        return []
    shortest = min(SHORTEST_PREFIX, len(whole))
    return [whole[:length] for length in range(shortest, len(whole) + 1)]


def sound_of(name: str) -> str:
    """Return how a name sounds, as Soundex (US National Archives): ``Meyer`` = M600."""
    letters = [letter for letter in normalised(name) if letter.isascii()]
    if not letters:
        return ""
    sound, previous = letters[0].upper(), SOUNDEX.get(letters[0], "")
    for letter in letters[1:]:
        code = SOUNDEX.get(letter, "")
        if code and code != previous:
            sound += code
        if letter not in "hw":  # h and w do not part two letters of one code
            previous = code
    return sound[:4].ljust(4, "0")


def terms_of_word(word: str) -> list[tuple[str, str]]:
    """Return (kind, normalised term) of one word of a name."""
    terms = [("prefix", prefix) for prefix in prefixes_of(word)]
    sound = sound_of(word)
    return [*terms, ("sound", sound)] if sound else terms


def search_terms(
    names: Iterable[str],
    numbers: Iterable[str],
    birth_date: str | None,
    of_word: Callable[[str], list[tuple[str, str]]] = terms_of_word,
) -> list[tuple[str, str]]:
    """Return (kind, normalised term) of all that a patient is searched by.

    ``of_word`` is for who has many patients, of whom many share a name.
    """
    terms = [term for name in names for word in name.split() for term in of_word(word)]
    terms += [("number", number) for text in numbers if (number := normalised(text))]
    if birth_date:
        terms.append(("birth_date", birth_date))
    return sorted(set(terms))
