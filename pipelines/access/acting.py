"""Acts that change a rule of access: announced in the audit, done, told.

They write the warehouse's schema ``access`` through functions that judge the person
themselves, and take effect at once. Nothing is done that could not be announced.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from pipelines.access import audit
from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.record.permissions import may
from pipelines.settings import Settings

TRY_AGAIN = "nothing was changed: the database refused it; look at the entries again"


class RuleError(Exception):
    """Nothing was changed; the message says why."""


@dataclass(frozen=True)
class Act:
    """What is done: its words for the audit, its statement, and about whom."""

    action: str
    subject: str
    statement: str
    values: Sequence[Any]
    patient_keys: Sequence[int] = ()
    purpose: str | None = None


@contextmanager
def asking(settings: Settings, person: Person) -> Iterator[psycopg.Connection]:
    """Yield a connection in a transaction that knows the person."""
    with (
        pool_of(settings, person.role.login).connection() as connection,
        connection.transaction(),
    ):
        connection.execute(
            "select set_config('ehr.user_id', %s, true)", (person.user_id,)
        )
        yield connection


def let_in(
    settings: Settings, person: Person, action: str, patient_keys: Sequence[int] = ()
) -> None:
    """Let a person go on with an act of the table of permissions, or write it down.

    Raises:
        RuleError: the role may not; nothing was read or changed.
        AuditError: that could not be written down.
    """
    if may(person, action):
        return
    act = Act(action, "permissions", "", (), patient_keys)
    told(settings, person, act, "denied")
    msg = f"your role, {person.role.title.lower()}, may not {action}"
    raise RuleError(msg)


def perform(settings: Settings, person: Person, act: Act) -> tuple[Any, ...]:
    """Do something in a person's name; return the row that the database answers.

    Raises:
        RuleError: the rules do not allow it; nothing was changed.
        AuditError: it could not be announced, or its outcome not be told.
    """
    intent_id = told(settings, person, act, "intended")
    try:
        with asking(settings, person) as connection:
            answer = connection.execute(
                act.statement, tuple(act.values), prepare=True
            ).fetchone()
    except psycopg.Error as error:
        is_denied = isinstance(error, psycopg.errors.InsufficientPrivilege)
        told(settings, person, act, "denied" if is_denied else "error", intent_id)
        raise RuleError(_words_of(error)) from None
    told(settings, person, act, "ok", intent_id)
    return answer or ()


def told(
    settings: Settings,
    person: Person,
    act: Act,
    result: str,
    intent_id: int | None = None,
) -> int:
    """Write an event about an act; return its number."""
    event = audit.Event(
        user_id=person.user_id,
        role=person.role,
        action=act.action,
        subject=act.subject,
        patient_keys=act.patient_keys,
        purpose=act.purpose,
        result=result,
        intent_id=intent_id,
    )
    return audit.append(settings, event)


def _words_of(error: psycopg.Error) -> str:
    """Return what our own functions say; a constraint's message may hold a value."""
    ours = (
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.ObjectNotInPrerequisiteState,
        psycopg.errors.InvalidParameterValue,
        psycopg.errors.NoDataFound,
    )
    is_ours = isinstance(error, ours) and error.diag.source_function == (
        "exec_stmt_raise"
    )
    return error.diag.message_primary or TRY_AGAIN if is_ours else TRY_AGAIN
