"""Limits of laboratory values: learned when quality staff ask, signed, retired.

Nothing that was decided is changed later. A decision on an old view is refused. What
is signed is judged at once, that analyte and unit alone, by an index of the mart.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg

from pipelines.access.acting import Act, RuleError, let_in, perform, told
from pipelines.access.people import Person
from pipelines.access.reasons import checked_reason
from pipelines.limits.cells import whose
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.limits.learning import Learned

DECIDE = "select quality.decide_limit(%s, %s, %s, %s, %s, %s)"
__all__ = ["Proposal", "propose_limits", "retire_limit", "sign_limit", "whose"]
NOT_LEARNED = "nothing was learned: the database refused it; are the marts built?"
NOT_JUDGED = (
    "the decision is kept, but no result could be judged by it now: the next build does"
)


@dataclass(frozen=True)
class Proposal:
    """Which proposal is decided about, and the version of its limit that was shown.

    ``seen_version`` is 0 where nothing was decided before.
    """

    proposal_id: int
    analyte_code: str
    unit: str
    seen_version: int


def propose_limits(settings: Settings, person: Person) -> "Learned":
    """Learn limits from the mart as it is now; what was proposed is shown no more.

    Raises:
        RuleError: the role may not, or the mart could not be read.
        AuditError: it could not be announced; nothing was done.
    """
    from pipelines.limits.learning import learn_limits  # noqa: PLC0415 - checks' import

    let_in(settings, person, "propose limits")
    act = Act("propose limits", "limits of laboratory results", "", ())
    intent_id = told(settings, person, act, "intended")
    try:
        learned = learn_limits(settings)
    except psycopg.Error:
        told(settings, person, act, "error", intent_id)
        raise RuleError(NOT_LEARNED) from None
    told(settings, person, act, "ok", intent_id)
    return learned


def sign_limit(
    settings: Settings,
    person: Person,
    proposal: Proposal,
    low: Decimal | None,
    high: Decimal | None,
    reason: str,
) -> None:
    """Sign limits, as proposed or changed; a value equal to an end keeps it.

    Raises:
        RuleError: it may not be signed so; the message says why.
        AuditError: it could not be announced, or its outcome not be told.
    """
    _decide(settings, person, proposal, ("sign", low, high), reason)


def retire_limit(
    settings: Settings, person: Person, proposal: Proposal, reason: str
) -> None:
    """Let a signed limit hold no more: nothing breaks it, and its incidents end.

    Raises:
        RuleError: none is signed, or it may not be retired.
        AuditError: it could not be announced, or its outcome not be told.
    """
    _decide(settings, person, proposal, ("retire", None, None), reason)


def _decide(
    settings: Settings,
    person: Person,
    proposal: Proposal,
    decision: tuple[str, Decimal | None, Decimal | None],
    reason: str,
) -> None:
    from pipelines.limits.judging import judge_limits_of  # noqa: PLC0415 - checks' import

    let_in(settings, person, "sign limit")
    words = checked_reason(reason)
    act = Act(
        action=f"{decision[0]} limit",
        subject=f"limit of {proposal.analyte_code} in {proposal.unit}",
        statement=DECIDE,
        values=(proposal.proposal_id, *decision, words, proposal.seen_version),
        purpose=words,
    )
    perform(settings, person, act)
    try:
        judge_limits_of(settings, proposal.analyte_code, proposal.unit)
    except psycopg.Error:
        raise RuleError(NOT_JUDGED) from None
