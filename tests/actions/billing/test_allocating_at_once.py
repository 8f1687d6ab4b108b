"""Allocating and voiding at the same moment: the same money never counts twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from time import sleep

import pytest

from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.accounts import account_of
from pipelines.record.actions.claiming import submit_claim
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.paying import allocate, void_payment
from pipelines.record.actions.reading_entries import entries
from pipelines.settings import Settings
from tests.actions.billing.conftest import BILL, coverage, last_claim, post_loose, visit
from tests.actions.conftest import MINE
from tests.actions.desk import BILLING
from tests.clock import ago


@contextmanager
def writing_held_up(ward: Settings, writers: int) -> Iterator[None]:
    """Let others read payments, and write none before all of them are waiting to."""
    with connect(ward, Role.OWNER, RECORD) as owner:
        owner.execute("lock table billing.payments in exclusive mode")
        yield
        for _ in range(600):
            waiting = owner.execute(
                "select count(*) from pg_locks where not granted "
                "and relation = 'billing.payments'::regclass"
            ).fetchone()[0]
            if waiting == writers:
                break
            sleep(0.1)
        assert waiting == writers
        owner.rollback()


def both(*acts: Callable[[], object]) -> list[str]:
    """Do things at the same moment; return what each was told, empty if it was done."""

    def told(act: Callable[[], object]) -> str:
        try:
            act()
        except ActionError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(len(acts)) as people:
        return sorted(people.map(told, acts))


def together(ward: Settings, *acts: Callable[[], object]) -> list[str]:
    """Do things after each has read the account, and before any has written."""
    with ThreadPoolExecutor(1) as desk:
        with writing_held_up(ward, len(acts)):
            done = desk.submit(both, *acts)
        return done.result(timeout=120)


@pytest.fixture
def two_claims(ward: Settings, claim: Entry) -> tuple[Entry, Entry]:
    """Return two claims of 180 dollars of one patient."""
    other = visit(ward, started_at=ago(days=3), ended_at=ago(days=2))
    submit_claim(ward, BILLING, other, coverage(ward, priority_number=2), bill=BILL)
    return claim, last_claim(ward)


def test_two_clerks_cannot_allocate_the_same_money_to_two_claims(
    ward: Settings, two_claims: tuple[Entry, Entry]
) -> None:
    post_loose(ward, 100)
    one, two = two_claims

    told = together(
        ward,
        lambda: allocate(ward, BILLING, one, amount=Decimal(100)),
        lambda: allocate(ward, BILLING, two, amount=Decimal(100)),
    )

    assert told[0] == ""
    assert "somebody changed this entry meanwhile" in told[1]
    received = [account_of(ward, BILLING, each).received for each in two_claims]
    assert sum(received) == Decimal(100)


def test_what_is_being_allocated_is_not_voided_at_the_same_moment(
    ward: Settings, claim: Entry
) -> None:
    loose_one = post_loose(ward, 100)

    told = together(
        ward,
        lambda: allocate(ward, BILLING, claim, amount=Decimal(100)),
        lambda: void_payment(ward, BILLING, loose_one, reason="Bounced"),
    )

    assert told[0] == ""
    assert "somebody changed" in told[1]


def test_two_payments_that_one_allocation_needs_are_not_both_voided(
    ward: Settings, claim: Entry
) -> None:
    first, second = post_loose(ward, 100), post_loose(ward, 100)
    allocate(ward, BILLING, claim, amount=Decimal(100))
    first, second = (
        next(
            each
            for each in entries(ward, BILLING, "payments", [MINE])
            if each.record_id == old.record_id
        )
        for old in (first, second)
    )

    told = together(
        ward,
        lambda: void_payment(ward, BILLING, first, reason="Bounced"),
        lambda: void_payment(ward, BILLING, second, reason="Bounced"),
    )

    assert told[0] == ""
    assert "somebody changed" in told[1]
