"""A desk with a registrar, a billing clerk, and two patients who are registered."""

from datetime import date
from typing import Any

from pipelines.access.people import Person
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.registering import register_patient
from pipelines.settings import Settings

REGISTRAR = Person("registrar", "Registrar", "registrar")
BILLING = Person("billing", "Billing", "billing")
ADA = {
    "family_name": "Meyer",
    "given_name": "Ada",
    "birth_date": date(1956, 8, 3),
    "sex_code": "F",
    "phone": "+1 555 0100",
    "postal_code": "01103",
}


def register(settings: Settings, **other: Any) -> int:
    """Register a patient; return the key."""
    return register_patient(settings, REGISTRAR, values=ADA | other)


def newest_of(settings: Settings, person: Person, feed: str, patient: int) -> Entry:
    """Return what was written last about a patient."""
    found = entries(settings, person, feed, [patient])
    return max(found, key=lambda each: each.changed_at)
