"""What quality staff decide about refused rows, and the corrections that they make.

Announced in the audit, carried out by the landing, told: who, which rows were chosen,
why and how many. Never a text that was delivered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import psycopg

from pipelines.access import audit
from pipelines.access.acting import Act, RuleError, let_in, told
from pipelines.access.people import Person
from pipelines.access.refused_row import Choice
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.refused.delivered_values import DeliveredValue
    from pipelines.refused.selection import Selection

Done = TypeVar("Done")
FAILED = "nothing more was decided: the database refused it; look at the rows again"


@dataclass(frozen=True)
class Decided:
    """What became of the rows: how many, and the same in words."""

    released: int
    discarded: int
    waiting: int
    words: str


@dataclass(frozen=True)
class SourceCorrection:
    """What a source delivers in a column of a feed, and what it stands for.

    Without ``column`` it is the name of a column itself, and ``subject`` the table of
    the source instead of a feed. ``mapped`` None takes the correction back.
    """

    source_system: str
    subject: str
    column: str
    delivered: str
    mapped: str | None


def replay_refused(
    settings: Settings, person: Person, choice: Choice, reason: str
) -> Decided:
    """Read the waiting rows again, and land those that break no rule now.

    Raises:
        RuleError: the role may not, there is no reason, or no row waits.
        AuditError: it could not be announced; nothing was done.
    """
    return _decided(settings, person, "replay refused rows", "replay", choice, reason)


def release_refused(
    settings: Settings, person: Person, choice: Choice, reason: str
) -> Decided:
    """Land the waiting rows in spite of limits that they break; raises as a replay."""
    return _decided(settings, person, "release refused rows", "release", choice, reason)


def discard_refused(
    settings: Settings, person: Person, choice: Choice, reason: str
) -> Decided:
    """Let the waiting rows never land; raises as a replay."""
    return _decided(settings, person, "discard refused rows", "discard", choice, reason)


def close_refused(
    settings: Settings, person: Person, choice: Choice, reason: str
) -> Decided:
    """Discard the waiting rows whose record was delivered again since, and landed."""
    return _decided(settings, person, "discard refused rows", "close", choice, reason)


def correct_source(
    settings: Settings, person: Person, correction: SourceCorrection, reason: str
) -> None:
    """Keep a correction; later deliveries and replays are read with it.

    Raises:
        RuleError: the role may not, or it cannot be made.
        AuditError: it could not be announced; nothing was done.
    """
    from pipelines.refused.mapping import Correction, correct, kind_of  # noqa: PLC0415 - polars' import costs a second

    made = Correction(
        correction.source_system,
        kind_of(correction.column),
        correction.subject,
        correction.column,
        correction.delivered,
        correction.mapped,
    )
    _acted(
        settings,
        person,
        ("correct refused values", made.words, reason),
        lambda: correct(settings, made, person.user_id, person.role.login, reason),
    )


def read_delivered_values(
    settings: Settings, person: Person, choice: Choice
) -> list["DeliveredValue"]:
    """Return which codes and units waiting rows have, and how many rows each.

    Raises:
        RuleError: the role may not correct them.
        AuditError: the trail cannot be written; nothing is shown.
    """
    from pipelines.refused.delivered_values import delivered_values  # noqa: PLC0415 - polars' import costs a second

    let_in(settings, person, "correct refused values")
    selection = selected(choice)
    event = audit.Event(
        user_id=person.user_id,
        role=person.role,
        action="read",
        subject=f"codes and units of {selection.words}",
    )
    audit.append(settings, event)
    return delivered_values(settings, selection)


def correctable(feed: str) -> list[str]:
    """Return the columns of a feed whose texts can be corrected."""
    from pipelines.refused.mapping import correctable_columns  # noqa: PLC0415 - polars' import costs a second

    return correctable_columns(feed)


def tables_of(adapter: str) -> dict[str, tuple[str, ...]]:
    """Return the columns of each table that an adapter reads, by its name."""
    from pipelines.refused.mapping import columns_of_tables  # noqa: PLC0415 - polars' import costs a second

    return columns_of_tables(adapter)


def selected(choice: Choice) -> "Selection":
    """Return the rows of a choice that wait."""
    from pipelines.refused.selection import Selection  # noqa: PLC0415 - polars' import costs a second

    return Selection(
        delivery_id=choice.delivery_id,
        feed=choice.feed,
        rule=choice.rule,
        row_ids=choice.row_ids,
    )


def _decided(
    settings: Settings,
    person: Person,
    action: str,
    kind: str,
    choice: Choice,
    reason: str,
) -> Decided:
    from pipelines.refused.deciding import Action, Order, decide  # noqa: PLC0415 - polars' import costs a second

    selection = selected(choice)

    def carried_out() -> Decided:
        order = Order.by(Action(kind), person.user_id, person.role.login, reason)
        done = decide(settings, order, selection)
        return Decided(done.released, done.discarded, done.waiting, done.words)

    act = (action, f"{kind}: {selection.words}", reason)
    return _acted(settings, person, act, carried_out)


def _acted(
    settings: Settings,
    person: Person,
    what: tuple[str, str, str],
    do: Callable[[], Done],
) -> Done:
    """Announce an act, do it, and tell its outcome."""
    from pipelines.refused.deciding import DecisionError, checked_reason  # noqa: PLC0415 - polars' import costs a second

    action, subject, reason = what
    let_in(settings, person, action)
    try:
        purpose = checked_reason(reason)
    except DecisionError as problem:
        raise RuleError(str(problem)) from None
    act = Act(action, subject, "", (), purpose=purpose)
    intent_id = told(settings, person, act, "intended")
    try:
        done = do()
    except DecisionError as problem:
        told(settings, person, act, "error", intent_id)
        raise RuleError(str(problem)) from None
    except psycopg.Error:
        told(settings, person, act, "error", intent_id)
        raise RuleError(FAILED) from None
    told(settings, person, act, "ok", intent_id)
    return done
