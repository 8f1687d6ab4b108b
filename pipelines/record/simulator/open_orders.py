"""Orders that the laboratory had not answered when the record ended."""

from pipelines.record.simulator.case import Asked
from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.orders import (
    PRIORITIES,
    REJECTIONS,
    Order,
    take,
    write_order,
)
from pipelines.record.simulator.panels import panels_of, tests_of

PLANNED_DAYS = 20  # back, within which a visit leaves a control to come
PLANNED_SHARE, CANCELLED_SHARE = 0.35, 0.1


def write_open_orders(facts: Facts) -> None:
    """Write what was asked too late to be answered, and controls still to come."""
    by_id = {visit["record_id"]: visit for visit in facts.visits}
    for turn, asked in enumerate(facts.case.unanswered, start=1):
        _write_unanswered(facts, asked, turn, by_id)
    _plan_control(facts)


def _write_unanswered(
    facts: Facts, asked: Asked, turn: int, visits: dict[str, Row]
) -> None:
    """Write an order that the laboratory is still working on, or has refused."""
    visit, keys, collected, priority = asked
    stay = visits.get(visit.encounter_id)
    tests = panels_of(keys)
    if stay is None or not tests or collected >= facts.case.end + DAY:
        return
    order = Order(
        f"OR{facts.case.person.number:06d}-P{turn}",
        stay,
        tests,
        PRIORITIES[priority],
        visit.practitioner_id,
        collected,
    )
    row = write_order(facts, order, None)
    died = facts.case.person.died
    if died is not None:
        why = {"status_code": "cancelled", "status_reason_name": "Patient died"}
        facts.amend("lab_orders", row, max(died, row["ordered_at"] + 1), **why)
        return
    if collected + 25 >= facts.end:
        return
    tube = f"S{order.record_id[2:]}A"
    taken = take(facts, order, tube, "Blood")
    status = facts.chances.pick(("received", "in_progress", "in_progress", "rejected"))
    why = facts.chances.pick(REJECTIONS) if status == "rejected" else None
    if status == "received" or taken["received_at"] + 2 >= facts.end:
        minute = taken["received_at"]
    else:
        minute = taken["received_at"] + 1
        changed = {"status_at": minute, "rejection_reason_name": why}
        facts.amend("specimens", taken, minute, status_code=status, **changed)
    changes = {"status_code": status, "status_reason_name": why}
    facts.amend("lab_orders", row, minute, specimen_id=tube, **changes)


def _plan_control(facts: Facts) -> None:
    """Leave an order open for the next visit of people who came lately."""
    if not facts.visits or facts.case.person.died is not None:
        return
    visit, chances = facts.visits[-1], facts.chances
    is_recent = visit["started_at"] > facts.end - PLANNED_DAYS * DAY
    results = facts.of("lab_results", visit)
    if not (is_recent and visit["ended_at"] and results):
        return
    if not chances.happens(PLANNED_SHARE):
        return
    tests = tests_of([results[0]["test_code"]])
    number = f"OR{facts.case.person.number:06d}-C1"
    due = visit["ended_at"] // DAY * DAY + chances.whole(7, 42) * DAY + 9 * HOUR
    doctor = visit["practitioner_id"]
    order = Order(number, visit, tests, "routine", doctor, visit["ended_at"])
    row = write_order(facts, order, None)
    facts.journal.rows["lab_orders"][-1]["due_at"] = due
    if chances.happens(CANCELLED_SHARE):
        why = {"status_code": "cancelled", "status_reason_name": "Ordered twice"}
        facts.amend("lab_orders", {**row, "due_at": due}, row["ordered_at"] + 30, **why)
