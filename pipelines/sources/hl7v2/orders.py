"""Orders of a laboratory or imaging, and appointments."""

from pipelines.sources.hl7v2.message import Message
from pipelines.sources.hl7v2.people import encounter_rows, patient_row
from pipelines.sources.hl7v2.results import IMAGING, ordered_in
from pipelines.sources.hl7v2.rows import (
    patient_number,
    record_id,
    sent_at,
    visit_id,
)
from pipelines.sources.hl7v2.values import coded, time, words
from pipelines.sources.one_by_one import Rows

# ORC-5, HL7 table 0038; without it ORC-1, table 0119.
STATUS = {
    **dict.fromkeys(("A", "IP"), "in_progress"),
    **dict.fromkeys(("CA", "DC", "RP"), "cancelled"),
    "CM": "done",
    "ER": "rejected",
    **dict.fromkeys(("HD", "SC"), "ordered"),
}
STATUS_OF_CONTROL = {**dict.fromkeys(("CA", "DC", "OC", "CR"), "cancelled")}
PRIORITIES = {"S": "stat", "A": "urgent", "R": "routine"}
CANCELLED, MISSED = {"S15", "S17"}, {"S26"}


def order_rows(message: Message) -> Rows:
    """Yield the patient, the visit, and each order."""
    yield patient_row(message, is_registration=False)
    yield from encounter_rows(message, "", is_registration=False)
    for ordered in ordered_in(message):
        request, order = ordered.request, ordered.order
        what = coded(request, 4, "LOINC")
        number = request.of(2) or (order.of(2) if order else None) or ordered.filler
        if what.code is None:
            continue
        control = (order.of(1) if order else None) or ""
        status = STATUS.get((order.of(5) if order else None) or "")
        is_imaging = (request.of(24) or "") in IMAGING
        yield (
            "lab_orders",
            {
                "record_id": record_id(
                    "order", patient_number(message), number, what.code
                ),
                "source_patient_id": patient_number(message),
                "encounter_id": visit_id(message),
                "category_code": "imaging" if is_imaging else "laboratory",
                "test_code": what.code,
                "code_system": what.system,
                "test_name": what.name,
                "priority_code": PRIORITIES.get(request.of(5) or "R", "routine"),
                "status_code": STATUS_OF_CONTROL.get(control) or status or "ordered",
                "reason_code": coded(request, 31).code,
                "reason_name": words(request, 31),
                "question_text": request.whole(13),
                "practitioner_id": request.of(16) or (order.of(12) if order else None),
                "ordered_at": time(order.of(9) if order else None)
                or time(request.of(6))
                or sent_at(message),
                "source_updated_at": sent_at(message),
            },
        )


def appointment_rows(message: Message) -> Rows:
    """Yield the patient and the appointment."""
    yield patient_row(message, is_registration=False)
    schedule, timing = message.first("SCH"), message.first("TQ1")
    if schedule is None:
        return
    _, event = message.kind
    status = "noshow" if event in MISSED else "booked"
    if event in CANCELLED:
        status = "cancelled"
    begins = schedule.of(11, 4) or (timing.of(7) if timing else None)
    ends = schedule.of(11, 5) or (timing.of(8) if timing else None)
    who = message.first("AIP")
    number = schedule.of(1) or schedule.of(2)
    yield (
        "appointments",
        {
            "record_id": record_id("appointment", patient_number(message), number),
            "source_patient_id": patient_number(message),
            "appointment_type_name": words(schedule, 8),
            "status_code": status,
            "practitioner_id": who.of(3) if who else None,
            "reason_text": words(schedule, 7),
            "starts_at": time(begins),
            "ends_at": time(ends),
            "source_updated_at": sent_at(message),
        },
    )
