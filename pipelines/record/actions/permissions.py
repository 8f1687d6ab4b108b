"""Lets a person go on only with what the table of permissions allows their role."""

from collections.abc import Sequence

from pipelines.access import audit
from pipelines.access.audit import AuditError, Event
from pipelines.access.people import Person
from pipelines.record.actions.failures import ActionError
from pipelines.record.permissions import (
    CORRECT,
    CORRECT_OWN,
    actions_on,
    permissions,
)
from pipelines.settings import Settings

UNAUDITED = (
    "nothing was saved: the audit trail cannot be written just now; try again, and if "
    "it stays so, tell whoever runs this system"
)


def require(
    settings: Settings,
    person: Person,
    action: str,
    patient_keys: Sequence[int] = (),
) -> None:
    """Let a person go on; a refused attempt is audited, with the patients it was about.

    Raises:
        ActionError: the role may not; nothing was changed.
    """
    if permissions()[action].allows(person.role):
        return
    tell_refused(settings, person, action, "permissions", patient_keys)
    msg = f"your role, {person.role.title.lower()}, may not {action}"
    raise ActionError(msg)


def tell_refused(
    settings: Settings,
    person: Person,
    action: str,
    subject: str,
    patient_keys: Sequence[int] = (),
) -> None:
    """Write down that a person tried what was refused.

    Raises:
        ActionError: the audit cannot be written; nothing was changed either.
    """
    event = Event(
        user_id=person.user_id,
        role=person.role,
        action=action,
        subject=subject,
        patient_keys=patient_keys,
        result="denied",
    )
    try:
        audit.append(settings, event)
    except AuditError:
        raise ActionError(UNAUDITED) from None


def may(person: Person, action: str) -> bool:
    """Return whether a person's role may do this: for offering it, not for doing it."""
    return permissions()[action].allows(person.role)


def may_correct(person: Person, feed: str) -> bool:
    """Return whether a role may correct entries of a feed, its own ones at least."""
    actions = actions_on(feed, CORRECT, CORRECT_OWN)
    return any(each.allows(person.role) for each in actions)
