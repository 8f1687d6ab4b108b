"""Who works on which ward: what lets a nurse take over a patient there. For support."""

from pipelines.access.acting import Act, RuleError, perform
from pipelines.access.people import Person
from pipelines.settings import Settings

JOIN = "select access.join_ward(%s, %s, %s, %s)"
LEAVE = "select access.leave_ward(%s, %s, %s)"
Ward = tuple[str, str]


def join_ward(
    settings: Settings, person: Person, user_id: str, ward: Ward, *, is_in_charge: bool
) -> None:
    """Put a nurse on a ward, from now on.

    Raises:
        RuleError: it may not be done; the message says why.
    """
    act = Act(
        action="put on ward",
        subject=f"rules {user_id}",
        statement=JOIN,
        values=(user_id, *ward, is_in_charge),
        purpose=f"{ward[1]}{', in charge' if is_in_charge else ''}",
    )
    perform(settings, person, act)


def leave_ward(settings: Settings, person: Person, user_id: str, ward: Ward) -> None:
    """Take a nurse off a ward, from now on.

    Raises:
        RuleError: the nurse is not on it, or it may not be done.
    """
    act = Act(
        action="take off ward",
        subject=f"rules {user_id}",
        statement=LEAVE,
        values=(user_id, *ward),
        purpose=ward[1],
    )
    if perform(settings, person, act) != (True,):
        msg = "this nurse is not on this ward"
        raise RuleError(msg)
