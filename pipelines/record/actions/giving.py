"""Doses given, withheld or refused, and what of it another nurse must know first.

Two nurses at one medicine: while one of them saves, the other is told to look again;
afterwards she sees the dose, also before the marts know of it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from pipelines.access.people import Person
from pipelines.database.databases import RECORD
from pipelines.record.actions.entry import Change, Entry, Values
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import as_person
from pipelines.record.actions.measuring import recently
from pipelines.record.actions.permissions import require
from pipelines.record.actions.prescribing import require_current
from pipelines.record.actions.reading_entries import entries, entry_of
from pipelines.record.actions.reading_whole import require_whole
from pipelines.record.actions.requirements import (
    filled,
    one_of,
    refuse,
    without_nothing,
)
from pipelines.record.actions.saving import NOT_WRITTEN, save
from pipelines.settings import Settings

FEED = "administrations"
ACTION = "administer medicine"
NOT_WHOLE = "not all doses of this patient are open to you; take the patient over"
GIVEN = "given"
STATUSES = {GIVEN: "Given", "withheld": "Withheld", "refused": "Refused by the patient"}
REASONS = {
    "fasting": "Fasting",
    "nausea": "Nausea or vomiting",
    "low_blood_pressure": "Blood pressure too low",
    "low_pulse": "Heart rate too low",
    "asleep": "Asleep",
    "absent": "Not on the ward",
    "doctors_word": "On a doctor's word",
    "patient_refuses": "The patient refuses",
    "other": "Another reason",
}
DAY = timedelta(days=1)
# A dose may be early by a quarter of the interval, and never by more than an hour.
EARLY_SHARE = 4
MOST_EARLY = timedelta(hours=1)
SHORTEST_INTERVAL = timedelta(minutes=15)
LOCK = "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
BUSY = "somebody records a dose for this patient this very moment; look again"


@dataclass(frozen=True)
class Dose:
    """One dose: what became of it, how much, when; ``reason`` if it was not given.

    ``scheduled_at`` is when it was due, where that is known.
    """

    status: str
    administered_at: datetime
    dose_text: str | None = None
    reason: str | None = None
    is_second_confirmed: bool = False
    scheduled_at: datetime | None = None


def record_dose(
    settings: Settings, person: Person, prescription: Entry, dose: Dose
) -> list[UUID]:
    """Write down a dose of a prescription that runs.

    Raises:
        ActionError: nothing was saved; the message says why, such as another dose
            within the interval that was not confirmed.
    """
    require(settings, person, ACTION, [prescription.patient_key])
    _check(dose)
    require_current(prescription)
    begins = prescription.values["started_at"]
    if begins is not None and dose.administered_at < begins:
        refuse("this prescription had not begun then")
    require_whole(settings, person, ACTION, prescription.patient_key, NOT_WHOLE)
    with _alone(settings, person, prescription):
        _require_unchanged(settings, person, prescription)
        if dose.status == GIVEN and not dose.is_second_confirmed:
            given = doses_of(settings, person, prescription)
            if near := too_near(given, prescription, dose.administered_at):
                who = near.values["performer_name"]
                refuse(f"{who} gave a dose within the interval; confirm a second one")
        return save(settings, person, [_change(person, prescription, dose)])


def doses_of(settings: Settings, person: Person, prescription: Entry) -> list[Entry]:
    """Return the doses of a prescription, those being processed among them."""
    found = entries(settings, person, FEED, [prescription.patient_key])
    return doses_among(found, prescription)


def doses_among(found: Sequence[Entry], prescription: Entry) -> list[Entry]:
    """Return the doses of a prescription's medicine, by time; none made in error.

    A dose by another prescription of the same medicine counts as well.
    """
    before = prescription.values.get("replaces_prescription_id")
    wanted = {prescription.record_id, *([before] if before else [])}
    of_it = [
        each
        for each in found
        if not each.is_entered_in_error
        and (
            each.values["prescription_id"] in wanted
            or _is_same_medicine(each.values, prescription.values)
        )
    ]
    return sorted(of_it, key=lambda each: each.values["administered_at"])


def interval_of(prescription: Entry) -> timedelta | None:
    """Return the time between two doses; None where it is not known."""
    per_day = prescription.values["doses_per_day"]
    return DAY / float(per_day) if per_day else None


def too_near(given: Sequence[Entry], prescription: Entry, at: datetime) -> Entry | None:
    """Return a given dose that a dose at this time would follow or precede too soon."""
    interval = interval_of(prescription) or SHORTEST_INTERVAL
    least = interval - min(interval / EARLY_SHARE, MOST_EARLY)
    near = [
        each
        for each in given
        if each.values["status_code"] == GIVEN
        and abs(at - each.values["administered_at"]) < least
    ]
    return near[-1] if near else None


def _check(dose: Dose) -> None:
    one_of(dose.status, STATUSES, "what became of it")
    recently(dose.administered_at)
    if dose.status == GIVEN:
        filled(dose.dose_text, "how much was given")
    else:
        one_of(dose.reason, REASONS, "the reason")


def _require_unchanged(settings: Settings, person: Person, prescription: Entry) -> None:
    """Refuse a dose of what was stopped or changed while the page was open."""
    newest = entry_of(
        settings,
        person,
        "prescriptions",
        prescription.patient_key,
        prescription.record_id,
    )
    if newest is None or newest.version_id != prescription.version_id:
        refuse("this prescription was changed or stopped meanwhile; look at it again")


def _change(person: Person, prescription: Entry, dose: Dose) -> Change:
    kept = ("encounter_id", "drug_code", "code_system", "drug_name", "route_code")
    is_given = dose.status == GIVEN
    values = {
        **{name: prescription.values[name] for name in kept},
        "prescription_id": prescription.record_id,
        "dose_text": dose.dose_text if is_given else None,
        "dose_unit": prescription.values["dose_unit"] if is_given else None,
        "status_code": dose.status,
        "reason_name": None if is_given else REASONS[dose.reason or "other"],
        "practitioner_id": person.practitioner_id,
        "performer_name": person.display_name,
        "scheduled_at": dose.scheduled_at,
        "administered_at": dose.administered_at,
    }
    return Change(ACTION, prescription.patient_key, without_nothing(values))


@contextmanager
def _alone(settings: Settings, person: Person, prescription: Entry) -> Iterator[None]:
    """Let one person at a time record a dose for a patient, in any session.

    Two prescriptions may be of one medicine, so a lock of one of them is too little.
    """
    try:
        with as_person(settings, person, RECORD) as record:
            name = f"doses of {prescription.patient_key}"
            if not record.execute(LOCK, (name,)).fetchone()[0]:
                refuse(BUSY)
            yield
    except psycopg.Error:
        raise ActionError(NOT_WRITTEN) from None


def amount_of(prescription: Entry) -> str:
    """Return how much is to be given, with its unit."""
    parts = (prescription.values["dose_text"], prescription.values["dose_unit"])
    return " ".join(part for part in parts if part)


def _is_same_medicine(dose: Values, medicine: Values) -> bool:
    if dose["drug_code"] and dose["drug_code"] == medicine["drug_code"]:
        return True
    name = (dose["drug_name"] or "").casefold()
    return name != "" and name == (medicine["drug_name"] or "").casefold()
