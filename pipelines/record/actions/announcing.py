"""The audit of an action: announced before it is done, its outcome told afterwards.

The audit and what is changed lie in two databases, so no transaction holds both. An
announcement without an outcome is found by ``ehr audit verify`` and ``ehr status``.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from pipelines.access import audit
from pipelines.access.audit import AuditError, Event
from pipelines.access.people import Person
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.permissions import UNAUDITED
from pipelines.settings import Settings


class Announcement:
    """An action that is in the audit and has not ended yet."""

    def __init__(self, settings: Settings, event: Event) -> None:
        """Write the announcement down.

        Raises:
            ActionError: the audit cannot be written, so the action must not begin.
        """
        self._settings = settings
        try:
            event_id = audit.append(settings, event)
        except AuditError:
            raise ActionError(UNAUDITED) from None
        self._outcome = replace(event, intent_id=event_id)

    def tell(self, result: str, row_count: int = 0) -> None:
        """Write the outcome down; where that fails it is found as missing.

        What was done stands by then: to tell the person that it was not would be wrong.
        """
        with suppress(AuditError):
            outcome = replace(self._outcome, result=result, row_count=row_count)
            audit.append(self._settings, outcome)


def announce(
    settings: Settings,
    person: Person,
    action: str,
    subject: str,
    patient_keys: Sequence[int] = (),
    row_count: int = 0,
) -> Announcement:
    """Write down that a person is about to do something.

    Raises:
        ActionError: the audit cannot be written, so the action must not begin.
    """
    event = Event(
        user_id=person.user_id,
        role=person.role,
        action=action,
        subject=subject,
        patient_keys=patient_keys,
        row_count=row_count,
        result="intended",
    )
    return Announcement(settings, event)
