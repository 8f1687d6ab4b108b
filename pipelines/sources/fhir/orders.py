"""Orders of laboratory and imaging, referrals, specimens and appointments."""

from pipelines.sources.fhir.elements import (
    begins,
    code_of,
    coded,
    first,
    id_of,
    words,
)
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.resources import (
    Appointment,
    Collection,
    ServiceRequest,
    Specimen,
)
from pipelines.sources.one_by_one import LeftOutError, Rows

# Kinds of requests: SNOMED CT, HL7 v2 table 0074, and words.
CATEGORIES = {
    **dict.fromkeys(("108252007", "LAB", "laboratory"), "laboratory"),
    **dict.fromkeys(("363679005", "RAD", "imaging"), "imaging"),
    **dict.fromkeys(("3457005", "306206005", "referral"), "referral"),
}
NOT_ORDERED = "Proposed or planned, not ordered."
FORBIDDEN = "Says that something is not to be done: no order."
NO_KIND = "A request for neither laboratory nor imaging nor another service."
STATUS_OF_ORDER = {
    **dict.fromkeys(("draft", "active", "on-hold", "unknown"), "ordered"),
    "completed": "done",
    **dict.fromkeys(("revoked", "entered-in-error"), "cancelled"),
}
STATUS_OF_REFERRAL = {
    **dict.fromkeys(("draft", "active", "on-hold", "unknown"), "requested"),
    "completed": "completed",
    **dict.fromkeys(("revoked", "entered-in-error"), "cancelled"),
}
STATUS_OF_SPECIMEN = {
    "available": "received",
    "unsatisfactory": "rejected",
    "unavailable": "done",
    "entered-in-error": "rejected",
}
STATUS_OF_APPOINTMENT = {
    **dict.fromkeys(("proposed", "pending", "waitlist"), "requested"),
    "booked": "booked",
    **dict.fromkeys(("arrived", "checked-in"), "arrived"),
    "fulfilled": "fulfilled",
    **dict.fromkeys(("cancelled", "entered-in-error"), "cancelled"),
    "noshow": "noshow",
}


def request_rows(request: ServiceRequest) -> Rows:
    """Yield an order or a referral.

    Raises:
        LeftOutError: it is neither, or nobody ordered it yet.
    """
    if request.intent in ("proposal", "plan", "option"):
        raise LeftOutError(NOT_ORDERED)
    if request.do_not_perform:
        raise LeftOutError(FORBIDDEN)
    codes = (each.code for c in request.category for each in c.coding)
    kind = next((CATEGORIES[each] for each in codes if each in CATEGORIES), None)
    if kind is None:
        raise LeftOutError(NO_KIND)
    reason = coded(first(request.reason_code))
    notes = [each.text for each in request.note if each.text]
    row = {
        "source_patient_id": id_of(request.subject),
        "encounter_id": id_of(request.encounter),
        "priority_code": request.priority or "routine",
        "reason_code": reason.code,
        "reason_name": reason.name,
        "question_text": "\n".join(notes) or None,
        "practitioner_id": id_of(request.requester),
    }
    if kind == "referral":
        yield "referrals", row | _of_referral(request)
    else:
        yield "lab_orders", row | _of_order(request, kind)


def _of_referral(request: ServiceRequest) -> dict[str, str | None]:
    return {
        "specialty_name": words(request.performer_type) or words(request.code),
        "organization_id": id_of(first(request.performer)),
        "status_code": STATUS_OF_REFERRAL.get(request.status or ""),
        "requested_at": request.authored_on,
    }


def _of_order(request: ServiceRequest, kind: str) -> dict[str, str | None]:
    what = coded(request.code, "LOINC", "SNOMED-CT")
    return {
        "category_code": kind,
        "test_code": what.code,
        "code_system": what.system,
        "test_name": what.name,
        "specimen_id": id_of(first(request.specimen)),
        "status_code": STATUS_OF_ORDER.get(request.status or ""),
        "ordered_at": request.authored_on,
    }


def specimen_rows(specimen: Specimen) -> Rows:
    """Yield the specimen."""
    taken = specimen.collection or Collection()
    number = specimen.accession_identifier
    collected_at = taken.collected_date_time or begins(taken.collected_period)
    status = STATUS_OF_SPECIMEN.get(specimen.status or "")
    yield (
        "specimens",
        {
            "source_patient_id": id_of(specimen.subject),
            "order_id": id_of(first(specimen.request)),
            "specimen_type_name": words(specimen.type),
            "accession_number": number.value if number else None,
            "body_site_name": words(taken.body_site),
            "status_code": status or ("collected" if collected_at else "ordered"),
            "rejection_reason_name": words(first(specimen.condition))
            if status == "rejected"
            else None,
            "collected_at": collected_at,
            "received_at": specimen.received_time,
            "status_at": specimen.received_time or collected_at,
        },
    )


def appointment_rows(appointment: Appointment) -> Rows:
    """Yield the appointment; whom it is of stands among those who come."""
    comes = {}
    for each in appointment.participant:
        named = each.actor.reference if each.actor else None
        for kind in ("Patient", "Practitioner", "Location"):
            if named and f"{kind}/" in named:
                comes.setdefault(kind, id_of(each.actor))
    yield (
        "appointments",
        {
            "source_patient_id": comes.get("Patient"),
            "appointment_type_name": words(appointment.appointment_type),
            "status_code": STATUS_OF_APPOINTMENT.get(appointment.status or ""),
            "practitioner_id": comes.get("Practitioner"),
            "organization_id": comes.get("Location"),
            "specialty_name": words(first(appointment.specialty)),
            "reason_text": appointment.description or appointment.comment,
            "cancellation_reason_name": words(appointment.cancelation_reason)
            or code_of(appointment.cancelation_reason),
            "requested_at": appointment.created,
            "starts_at": appointment.start,
            "ends_at": appointment.end,
        },
    )


TABLES = (
    table(ServiceRequest, request_rows),
    table(Specimen, specimen_rows),
    table(Appointment, appointment_rows),
)
