"""What fields say, as texts of feeds: times, codes, names, numbers, values."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from pipelines.sources.hl7v2.message import Delimiters, Segment

TIME = re.compile(
    r"(?P<day>\d{8})(?:(?P<hour>\d{2})(?P<minute>\d{2})?(?P<second>\d{2})?)?"
    r"(?P<fraction>\.\d{1,6})?\d*(?P<zone>[+-]\d{4})?\Z"
)
RANGE = re.compile(r"[\s\[(]*([+-]?\d+(?:\.\d+)?)\s*-\s*([+-]?\d+(?:\.\d+)?)[\s\])]*\Z")
# Names of code systems, HL7 table 0396.
SYSTEMS = {
    **dict.fromkeys(("LN", "LOINC"), "LOINC"),
    **dict.fromkeys(("SCT", "SNM", "SNOMED", "SNOMED-CT"), "SNOMED-CT"),
    **dict.fromkeys(("I10", "I10C", "ICD10", "ICD-10"), "ICD-10-CM"),
    **dict.fromkeys(("I9", "I9C", "I9M", "ICD9"), "ICD-9-CM"),
    **dict.fromkeys(("RXNORM", "RXN"), "RxNorm"),
    "CVX": "CVX",
    "NDC": "NDC",
    **dict.fromkeys(("C4", "CPT", "CPT4", "PCV4"), "CPT"),
}
MOST_REMEMBERED = 10_000  # texts that were read already: codes and times repeat
LONGEST_AGE = 100  # years by which what a laboratory says of people is put back


class Coded(NamedTuple):
    """A coded element as feeds have it."""

    code: str | None
    system: str | None
    name: str | None


NOT_CODED = Coded(None, None, None)


@lru_cache(maxsize=MOST_REMEMBERED)
def time(text: str | None) -> str | None:
    """Return a time in ISO's spelling; one that is no time stays, to be refused.

    Without a zone it is the sender's, which the site's setting names.
    """
    if text is None:
        return None
    found = TIME.match(text)
    if not found:
        return text
    day = found["day"]
    date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    if found["hour"] is None:
        return date
    clock = f"{found['hour']}:{found['minute'] or '00'}:{found['second'] or '00'}"
    zone = found["zone"] or ""
    zone = f"{zone[:3]}:{zone[3:]}" if zone else ""
    return f"{date}T{clock}{found['fraction'] or ''}{zone}"


def day(text: str | None) -> str | None:
    """Return the day of a time."""
    found = time(text)
    return found[:10] if found and TIME.match(text or "") else found


def long_before(moment: str | None) -> str | None:
    """Return a time a hundred years earlier, for a version that any other outranks."""
    if moment is None or not moment[:4].isdigit():
        return moment
    return f"{int(moment[:4]) - LONGEST_AGE:04d}{moment[4:]}"


def coded(segment: Segment, number: int, *preferred: str) -> Coded:
    """Return a coded element: by a preferred system if it or its alternate is of it."""
    content = segment.first_of(number)
    if not content:
        return NOT_CODED
    return _coded(content, segment.by, preferred)


@lru_cache(maxsize=MOST_REMEMBERED)
def _coded(content: str, by: Delimiters, preferred: tuple[str, ...]) -> Coded:
    found = [
        Coded(code, SYSTEMS.get((system or "").upper(), system), name)
        for at in (1, 4)
        if (code := by.part(content, at)) is not None
        for name in (by.part(content, at + 1),)
        for system in (by.part(content, at + 2),)
    ]
    of_system = [each for each in found if each.system in preferred]
    chosen = next(iter(of_system or found), None)
    words = next((each.name for each in found if each.name), None)
    words = words or by.part(content, 9) or by.part(content, 2)
    if chosen is None:
        return Coded(words, None, words)
    return Coded(chosen.code, chosen.system, chosen.name or words or chosen.code)


def words(segment: Segment, number: int) -> str | None:
    """Return a coded element in words, else its code."""
    return coded(segment, number).name


def patient_id(segment: Segment, number: int) -> str | None:
    """Return a patient's number: the medical record number, else the first.

    With who assigned it, where that is said: two houses may use one number.
    """
    numbers = segment.repetitions(number)
    if not numbers:
        return None
    chosen, part = numbers[0], segment.by.part
    if len(numbers) > 1:
        medical = (each for each in numbers if part(each, 5) in ("MR", "MRN", "PI"))
        chosen = next(medical, chosen)
    identifier, authority = part(chosen, 1), part(chosen, 4)
    return f"{identifier}@{authority}" if identifier and authority else identifier


def number(text: str | None) -> str | None:
    """Return a text that is one plain number; None for any other."""
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return text if value.is_finite() else None


@lru_cache(maxsize=MOST_REMEMBERED)
def limits(text: str | None) -> tuple[str | None, str | None]:
    """Return both limits of a range such as ``3.5 - 5.0``.

    ``<100`` has none here: whether 100 is inside it nobody says, and a limit that
    counts as inside would call it normal.
    """
    found = RANGE.match(text or "")
    return (found[1], found[2]) if found else (None, None)


def value_text(segment: Segment) -> str | None:
    """Return the value of an OBX by its type, as text."""
    kind, content = segment.of(2), segment.repetitions(5)
    if not content:
        return None
    if kind == "SN":
        return _structured(segment, content[0])
    if kind in ("CE", "CWE", "CNE", "CF", "CX", "XCN", "XPN"):
        texts = [
            segment.part(each, 2) or segment.part(each, 9) or segment.part(each, 1)
            for each in content
        ]
        return "; ".join(each for each in texts if each) or None
    if kind in ("DT", "TS", "DTM", "TM"):
        return time(segment.of(5)) if kind != "TM" else segment.of(5)
    if kind in ("TX", "FT", "ST", "", None):
        return _text(segment, content)
    return _plain(segment, content)


def _plain(segment: Segment, content: list[str]) -> str | None:
    if len(content) == 1:  # nearly always: most results are one number
        return segment.part(content[0], 1)
    texts = [segment.part(each, 1) for each in content]
    return "; ".join(each for each in texts if each) or None


def _text(segment: Segment, content: list[str]) -> str | None:
    text = "\n".join(segment.by.plain(each) for each in content).strip()
    return text or None


def _structured(segment: Segment, content: str) -> str | None:
    """Return a structured number as it is written: ``<5``, ``1:128``, ``5 - 10``."""
    comparator, first, sign, second = (segment.part(content, n) for n in (1, 2, 3, 4))
    if second is None:
        return f"{comparator or ''}{first or ''}{sign or ''}" or None
    between = " - " if sign in ("-", None) else sign
    return f"{comparator or ''}{first or ''}{between}{second}"
