"""Entries of the record in words: one line each, as a chart tells it."""

from datetime import UTC, datetime

from dashboards.chart.words import time_text
from dashboards.writing.local_time import local
from dashboards.writing.tellers import TELLERS
from pipelines.record.actions.entry import Entry

KINDS_OF_ENTRY = {
    "notes": "Note",
    "conditions": "Diagnosis",
    "care_plans": "Treatment plan",
    "prescriptions": "Prescription",
    "administrations": "Dose",
    "medication_requests": "Request",
    "lab_orders": "Order",
    "referrals": "Referral",
    "appointments": "Appointment",
    "vital_signs": "Vital sign",
    "questionnaire_responses": "Score",
    "allergies": "Allergy",
    "family_history": "Family history",
    "social_history": "Social history",
    "correction_requests": "Request for correction",
}


def entry_words(entry: Entry) -> str:
    """Return what an entry says, in one line; what was made in error says so."""
    words = TELLERS[entry.feed](entry.values)
    return f"{words} (entered in error)" if entry.is_entered_in_error else words


def saved_words(entry: Entry) -> str:
    """Return an entry with who wrote it, when, and that it is being processed."""
    return f"{entry_words(entry)}: {author_words(entry)}{processed_words(entry)}"


def author_words(entry: Entry) -> str:
    """Return who wrote an entry, and when."""
    return f"{entry.changed_by_name}, {time_text(local(entry.changed_at))}"


def processed_words(entry: Entry) -> str:
    """Return that an entry is not in the marts yet, if so."""
    return ", being processed" if entry.is_pending else ""


def waiting_words(entry: Entry) -> str:
    """Return how long a request waits, in calendar days, and since when."""
    asked_at = local(entry.values["requested_at"])
    days = (local(datetime.now(UTC)).date() - asked_at.date()).days
    waits = f"Waits {days_words(days)}" if days else "Waits since today"
    return f"{waits}, asked {time_text(asked_at)}"


def days_words(days: int) -> str:
    """Return a number of days."""
    return f"{days} day" if days == 1 else f"{days} days"
