"""Deciding about incidents: who owns one, what is said of it, until when it is waived.

For quality staff. Nothing that was decided is changed later; a decision that was made
on an old view of the incident is refused.
"""

from dataclasses import dataclass
from datetime import date

from pipelines.access.acting import Act, let_in, perform
from pipelines.access.people import Person
from pipelines.access.reasons import checked_reason
from pipelines.settings import Settings

SHORTEST_WORDS = 3
DECIDE = "select quality.decide_incident(%s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True)
class Incident:
    """Which incident, as the page showed it.

    ``last_decision_id`` is that of the last decision shown, comments apart.
    """

    source_system: str
    check_id: str
    last_decision_id: int | None


def assign(
    settings: Settings, person: Person, incident: Incident, owner_user_id: str
) -> None:
    """Give an incident to an officer or a data engineer.

    Raises:
        RuleError: it may not be done; the message says why.
    """
    _decide(settings, person, incident, "assign", owner_user_id=owner_user_id)


def comment(settings: Settings, person: Person, incident: Incident, words: str) -> None:
    """Say something about an incident.

    Raises:
        RuleError: it may not be done; the message says why.
    """
    said = checked_reason(words, SHORTEST_WORDS)
    _decide(settings, person, incident, "comment", words=said)


def waive(
    settings: Settings, person: Person, incident: Incident, until: date, reason: str
) -> None:
    """Accept an incident up to and including a day, unless it gets worse than now.

    Raises:
        RuleError: it may not be done; the message says why.
    """
    words = checked_reason(reason)
    _decide(settings, person, incident, "waive", waived_until=until, words=words)


def end_waiver(
    settings: Settings, person: Person, incident: Incident, reason: str
) -> None:
    """End a waiver now.

    Raises:
        RuleError: it is not waived, or may not be ended.
    """
    words = checked_reason(reason)
    _decide(settings, person, incident, "end_waiver", words=words)


def _decide(  # noqa: PLR0913 - what a decision consists of
    settings: Settings,
    person: Person,
    incident: Incident,
    action_code: str,
    *,
    owner_user_id: str | None = None,
    waived_until: date | None = None,
    words: str | None = None,
) -> None:
    let_in(settings, person, "decide incident")
    act = Act(
        action=f"{action_code.replace('_', ' ')} incident",
        subject=f"incident {incident.source_system} {incident.check_id}",
        statement=DECIDE,
        values=(
            incident.source_system,
            incident.check_id,
            action_code,
            owner_user_id,
            waived_until,
            words,
            incident.last_decision_id,
        ),
        purpose=words,
    )
    perform(settings, person, act)
