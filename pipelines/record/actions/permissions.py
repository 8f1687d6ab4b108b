"""Who may do what: every action's roles, as data, in one place.

PostgreSQL holds the same rules once more, by the rights of each role's login.
"""

from enum import StrEnum

from pipelines.access.people import Person, PersonRole
from pipelines.record.actions.failures import ActionError


class Action(StrEnum):
    """Something that changes the record or brings data in; the value is audited."""

    ACKNOWLEDGE = "acknowledge"
    SEE_ACKNOWLEDGEMENTS = "see acknowledgements"
    UPLOAD = "upload"


ALLOWED = {
    Action.ACKNOWLEDGE: frozenset({PersonRole.DOCTOR}),
    Action.SEE_ACKNOWLEDGEMENTS: frozenset(
        {PersonRole.DOCTOR, PersonRole.NURSE, PersonRole.LAB_TECHNICIAN}
    ),
    Action.UPLOAD: frozenset({PersonRole.LAB_TECHNICIAN}),
}


def require(person: Person, action: Action) -> None:
    """Let a person go on only with what their role may do.

    Raises:
        ActionError: the role may not; nothing was changed.
    """
    if person.role not in ALLOWED[action]:
        msg = f"your role, {person.role.title.lower()}, may not {action.value}"
        raise ActionError(msg)
