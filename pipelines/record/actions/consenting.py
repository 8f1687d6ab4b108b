"""What patients decide about their record, in force from the moment they do.

The decision is an entry of the record, as every other; and the rules of access learn
of it at once, so that nobody has to wait for the marts.
"""

from dataclasses import dataclass
from uuid import UUID

import psycopg

from pipelines.access.acting import Act, RuleError, asking, perform
from pipelines.access.audit import AuditError
from pipelines.access.people import Person
from pipelines.record.actions.asking import own_key
from pipelines.record.actions.entry import Change
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.permissions import require
from pipelines.record.actions.reading_entries import NOT_READ
from pipelines.record.actions.requirements import now, one_of, refuse
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

SCOPES = ("research", "sharing", "treating_team_only", "ask_first")
DECISIONS = ("permit", "deny")
DECIDE = "select access.decide_consent(%s, %s)"
IN_FORCE = "select scope_code, recipient_name, decision_code from access.own_consents()"
NOT_AT_ONCE = (
    "your decision is saved, but does not hold yet: it will within some minutes; look "
    "here again, and call the office if it does not"
)


@dataclass(frozen=True)
class Decision:
    """One decision in force; ``recipient_name`` if it is about one recipient only."""

    scope_code: str
    recipient_name: str | None
    decision_code: str


def decide(
    settings: Settings, person: Person, *, scope: str, decision: str
) -> list[UUID]:
    """Permit or deny; it holds at once and until another decision.

    Raises:
        ActionError: nothing was saved, or it does not hold yet; the message says which.
    """
    require(settings, person, "decide consent")
    one_of(scope, SCOPES, "what it is about")
    one_of(decision, DECISIONS, "the decision")
    key = own_key(person)
    if decision_of(in_force(settings, person), scope) == decision:
        refuse("this is what you decided already")
    values = {
        "scope_code": scope,
        "decision_code": decision,
        "recorded_by_name": person.display_name,
        "started_at": now(),
    }
    saved = save(settings, person, [Change("decide consent", key, values)])
    act = Act("decide consent", f"consent {scope}", DECIDE, (scope, decision), [key])
    try:
        perform(settings, person, act)
    except (RuleError, AuditError):
        raise ActionError(NOT_AT_ONCE) from None
    return saved


def in_force(settings: Settings, person: Person) -> list[Decision]:
    """Return what a patient decided and holds now.

    Raises:
        ActionError: it cannot be read now.
    """
    try:
        with asking(settings, person) as connection:
            return [Decision(*row) for row in connection.execute(IN_FORCE).fetchall()]
    except psycopg.Error:
        raise ActionError(NOT_READ) from None


def decision_of(decisions: list[Decision], scope: str) -> str | None:
    """Return what holds for everybody; None where nothing was decided."""
    found = (
        each.decision_code
        for each in decisions
        if each.scope_code == scope and each.recipient_name is None
    )
    return next(found, None)
