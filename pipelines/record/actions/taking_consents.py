"""Wishes of patients, taken down at the desk: what holds, deciding, withdrawing.

The latest decision about a scope and recipient holds. A new one ends the one before it,
so that nobody has to compare times to see what a patient wants. The rules of access
learn of it at once, as of what patients decide themselves.
"""

from collections.abc import Sequence
from uuid import UUID

from pipelines.access.acting import Act, RuleError, perform
from pipelines.access.audit import AuditError
from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.permissions import require
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
TAKE = "select access.take_consent(%s, %s, %s, %s)"
WITHDRAW = "select access.withdraw_consent(%s, %s, %s)"
NOT_AT_ONCE = (
    "it is saved, but does not hold yet: it will with the next build of the marts, "
    "within some minutes; look here again"
)


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
    require(settings, person, "decide consent", [patient_key])
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
    saved = save(settings, person, [taken, *ended])
    act = Act("decide consent", f"consent {scope}", TAKE,
              (patient_key, scope, named, decision), [patient_key])  # fmt: skip
    _hold(settings, person, act)
    return saved


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
    saved = save(settings, person, [change])
    scope, named = seen.values["scope_code"], seen.values["recipient_name"]
    act = Act("withdraw consent", f"consent {scope}", WITHDRAW,
              (seen.patient_key, scope, named), [seen.patient_key])  # fmt: skip
    _hold(settings, person, act)
    return saved


def _hold(settings: Settings, person: Person, act: Act) -> None:
    """Let what is saved hold now."""
    try:
        perform(settings, person, act)
    except (RuleError, AuditError):
        raise ActionError(NOT_AT_ONCE) from None


def is_held(entry: Entry) -> bool:
    """Return whether a decision holds."""
    return not entry.is_entered_in_error and entry.values["ended_at"] is None


def _held(listed: Sequence[Entry]) -> list[Entry]:
    return [each for each in listed if is_held(each)]
