"""Orders of the laboratory, and the specimens taken for them.

An order is made of the results that answer it: they carry its id, and those of the
tubes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipelines.record.simulator.clock import HOUR, date_of
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.panels import AT_THE_BEDSIDE, Test, tests_of

EVENING_BEFORE = 8 * HOUR  # morning blood is ordered on the evening before
REJECTED_SHARE, QUESTION_SHARE = 0.08, 0.12
REJECTIONS = ("haemolysed", "clotted", "unlabelled", "insufficient volume")
_QUESTIONS = (
    "Change since the last values?",
    "Control under treatment of {reason}.",
    "Please phone critical values to the ward.",
    "Cause of the complaints? {reason}.",
)
PRIORITIES = {"STAT": "stat", "ROUTINE": "routine"}


@dataclass
class Order:
    """What is known of one order while it is written down."""

    record_id: str
    visit: Row
    tests: list[Test]
    priority: str
    practitioner_id: object
    collected: int


def write_orders(facts: Facts) -> None:
    """Write an order and its specimens for all results."""
    for visit in facts.visits:
        for order_id, results in _by_order(facts.of("lab_results", visit)).items():
            first = results[0]
            order = Order(
                order_id,
                visit,
                tests_of(row["test_code"] for row in results),
                PRIORITIES[first["priority_code"]],
                first["practitioner_id"],
                first["collected_at"],
            )
            _write_answered(facts, order, results)


def _by_order(results: Iterable[Row]) -> dict[str, list[Row]]:
    orders: dict[str, list[Row]] = {}
    for row in results:
        orders.setdefault(row["order_id"], []).append(row)
    return orders


def write_order(facts: Facts, order: Order, specimen: str | None) -> Row:
    """Write an order as it is made: before the specimen, within the visit."""
    chances, visit = facts.chances, order.visit
    is_early = order.collected - visit["started_at"] > EVENING_BEFORE
    lead = EVENING_BEFORE if is_early else chances.whole(4, 15)
    ordered = min(max(order.collected - lead, visit["started_at"]), facts.end - 1)
    code, system, _ = order.tests[0]
    reason = visit.get("reason_name")
    question = None
    if reason and chances.happens(QUESTION_SHARE):
        question = chances.pick(_QUESTIONS).format(reason=reason)
    row = {
        "record_id": order.record_id,
        "source_patient_id": facts.journal.patient_id,
        "encounter_id": visit["record_id"],
        "category_code": "laboratory",
        "test_code": code,
        "code_system": system,
        "test_name": ", ".join(name for _, _, name in order.tests),
        "priority_code": order.priority,
        "status_code": "ordered",
        "reason_code": visit.get("reason_code"),
        "reason_name": reason,
        "question_text": question,
        "practitioner_id": order.practitioner_id,
        "ordered_at": ordered,
        "due_at": order.collected,
        "source_updated_at": ordered,
    }
    facts.journal.rows["lab_orders"].append(row)
    return {**row, "specimen_id": specimen}


def _write_answered(facts: Facts, order: Order, results: list[Row]) -> None:
    tubes = {row["specimen_id"]: row["specimen_name"] for row in results}
    answered = {row["record_id"]: row for row in results}.values()
    resulted = max(row["resulted_at"] for row in answered)
    is_done = all(row["status_code"] != "preliminary" for row in answered)
    row = write_order(facts, order, next(iter(tubes)))
    if order.tests[0] in AT_THE_BEDSIDE:
        _write_at_once(facts, order, tubes, resulted)
        return
    status = "done" if is_done else "in_progress"
    done = max(resulted, row["ordered_at"] + 1)
    facts.amend(
        "lab_orders",
        row,
        done,
        status_code=status,
        completed_at=done if is_done else None,
    )
    for tube, material in tubes.items():
        taken = take(facts, order, tube, material)
        facts.amend("specimens", taken, done, status_code=status, status_at=done)
    was_ordered_early = order.collected - row["ordered_at"] >= EVENING_BEFORE
    if was_ordered_early and facts.chances.happens(REJECTED_SHARE):
        _reject(facts, order, *next(iter(tubes.items())))


def _write_at_once(
    facts: Facts, order: Order, tubes: dict[str, object], resulted: int
) -> None:
    """Say of a bedside test only that it is done: no laboratory had it on the way."""
    done = {"status_code": "done", "source_updated_at": resulted}
    row = facts.journal.rows["lab_orders"][-1]
    row |= {"specimen_id": next(iter(tubes)), "completed_at": resulted, **done}
    for tube, material in tubes.items():
        specimen = take(facts, order, tube, material)
        specimen |= {"status_at": resulted, **done}


def take(facts: Facts, order: Order, tube: str, material: object) -> Row:
    """Write a specimen as the laboratory receives it."""
    received = order.collected + facts.chances.whole(2, 22)
    row = {
        "record_id": tube,
        "source_patient_id": facts.journal.patient_id,
        "order_id": order.record_id,
        "encounter_id": order.visit["record_id"],
        "specimen_type_name": material,
        "accession_number": f"A-{date_of(order.collected):%y}-{tube[1:]}",
        "body_site_name": None if material == "Urine" else _arm(facts),
        "status_code": "received",
        "collected_at": order.collected,
        "received_at": received,
        "status_at": received,
        "source_updated_at": received,
    }
    facts.journal.rows["specimens"].append(row)
    return row


def _arm(facts: Facts) -> str:
    return "Left arm" if facts.chances.happens(0.6) else "Right arm"


def _reject(facts: Facts, order: Order, tube: str, material: object) -> None:
    """Let a first specimen have been rejected: the results are of the second."""
    taken = order.collected - facts.chances.whole(80, 180)
    first = replace(order, collected=taken)
    row = take(facts, first, f"{tube}0", material)
    rejected = row["received_at"] + facts.chances.whole(5, 40)
    facts.amend(
        "specimens",
        row,
        rejected,
        status_code="rejected",
        rejection_reason_name=facts.chances.pick(REJECTIONS),
        status_at=rejected,
    )
