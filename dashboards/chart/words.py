"""How codes, dates and ages read to a clinician. Codes themselves are never shown."""

import re
from datetime import date, datetime
from math import floor, log10

import pandas as pd

SEXES = {"female": "female", "male": "male", "other": "other sex"}
UNKNOWN = "not known"
SNOMED_KIND = re.compile(r" \((disorder|finding|procedure|situation|event)\)$")
LONGEST_ABBREVIATION = 4
SIGNIFICANT_DIGITS = 4
# With these, delivered text could load a picture from elsewhere, whose owner would
# learn who looks at whom, or lose what a clinician must read: 5~10~ and 2*3*4.
MARKDOWN = re.compile(r"([\\`*_\[\]~$])")
# Of :smile: , :material/x: and http:// too; of a time such as 12:30 it is none.
COLON = re.compile(r":(?=//|[A-Za-z+-])|(?<!\d):(?=\d)")
WORD_JOINER = "\u2060"  # not seen, and no line ends at it
PRINTED_UNITS = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[iU]": "IU",
    "[IU]": "IU",
    "10*": "10^",
    "{score}": "of 10",
    "_": " ",
    "{": "",
    "}": "",
}


def plain(text: str) -> str:
    """Return delivered text so that it stands on a page as it is, never as Markdown."""
    words = COLON.sub(f":{WORD_JOINER}", " ".join(text.split()))
    return MARKDOWN.sub(r"\\\1", words)


def sex_text(code: str | None) -> str:
    """Return a sex in words."""
    return SEXES.get(code or "", "sex not known")


def date_text(value: date | datetime | None) -> str:
    """Return a day as 3 Mar 2026, which no country reads the other way round."""
    return UNKNOWN if pd.isna(value) else f"{value.day} {value:%b %Y}"


def time_text(value: datetime | None) -> str:
    """Return a day and time."""
    return UNKNOWN if pd.isna(value) else f"{date_text(value)}, {value:%H:%M}"


def birth_text(patient: pd.Series) -> str:
    """Return the birth date, or the year where the source tells no more."""
    if not pd.isna(patient.birth_date):
        return f"born {date_text(patient.birth_date)}"
    if not pd.isna(patient.birth_year):
        return f"born in {int(patient.birth_year)}"
    return "birth date not known"


def age_text(patient: pd.Series) -> str:
    """Return the age at the data's today, or at death; empty where it is not known."""
    until = patient.deceased_at if patient.is_deceased else patient.as_of
    if pd.isna(until) or pd.isna(patient.birth_date):
        return ""
    born = patient.birth_date
    had_birthday = (until.month, until.day) >= (born.month, born.day)
    years = until.year - born.year - (0 if had_birthday else 1)
    text = _young_age(born, until) if years < 2 else f"{years} years"  # noqa: PLR2004
    return f"{text} at death" if patient.is_deceased else text


def capitalised(text: str | None) -> str:
    """Return a name with a capital first letter and without the kind SNOMED adds."""
    if not text:
        return ""
    plain = SNOMED_KIND.sub("", text)
    if plain.isupper() and len(plain) > LONGEST_ABBREVIATION:
        plain = plain.lower()
    return f"{plain[:1].upper()}{plain[1:]}"


def number_text(value: float | None) -> str:
    """Return a number with four significant digits, but never fewer whole ones."""
    if pd.isna(value):
        return ""
    size = floor(log10(abs(value))) if value else 0
    decimals = max(SIGNIFICANT_DIGITS - 1 - size, 0)
    return f"{round(value, decimals):.10f}".rstrip("0").rstrip(".")


def unit_text(unit: str | None) -> str:
    """Return a unit as it is printed: UCUM's brackets are for machines."""
    for machine, printed in PRINTED_UNITS.items():
        unit = (unit or "").replace(machine, printed)
    return unit or ""


def _young_age(born: date, until: datetime) -> str:
    months = (until.year - born.year) * 12 + until.month - born.month
    months -= 1 if until.day < born.day else 0
    return f"{months} months"
