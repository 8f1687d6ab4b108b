"""Prescriptions (RDE), what was handed out (RDS), doses (RAS)."""

from pipelines.sources.hl7v2.message import Message, Segment
from pipelines.sources.hl7v2.people import encounter_rows, patient_row
from pipelines.sources.hl7v2.rows import (
    patient_number,
    record_id,
    sent_at,
    visit_id,
)
from pipelines.sources.hl7v2.values import coded, number, time, words
from pipelines.sources.one_by_one import Row, Rows

STOPPED = {"CA", "DC", "OC", "CR"}
# RXA-20, HL7 table 0322.
STATUS_OF_DOSE = {"CP": "given", "PA": "given", "RE": "refused", "NA": "withheld"}


def medicine_rows(message: Message) -> Rows:
    """Yield the patient, the visit, and each prescription, supply or dose."""
    yield patient_row(message, is_registration=False)
    yield from encounter_rows(message, "", is_registration=False)
    order = timing = None
    segments = message.segments
    routes = {n: each for n, each in enumerate(segments) if each.name == "RXR"}
    for place, segment in enumerate(segments):
        if segment.name == "ORC":
            order, timing = segment, None
        elif segment.name == "TQ1" and timing is None:
            timing = segment
        elif segment.name in ROWS:
            route = next((routes[p] for p in routes if p > place), None)
            feed, row_of = ROWS[segment.name]
            row = row_of(message, segment, order, timing)
            row["route_code"] = words(route, 1) if route else None
            row["source_patient_id"] = patient_number(message)
            row["encounter_id"] = visit_id(message)
            row["source_updated_at"] = sent_at(message)
            yield feed, row


def _order_id(message: Message, order: Segment | None, what: str | None) -> str:
    placed = (order.of(2) or order.of(3)) if order else None
    return record_id("prescription", patient_number(message), placed, what)


def _prescription(
    message: Message, given: Segment, order: Segment | None, timing: Segment | None
) -> Row:
    what = coded(given, 2, "RxNorm", "NDC")
    begins = (timing.of(7) if timing else None) or given.of(1, 4)
    ends = (timing.of(8) if timing else None) or given.of(1, 5)
    is_stopped = order is not None and order.of(1) in STOPPED
    return {
        "record_id": _order_id(message, order, what.code),
        "drug_code": what.code,
        "code_system": what.system,
        "drug_name": what.name,
        "dose_text": given.of(3),
        "dose_unit": words(given, 5),
        "frequency_text": (words(timing, 3) if timing else None) or given.of(1, 2),
        "quantity": number(given.of(10)),
        "refills_allowed": number(given.of(12)),
        "status_code": "stopped" if is_stopped else "active",
        "practitioner_id": given.of(13) or (order.of(12) if order else None),
        "started_at": time(begins)
        or time(order.of(15) if order else None)
        or time(order.of(9) if order else None),
        "ended_at": time(ends),
    }


def _supply(
    message: Message, given: Segment, order: Segment | None, _timing: Segment | None
) -> Row:
    what = coded(given, 2, "RxNorm", "NDC")
    at = time(given.of(3))
    return {
        "record_id": record_id(
            "supply", _order_id(message, order, what.code), given.of(1), at
        ),
        "prescription_id": _order_id(message, order, what.code),
        "drug_code": what.code,
        "code_system": what.system,
        "drug_name": what.name,
        "quantity": number(given.of(4)),
        "dispensed_at": at,
    }


def _dose(
    message: Message, given: Segment, order: Segment | None, _timing: Segment | None
) -> Row:
    what = coded(given, 5, "RxNorm", "NDC", "CVX")
    at = time(given.of(3))
    return {
        "record_id": record_id(
            "dose", patient_number(message), what.code, at, given.of(2)
        ),
        "prescription_id": _order_id(message, order, what.code),
        "drug_code": what.code,
        "code_system": what.system,
        "drug_name": what.name,
        "dose_text": given.of(6),
        "dose_unit": words(given, 7),
        "status_code": STATUS_OF_DOSE.get(given.of(20) or "CP", "given"),
        "reason_name": words(given, 18),
        "practitioner_id": given.of(10),
        "administered_at": at,
        "is_deleted": "true" if given.of(21) == "D" else "false",
    }


ROWS = {
    "RXE": ("prescriptions", _prescription),
    "RXD": ("dispenses", _supply),
    "RXA": ("administrations", _dose),
}
