"""How codes, dates and ages read to a clinician. Codes themselves are never shown."""

from datetime import date, datetime

import pandas as pd

SEXES = {"female": "female", "male": "male", "other": "other sex"}
UNKNOWN = "not known"


def sex_text(code: str | None) -> str:
    """Return a sex in words."""
    return SEXES.get(code or "", "sex not known")


def date_text(value: date | datetime | None) -> str:
    """Return a day as 3 Mar 2026, which no country reads the other way round."""
    return UNKNOWN if pd.isna(value) else f"{value.day} {value:%b %Y}"


def time_text(value: datetime | None) -> str:
    """Return a day and time."""
    return UNKNOWN if pd.isna(value) else f"{date_text(value)}, {value:%H:%M}"


def age_text(patient: pd.Series) -> str:
    """Return the age at the data's today, or at death."""
    until = patient.deceased_at if patient.is_deceased else patient.as_of
    if pd.isna(until):
        return "age not known"
    if pd.isna(patient.birth_date):
        if pd.isna(patient.birth_year):
            return "age not known"
        return f"about {until.year - int(patient.birth_year)} years"
    born = patient.birth_date
    had_birthday = (until.month, until.day) >= (born.month, born.day)
    years = until.year - born.year - (0 if had_birthday else 1)
    text = _young_age(born, until) if years < 2 else f"{years} years"  # noqa: PLR2004
    return f"{text} at death" if patient.is_deceased else text


def capitalised(text: str | None) -> str:
    """Return a text with a capital first letter; abbreviations stay as they are."""
    return f"{text[:1].upper()}{text[1:]}" if text and not pd.isna(text) else ""


def number_text(value: float | None) -> str:
    """Return a number as delivered: no digits added, none lost."""
    return "" if pd.isna(value) else f"{value:.10g}"


def _young_age(born: date, until: datetime) -> str:
    months = (until.year - born.year) * 12 + until.month - born.month
    months -= 1 if until.day < born.day else 0
    return f"{months} months"
