"""Thresholds of the marts' checks: quality staff decide which share may break one.

The stored counts are judged by it at once, without reading a mart, and later builds
judge by it. What was found before stays under the threshold of its time.
"""

from decimal import Decimal

from pipelines.access.acting import Act, let_in, perform
from pipelines.access.people import Person
from pipelines.access.reasons import checked_reason
from pipelines.settings import Settings

DECIDE = "select quality.decide_threshold(%s, %s, %s, %s)"


def change_threshold(
    settings: Settings,
    person: Person,
    check_id: str,
    share: Decimal,
    reason: str,
    seen_version: int,
) -> None:
    """Let a share of the rows, from 0 to 0.5, break a check of a mart.

    ``seen_version`` is that of the last decision shown, 0 for none.

    Raises:
        RuleError: it may not be done; the message says why.
        AuditError: it could not be announced, or its outcome not be told.
    """
    let_in(settings, person, "change threshold")
    words = checked_reason(reason)
    act = Act(
        action="change threshold",
        subject=f"threshold of {check_id}",
        statement=DECIDE,
        values=(check_id, share, words, seen_version),
        purpose=words,
    )
    perform(settings, person, act)
