"""A doctor says to have seen that a specimen was rejected: it leaves the worklist.

On the chart it stays until another specimen has come. A rejection that its source
changes afterwards is unseen again.
"""

from datetime import datetime

from pipelines.access.acting import Act, let_in, perform
from pipelines.access.people import Person
from pipelines.settings import Settings

NOTE = "select access.note_seen_rejection(%s, %s)"


def note_seen_rejection(
    settings: Settings, person: Person, patient_key: int, specimen_key: str
) -> datetime:
    """Note that a person has seen the rejection of a specimen; return when.

    Raises:
        RuleError: the person's role acknowledges nothing, or not of this patient.
        AuditError: it could not be written down; nothing was changed.
    """
    let_in(settings, person, "acknowledge", [patient_key])
    act = Act(
        "acknowledge",
        "rejected specimen",
        NOTE,
        (patient_key, specimen_key),
        [patient_key],
    )
    (seen_at,) = perform(settings, person, act)
    return seen_at
