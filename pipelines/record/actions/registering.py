"""Registering patients, and changing who they are on paper.

A second registration of one person splits a record: half of the allergies stand where
nobody looks. So whoever might be the same is looked for before a patient is registered,
and only a person who has seen them says that this is somebody else.
"""

import re
import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pipelines.access.encryption import patient_key_of
from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.in_record import keys_of_installation
from pipelines.record.actions.likely_same import likely_same
from pipelines.record.actions.permissions import require
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    one_of,
    past,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "patients"
SOURCE = "operational"  # whose numbers the keys of registered patients follow from
SEXES = {"F": "female", "M": "male", "O": "other", "U": "not known"}
MARITAL = {"S": "single", "M": "married", "D": "divorced", "W": "widowed"}
# The words of the US census, which research knows.
RACES = {
    "white": "White",
    "black": "Black or African American",
    "asian": "Asian",
    "native": "American Indian or Alaska Native",
    "hawaiian": "Native Hawaiian or other Pacific Islander",
    "other": "Another",
}
ETHNICITIES = {
    "hispanic": "Hispanic or Latino",
    "nonhispanic": "Not Hispanic or Latino",
}
# Which columns the desk asks for, with their names for people.
DEMOGRAPHICS: Mapping[str, str] = {
    "family_name": "Family name",
    "given_name": "Given name",
    "birth_date": "Born",
    "sex_code": "Sex",
    "name_prefix": "Title",
    "maiden_name": "Family name at birth",
    "national_id": "National number",
    "phone": "Telephone",
    "email": "E-mail",
    "address_line": "Street and house",
    "city": "Town",
    "county": "County",
    "state": "State",
    "postal_code": "Postal code",
    "language_code": "Language",
    "marital_status_code": "Marital status",
    "race_code": "Race, as the patient says",
    "ethnicity_code": "Ethnicity, as the patient says",
    "deceased_at": "Died",
}
# What follows from an address, and says nothing true of another one.
OF_THE_ADDRESS = frozenset({"address_line", "city", "state", "postal_code"})
FOLLOWS_ADDRESS = {"county": None, "latitude": None, "longitude": None, "zip3": None}
OLDEST = timedelta(days=130 * 366)
NUMBER_DIGITS = 10
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
FEWEST_DIGITS = 5
ANOTHER = (
    "somebody with such a name and birth date is registered already; look at them, and "
    "register only who is another person"
)


def register_patient(
    settings: Settings,
    person: Person,
    *,
    values: Mapping[str, Any],
    distinct_from: Collection[int] = (),
) -> int:
    """Register a patient under a new number; return their key.

    ``distinct_from`` are those who look the same and were seen to be somebody else.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "register patient")
    _check(values)
    if likely_same(settings, person, values).keys() - set(distinct_from):
        refuse(ANOTHER)
    number = _new_number()
    keyring = keys_of_installation(settings, person)
    digest = keyring.patient_digest(SOURCE, number)
    patient_key = patient_key_of(digest)
    numbers = {"patient_number": number, "medical_record_number": number}
    content = without_nothing(values) | numbers
    save(settings, person, [Change("register patient", patient_key, content)])
    return patient_key


def change_demographics(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    values: Mapping[str, Any],
    reason: str,
) -> list[UUID]:
    """Put other demographics in the place of a patient's; the old ones stay readable.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, "change demographics", [seen.patient_key])
    standing(seen, FEED)
    _check({name: seen.values.get(name) for name in DEMOGRAPHICS} | dict(values))
    changed = {
        name: value for name, value in values.items() if value != seen.values.get(name)
    }
    if OF_THE_ADDRESS & changed.keys():
        # A county that the desk has seen beside the new address stays as it was seen.
        changed |= {
            name: value for name, value in FOLLOWS_ADDRESS.items() if name not in values
        }
    if "birth_date" in changed:
        changed["birth_year"] = None
    change = correction("change demographics", seen, changed, reason)
    return save(settings, person, [change])


def _check(values: Mapping[str, Any]) -> None:
    """Refuse who cannot be, or could not be found again."""
    strangers = values.keys() - DEMOGRAPHICS.keys()
    if strangers:
        refuse(f"{min(strangers)} is not asked for at the desk")
    for name in ("family_name", "given_name"):
        text = filled(values.get(name), DEMOGRAPHICS[name].lower())
        if not any(sign.isalpha() for sign in text):
            refuse(f"{DEMOGRAPHICS[name].lower()} has no letter")
    one_of(values.get("sex_code"), SEXES, "the sex")
    _check_times(values.get("birth_date"), values.get("deceased_at"))
    mail, phone = values.get("email"), values.get("phone")
    if mail and not MAIL.fullmatch(mail):
        refuse("this is no e-mail address")
    if phone and sum(sign.isdigit() for sign in phone) < FEWEST_DIGITS:
        refuse("this is no telephone number")


def _check_times(born: date | None, died: datetime | None) -> None:
    if born is None:
        refuse("the birth date is missing")
    today = now().date()
    if not today - OLDEST <= born <= today:
        refuse("the birth date is to come, or nobody is so old")
    if died is not None and past(died, "the death").date() < born:
        refuse("nobody dies before they are born")


def _new_number() -> str:
    """Return a number that nobody has; its last digit shows most typing errors."""
    digits = f"{secrets.randbelow(10**NUMBER_DIGITS):0{NUMBER_DIGITS}d}"
    doubled = (int(sign) * (2 - position % 2) for position, sign in enumerate(digits))
    total = sum(sum(map(int, str(product))) for product in doubled)
    return f"{digits}-{-total % 10}"
