"""Wishes of patients, taken down at the desk: what holds, deciding, withdrawing.

The latest decision about a scope and recipient holds. A new one ends the one before it,
so that nobody has to compare times to see what a patient wants.
"""

from collections.abc import Sequence
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.requirements import (
    correction,
    now,
    one_of,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "consents"
SCOPES = {
    "research": "Use for research",
    "sharing": "Passing on to others",
    "treating_team_only": "Only the treating team sees the record",
    "ask_first": "Ask before results are shown",
}
DECISIONS = {"permit": "Yes", "deny": "No"}
SHARING = "sharing"
SUPERSEDED = "The patient decided anew"


def take_consent(
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    scope: str,
    decision: str,
    recipient: str = "",
) -> list[UUID]:
    """Take a patient's decision down; it ends what was decided about the same before.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    one_of(scope, SCOPES, "what it is about")
    one_of(decision, DECISIONS, "the decision")
    named = recipient.strip() or None
    if named and scope != SHARING:
        refuse("only passing on is decided by recipient")
    before = [
        each
        for each in _held(entries(settings, person, FEED, [patient_key]))
        if each.values["scope_code"] == scope and each.values["recipient_name"] == named
    ]
    if any(each.values["decision_code"] == decision for each in before):
        refuse("this is what holds already")
    at = now()
    values = {
        "scope_code": scope,
        "decision_code": decision,
        "recipient_name": named,
        "recorded_by_name": person.display_name,
        "started_at": at,
    }
    ended = [
        correction("withdraw consent", each, {"ended_at": at}, SUPERSEDED)
        for each in before
    ]
    taken = Change("decide consent", patient_key, without_nothing(values))
    return save(settings, person, [taken, *ended])


def withdraw_consent(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """End a decision, so that nothing is decided about it.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, FEED)
    if not is_held(seen):
        refuse("this decision has ended already")
    change = correction("withdraw consent", seen, {"ended_at": now()}, reason)
    return save(settings, person, [change])


def is_held(entry: Entry) -> bool:
    """Return whether a decision holds."""
    return not entry.is_entered_in_error and entry.values["ended_at"] is None


def _held(listed: Sequence[Entry]) -> list[Entry]:
    return [each for each in listed if is_held(each)]
