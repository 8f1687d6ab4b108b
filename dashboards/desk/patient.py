"""Whose page is open at the desk, from the record, also before the marts know them."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import session
from dashboards.desk.statements import NAMED
from dashboards.writing.parts import Named, act, entries_of
from pipelines.access.identity import Identity
from pipelines.access.reading import Query
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.registering import FEED


@dataclass(frozen=True)
class AtDesk:
    """A patient as the desk knows them; ``registration`` is None if not made here."""

    patient_key: int
    identity: Identity
    registration: Entry | None


def at_desk(patient_key: int) -> AtDesk:
    """Return a patient, as they were registered here or delivered from elsewhere."""
    registered = [
        each
        for each in entries_of(Named(patient_key), FEED)
        if each.patient_key == patient_key and not each.is_entered_in_error
    ]
    if registered:
        return AtDesk(patient_key, identity_in(registered[0]), registered[0])
    query = Query(NAMED, {"patient_keys": [patient_key]})
    read = session.reader().read("desk", {"patient": query}, [patient_key])
    return AtDesk(patient_key, read.identities.get(patient_key, Identity()), None)


def identity_in(registration: Entry) -> Identity:
    """Return who a registration says that somebody is."""
    values = registration.values
    return Identity(
        values["given_name"] or "",
        values["family_name"] or "",
        values["medical_record_number"] or values["patient_number"] or "",
    )


def registrations_of(patient_keys: Sequence[int]) -> dict[int, Entry]:
    """Return the registrations of some patients, as far as they were made here."""
    found = act(entries, FEED, list(patient_keys))
    return {each.patient_key: each for each in found if not each.is_entered_in_error}
