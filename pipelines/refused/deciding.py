"""Carries out a decision about refused rows, some thousands in one transaction.

Each transaction holds the lock of the source, the rows, what lands of them and the
decision itself: all of it or nothing. Of two people who decide about the same row the
second finds it decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid4

import psycopg

from pipelines.access.encryption import load_keyring
from pipelines.access.key_check import check_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.failpoints import reach
from pipelines.landing.archive import Archive
from pipelines.landing.delivery import Delivery, Run
from pipelines.landing.refusing import reason_of
from pipelines.refused.archived_files import ArchivedFiles
from pipelines.refused.releasable import may_be_released
from pipelines.refused.replaying import Found, Replay
from pipelines.refused.selection import Group, Selection, groups_of
from pipelines.refused.waiting_rows import WaitingRow, lock_waiting
from pipelines.refused.whole_files import land_files
from pipelines.settings import Settings
from pipelines.sources.adapter import Adapter
from pipelines.sources.catalogue import LANDED_BY
from pipelines.sources.operational import ADAPTER as OPERATIONAL

ROWS_AT_ONCE = 5_000
SHORTEST_REASON, LONGEST_REASON = 10, 300
ADAPTERS = {**LANDED_BY, OPERATIONAL.name: OPERATIONAL}
ENTER = """
    insert into quarantine.decision (
        act_id, action, decided_by, decided_by_role, reason, source_system,
        delivery_id, rows_count, released_count, discarded_count, waiting_count
    )
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    returning decision_id
"""
RELEASE = """
    update quarantine.row as refused
    set status = 'released', decision_id = %s, released_file_id = landed.file_id
    from unnest(%s::bigint[], %s::bigint[]) as landed (row_id, file_id)
    where refused.row_id = landed.row_id
"""
DISCARD = """
    update quarantine.row set status = 'discarded', decision_id = %s
    where row_id = any(%s)
"""
KEEP_WAITING = """
    update quarantine.row as refused
    set rules = broken.rules, reason = broken.reason
    from unnest(%s::bigint[], %s::text[], %s::text[])
        as broken (row_id, rules, reason)
    where refused.row_id = broken.row_id
"""
Progress = Callable[[int, int], None]


class DecisionError(Exception):
    """Nothing was decided; the message says why and what to do."""


class Action(StrEnum):
    """What is decided about rows that wait."""

    REPLAY = "replay"  # read again with what is known now
    RELEASE = "release"  # land in spite of the rules that they broke
    DISCARD = "discard"
    CLOSE = "close"  # discard those whose record was delivered again since


@dataclass(frozen=True)
class Order:
    """A decision: what, by whom, in which role, and why."""

    action: Action
    user_id: str
    role: str
    reason: str
    act_id: UUID

    @classmethod
    def by(cls, action: Action, user_id: str, role: str, reason: str) -> "Order":
        """Return a decision.

        Raises:
            DecisionError: it has no reason.
        """
        return cls(action, user_id, role, checked_reason(reason), uuid4())


@dataclass(frozen=True)
class Outcome:
    """How many rows were asked for, and what became of them.

    ``decided_before``: somebody else had decided about them meanwhile.
    """

    asked: int = 0
    released: int = 0
    discarded: int = 0
    waiting: int = 0
    decided_before: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        """Return the sums."""
        return Outcome(
            *(a + b for a, b in zip(vars(self).values(), vars(other).values(),
                                    strict=True))
        )  # fmt: skip

    @property
    def words(self) -> str:
        """Return what became of the rows, as a sentence."""
        told = [
            f"{self.released:,} released",
            f"{self.discarded:,} discarded",
            f"{self.waiting:,} still waiting",
        ]
        if self.decided_before:
            told.append(f"{self.decided_before:,} decided by somebody else meanwhile")
        return f"{self.asked:,} refused rows: {', '.join(told)}"


def checked_reason(reason: str) -> str:
    """Return a reason in one line.

    Raises:
        DecisionError: it is too short to say anything.
    """
    words = " ".join(reason.split())[:LONGEST_REASON]
    if len(words) < SHORTEST_REASON:
        msg = f"say in at least {SHORTEST_REASON} letters why"
        raise DecisionError(msg)
    return words


def decide(
    settings: Settings,
    order: Order,
    selection: Selection,
    progress: Progress = lambda _done, _all: None,
) -> Outcome:
    """Carry out a decision about the rows that wait and match; say what became of them.

    Raises:
        DecisionError: no row that waits matches.
    """
    with connect(settings, Role.LOADER) as connection:
        groups = groups_of(connection, selection)
    total = sum(len(group.row_ids) for group in groups)
    if not total:
        msg = "no refused row that waits matches: nothing was decided"
        raise DecisionError(msg)
    outcome = Outcome()
    for group in groups:
        for batch in _batches(group):
            outcome += _carry_out(settings, order, batch)
            progress(outcome.asked, total)
    return outcome


def _batches(group: Group) -> list[Group]:
    """Part a group; the files of a held delivery stay together."""
    if group.held_delivery is not None:
        return [group]
    starts = range(0, len(group.row_ids), ROWS_AT_ONCE)
    return [
        replace(group, row_ids=group.row_ids[start : start + ROWS_AT_ONCE])
        for start in starts
    ]


def _carry_out(settings: Settings, order: Order, group: Group) -> Outcome:
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, Role.LOADER) as connection:
        check_keyring(connection, keyring)
        rows = lock_waiting(connection, group.source_system, group.row_ids)
        gone = len(group.row_ids) - len(rows)
        if not rows:
            return Outcome(asked=gone, decided_before=gone)
        found, delivery_id = Found(), None
        adapter = ADAPTERS.get(group.adapter)
        if order.action is not Action.DISCARD and adapter is not None:
            run = run_of(settings, adapter, group.source_system)
            found, delivery_id = _found(connection, run, order, group, rows)
        outcome = _enter(connection, order, group, rows, found, delivery_id)
        reach("quarantine.decided")
    return replace(outcome, asked=len(group.row_ids), decided_before=gone)


def run_of(settings: Settings, adapter: Adapter, source_system: str) -> Run:
    """Return a run that reads files of a source again."""
    keyring = load_keyring(settings.keys_folder)
    received_at = datetime.now(UTC)
    archive = Archive(settings.archive_folder, keyring)
    return Run(
        adapter=adapter,
        source_system=source_system,
        time_zone=settings.time_zone,
        received_at=received_at,
        keyring=keyring,
        files=ArchivedFiles(archive, received_at),
        progress=lambda _name, _records: None,
    )


def _found(
    connection: psycopg.Connection,
    run: Run,
    order: Order,
    group: Group,
    rows: Sequence[WaitingRow],
) -> tuple[Found, int | None]:
    """Land what may land; what lands nothing leaves no delivery behind."""
    with connection.transaction() as attempt:
        delivery = Delivery(run, connection, is_replay=True)
        if group.held_delivery is not None:
            found = Found()
            if order.action is Action.REPLAY:
                found = land_files(delivery, rows)
        else:
            found = _read_again(delivery, order, rows)
        if not found.released:
            raise psycopg.Rollback(attempt)
        reach("quarantine.landed")
        return found, delivery.delivery_id
    return found, None


def _read_again(delivery: Delivery, order: Order, rows: Sequence[WaitingRow]) -> Found:
    replay = Replay(delivery, overrules=order.action is Action.RELEASE)
    if order.action is Action.CLOSE:
        replay.find_delivered_again(rows)
    elif order.action is Action.RELEASE:
        replay.land([row for row in rows if may_be_released(row.rules)])
    else:
        replay.land(rows)
    return replay.found


def _enter(
    connection: psycopg.Connection,
    order: Order,
    group: Group,
    rows: Sequence[WaitingRow],
    found: Found,
    delivery_id: int | None,
) -> Outcome:
    """Enter the decision, and give the rows their states."""
    discarded = found.came_again
    if order.action is Action.DISCARD:
        discarded = [row.row_id for row in rows]
    released = list(found.released)
    waiting = len(rows) - len(released) - len(discarded)
    counts = (len(rows), len(released), len(discarded), waiting)
    (decision_id,) = connection.execute(
        ENTER,
        (
            order.act_id,
            order.action.value,
            order.user_id,
            order.role,
            order.reason,
            group.source_system,
            delivery_id,
            *counts,
        ),
    ).fetchone() or (None,)
    files = list(found.released.values())
    connection.execute(RELEASE, (decision_id, released, files))
    connection.execute(DISCARD, (decision_id, discarded))
    broken = list(found.rules.values())
    reasons = [reason_of(each) for each in broken]
    connection.execute(KEEP_WAITING, (list(found.rules), broken, reasons))
    return Outcome(0, len(released), len(discarded), waiting)
