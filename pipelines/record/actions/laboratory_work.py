"""The laboratory's work: how far orders and specimens have come, and their results.

A status only moves forward. What is rejected or done stays so; a rejected specimen may
ask to be taken again, which is a new specimen of the same order.
"""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.ordering import OPEN
from pipelines.record.actions.requirements import (
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

STEPS = ("ordered", "collected", "received", "in_progress", "done")
REJECTED = "rejected"
STATUSES = {
    "ordered": "Ordered",
    "collected": "Collected",
    "received": "Received",
    "in_progress": "In progress",
    "rejected": "Rejected",
    "done": "Done",
}
REJECTIONS = {
    "haemolysed": "Haemolysed",
    "clotted": "Clotted",
    "unlabelled": "Unlabelled",
    "mislabelled": "Label and order differ",
    "insufficient": "Too little",
    "wrong tube": "Wrong tube",
    "too old": "Too old when it came",
    "leaked": "Leaked or broken",
    "not received": "Did not arrive",
}
# A number as a laboratory reports it, with or without a comparator.
VALUE = re.compile(r"(<=|>=|<|>)?\s*(-?\d{1,12}(?:\.\d{1,6})?)")
# Results are of quantities, or in words; one does not become the other by a typing
# error, and no longer value is a result.
LONGEST_VALUE = 200


def next_statuses(entry: Entry) -> dict[str, str]:
    """Return to which statuses an order or specimen may go on, with their words."""
    status = entry.values["status_code"]
    if status not in STEPS or status == "done" or entry.is_entered_in_error:
        return {}
    later = STEPS[STEPS.index(status) + 1 :]
    return {code: STATUSES[code] for code in (*later, REJECTED)}


def set_specimen_status(  # noqa: PLR0913 - what a rejection consists of
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    status: str,
    reason: str = "",
    order: Entry | None = None,
    is_to_be_repeated: bool = False,
) -> list[UUID]:
    """Say how far a specimen has come; what is rejected may be asked for again.

    ``order`` is the specimen's order, if it is in the record: it goes on with the
    specimen, and back to ordered where another specimen is asked for.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_next(seen, "specimens", status)
    at = now()
    values: dict[str, Any] = {"status_code": status, "status_at": at}
    if status == REJECTED:
        values["rejection_reason_name"] = one_of(reason, REJECTIONS, "the reason")
    if status == "collected" and seen.values["collected_at"] is None:
        values["collected_at"] = at
    if status == "received" and seen.values["received_at"] is None:
        values["received_at"] = at
    why = f"Specimen {STATUSES[status].lower()}"
    changes = [correction("set specimen status", seen, values, why)]
    changes += _of_order(seen, order, status, reason, is_to_be_repeated)
    if status == REJECTED and is_to_be_repeated:
        changes.append(_again(seen))
    return save(settings, person, changes)


def set_order_status(
    settings: Settings, person: Person, seen: Entry, *, status: str, reason: str = ""
) -> list[UUID]:
    """Say how far an order of the laboratory has come.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_next(seen, "lab_orders", status)
    if seen.values["category_code"] != "laboratory":
        refuse("this is an order of imaging, not of the laboratory")
    return save(settings, person, [_order_change(seen, status, reason)])


def correct_result(
    settings: Settings, person: Person, seen: Entry, *, value: str, reason: str
) -> list[UUID]:
    """Put another value in a result's place; both stay in its history.

    The flag that was delivered with the old value goes: it says nothing of the new one.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, "lab_results")
    filled(reason, "the reason")
    text, number = _value(seen, filled(value, "the value"))
    if text == seen.values["value_text"]:
        refuse("nothing would change")
    values = {
        "value_text": text,
        "value_number": number,
        "laboratory_flag": None,
        "status_code": "corrected",
    }
    return save(settings, person, [correction("correct result", seen, values, reason)])


def withdraw_result(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """Take back a result that should never have been released; it leaves the chart.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, "lab_results")
    filled(reason, "the reason")
    change = Change(
        "correct result", seen.patient_key, {}, seen, reason, is_entered_in_error=True
    )
    return save(settings, person, [change])


def _require_next(seen: Entry, feed: str, status: str) -> None:
    standing(seen, feed)
    possible = next_statuses(seen)
    if not possible:
        refuse("this is done with; its status stays")
    if status not in possible:
        refuse("a status only moves forward")


def _of_order(
    specimen: Entry,
    order: Entry | None,
    status: str,
    reason: str,
    is_to_be_repeated: bool,  # noqa: FBT001 - handed on
) -> list[Change]:
    """Return how a specimen's order moves with it; a done specimen is no done order."""
    if order is None or order.values["status_code"] not in OPEN:
        return []
    asked_for = specimen.values["order_id"]
    is_its = (
        order.feed == "lab_orders"
        and order.patient_key == specimen.patient_key
        and asked_for in (order.record_id, order.key)
    )
    if not is_its:
        refuse("this specimen was taken for another order")
    if status == REJECTED and is_to_be_repeated:
        if order.values["status_code"] == "ordered":
            return []
        again = {"status_code": "ordered"}
        why = "The specimen was rejected; another is asked for"
        return [correction("set order status", order, again, why)]
    if status == "done" or status not in next_statuses(order):
        return []
    return [_order_change(order, status, reason)]


def _order_change(order: Entry, status: str, reason: str) -> Change:
    values: dict[str, Any] = {"status_code": status}
    if status == REJECTED:
        values["status_reason_name"] = one_of(reason, REJECTIONS, "the reason")
    if status == "done":
        values["completed_at"] = now()
    why = f"Order {STATUSES[status].lower()}"
    return correction("set order status", order, values, why)


def _again(seen: Entry) -> Change:
    kept = ("order_id", "encounter_id", "specimen_type_name", "body_site_name")
    values = {name: seen.values[name] for name in kept}
    values |= {"status_code": "ordered", "status_at": now()}
    return Change("record specimen", seen.patient_key, without_nothing(values))


def _value(seen: Entry, value: str) -> tuple[str, Decimal | None]:
    """Return a value as text and as a number, of the kind that it was before."""
    if len(value) > LONGEST_VALUE:
        refuse(f"a value has at most {LONGEST_VALUE} signs")
    before = seen.values["value_text"] or ""
    was_number = (
        seen.values["value_number"] is not None or VALUE.fullmatch(before) is not None
    )
    found = VALUE.fullmatch(value)
    if found is None:
        if was_number:
            refuse("this result is a number, such as 4.1 or <0.5")
        return value, None
    comparator, number = found.groups()
    if comparator:
        return f"{comparator}{number}", None
    return number, Decimal(number)
