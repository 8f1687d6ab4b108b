"""Whether a person reads all of a patient's entries, or the own ones only."""

import psycopg

from pipelines.access.people import Person
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import admitted
from pipelines.record.actions.permissions import tell_refused
from pipelines.record.actions.reading_entries import NOT_READ
from pipelines.record.actions.requirements import refuse
from pipelines.settings import Settings

WHOLE = "select %s::bigint = any(access.patients_without_reserve())"


def reads_whole(settings: Settings, person: Person, patient_key: int) -> bool:
    """Return whether a person reads all that was written here about a patient.

    Who is not entrusted with the patient, and from whom some labels are withheld,
    reads the own entries only: enough to correct them, not to review the patient.

    Raises:
        ActionError: it cannot be read now.
    """
    try:
        with admitted(settings, person, [patient_key]) as record:
            row = record.execute(WHOLE, (patient_key,)).fetchone()
    except psycopg.Error:
        raise ActionError(NOT_READ) from None
    return bool(row and row[0])


def require_whole(
    settings: Settings, person: Person, action: str, patient_key: int, otherwise: str
) -> None:
    """Refuse an action that needs all of a patient's entries; the attempt is audited.

    Raises:
        ActionError: the person does not read all; ``otherwise`` says so.
    """
    if reads_whole(settings, person, patient_key):
        return
    tell_refused(settings, person, action, "record", [patient_key])
    refuse(otherwise)
