"""Orders of laboratory tests and of imaging."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.catalogue import row
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.requirements import (
    AHEAD,
    correction,
    filled,
    now,
    one_of,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "lab_orders"
CATEGORIES = {"laboratory": "Laboratory", "imaging": "Imaging"}
PRIORITIES = {"routine": "Routine", "urgent": "Urgent", "stat": "Stat: at once"}
WAITING = frozenset({"ordered"})
OPEN = frozenset({"ordered", "collected", "received", "in_progress"})
LONGEST_AHEAD = timedelta(days=366)
MOST_AT_ONCE = 30


def order_tests(  # noqa: PLR0913 - what an order consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    category: str,
    test_codes: Sequence[str],
    priority: str,
    question: str = "",
    reason_code: str | None = None,
    reason_name: str | None = None,
    due_at: datetime | None = None,
    encounter_id: str | None = None,
) -> list[UUID]:
    """Order tests or panels of the catalogue: all of them, or none.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    one_of(category, CATEGORIES, "the kind of order")
    one_of(priority, PRIORITIES, "the priority")
    if category == "imaging":
        filled(question, "what radiology is to answer")
    if not 1 <= len(set(test_codes)) <= MOST_AT_ONCE:
        refuse(f"an order has one to {MOST_AT_ONCE} tests")
    at = now()
    if due_at is not None and not at - AHEAD <= due_at <= at + LONGEST_AHEAD:
        refuse("the wanted time must lie within the next year")
    common = {
        "encounter_id": encounter_id,
        "category_code": category,
        "priority_code": priority,
        "status_code": "ordered",
        "reason_code": reason_code,
        "reason_name": reason_name,
        "question_text": question.strip() or None,
        "practitioner_id": person.practitioner_id,
        "ordered_at": at,
        "due_at": due_at,
    }
    changes = [
        Change(
            "order tests",
            patient_key,
            without_nothing(common | _listed(category, code)),
        )
        for code in dict.fromkeys(test_codes)
    ]
    return save(settings, person, changes)


def cancel_order(
    settings: Settings, person: Person, seen: Entry, *, why: str
) -> list[UUID]:
    """Cancel one's own order that nobody has begun with.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, FEED)
    if seen.values["status_code"] not in WAITING:
        refuse("this order is under way, done or cancelled; call whoever works on it")
    return save(
        settings,
        person,
        [correction("cancel order", seen, {"status_code": "cancelled"}, why)],
    )


def is_open(entry: Entry) -> bool:
    """Return whether an order is not done with."""
    return entry.values["status_code"] in OPEN and not entry.is_entered_in_error


def _listed(category: str, code: str) -> dict[str, str]:
    found = row("orders", "test_code", code)
    if found is None or found["category_code"] != category:
        refuse("a test is not in the catalogue of orders")
    return {name: found[name] for name in ("test_code", "code_system", "test_name")}
