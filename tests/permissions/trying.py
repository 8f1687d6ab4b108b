"""Trying an action of the book: how it ended, and what the trail says of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg

from pipelines.access.acting import RuleError
from pipelines.access.people import Person, PersonRole
from pipelines.access.research import SqlLoginError
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.failures import ActionError
from pipelines.record.permissions import Permission
from tests.permissions.action_book import BOOK, NothingShownError
from tests.permissions.action_book.outside import RefusedByGateError
from tests.permissions.hospital import Hospital

# The product's own words, or a login that has no right to what a page would read.
REFUSALS = (
    ActionError,
    RuleError,
    SqlLoginError,
    RefusedByGateError,
    NothingShownError,
    psycopg.errors.InsufficientPrivilege,
)
BREAK_THE_GLASS, TAKE_OVER = "break the glass", "take over patient"
# Whoever may do these does them whoever the patient is that others are asked about.
ABOUT_NO_PATIENT = frozenset(
    {
        "register patient",
        "upload",
        "triage refused rows",
        "unmask refused row",
        "replay refused rows",
        "release refused rows",
        "discard refused rows",
        "correct refused values",
        "decide incident",
        "propose limits",
        "sign limit",
        "change threshold",
        "answer report",
        "define cohort",
        "export research",
        "search audit",
        "export disclosures",
        "review broken glass",
        "certify grants",
        "run pipeline",
        "explain access",
        "mend access",
    }
)
EVENTS = """
    select
        event_id, action, subject, patient_keys, result, intent_id, row_count,
        happened_at
    from audit.event where user_id = %s and event_id > %s order by event_id
"""
LAST = "select coalesce(max(event_id), 0) from audit.event"


class End(StrEnum):
    """How a try ended."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class Told:
    """One event of the trail."""

    event_id: int
    action: str
    subject: str
    patient_keys: list[int]
    result: str
    intent_id: int | None
    row_count: int
    happened_at: datetime


@dataclass(frozen=True)
class Try:
    """How a try ended: with what answer, or in which words; and the events it left."""

    end: End
    events: list[Told]
    answer: Any = None
    words: str = ""
    kind: type[BaseException] | None = None


def is_said(
    permission: Permission, role: PersonRole, patient: int, hospital: Hospital
) -> bool:
    """Return whether the cell of the table holds for a patient, by the rules in words.

    ``any`` is any patient that the role sees: doctors see no restricted one, whom
    nobody treats. The glass is broken for whom one does not treat: it opens what is
    kept to the treating team, of a restricted patient everything.
    """
    relation = permission.relations.get(role)
    if relation is None:
        return False
    if permission.action == BREAK_THE_GLASS:
        return patient != hospital.entrusted
    if relation == "ward":
        return patient == hospital.lying
    if relation in ("assigned", "own"):
        return patient == hospital.entrusted
    if permission.action in ABOUT_NO_PATIENT or role is not PersonRole.DOCTOR:
        return True
    return patient != hospital.restricted


def tried(
    hospital: Hospital,
    trail: psycopg.Connection,
    action: str,
    person: Person,
    patient: int,
    prepared: Any,
) -> Try:
    """Do an action; return how it ended. ``trail`` is a connection that sees events."""
    before = trail.execute(LAST).fetchone()[0]
    answer, refusal = None, None
    try:
        answer = BOOK[action].do(hospital, person, patient, prepared)
    except REFUSALS as problem:
        refusal = problem
    found = trail.execute(EVENTS, (person.user_id, before))
    events = [Told(*row) for row in found]
    if refusal is None:
        return Try(End.DONE, events, answer)
    return Try(End.REFUSED, events, words=str(refusal), kind=type(refusal))


def trail_of(hospital: Hospital) -> psycopg.Connection:
    """Return a connection that sees the events as they are written."""
    return connect(hospital.settings, Role.OWNER, autocommit=True)
