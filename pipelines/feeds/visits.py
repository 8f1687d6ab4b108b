"""Visits: encounters with the stays inside them, appointments, referrals."""

from pipelines.feeds.contract import Feed, at, protected, text

ENCOUNTERS = Feed(
    name="encounters",
    meaning=(
        "One visit or admission, or one stay on a ward or under a service within it."
    ),
    columns=(
        text(
            "encounter_class_code",
            "Setting as delivered, such as inpatient.",
            example="inpatient",
        ),
        text("encounter_type_code", "Kind of visit in the source's code system."),
        text(
            "encounter_type_name", "Kind of visit in words.", example="Follow-up visit"
        ),
        text("part_of_encounter_id", "Encounter that this stay is part of."),
        text(
            "status_code", "Status as delivered, such as finished.", example="finished"
        ),
        text("practitioner_id", "Practitioner responsible.", example="D01"),
        text("organization_id", "Organization it took place in.", example="O01"),
        text("service_name", "Clinical service or specialty."),
        text("location_name", "Ward or unit."),
        text("reason_code", "Reason in the source's code system."),
        text("reason_name", "Reason in words.", example="Type 2 diabetes mellitus"),
        text(
            "admission_type_name",
            "Kind of admission, such as emergency.",
            example="emergency",
        ),
        text("admission_source_name", "Where the patient came from."),
        text("discharge_disposition_name", "Where the patient went.", example="home"),
        at(
            "started_at",
            "Start or admission.",
            is_required=True,
            example="2026-03-02T08:30:00Z",
        ),
        at(
            "ended_at",
            "End or discharge; empty while it is open.",
            example="2026-03-05T11:00:00Z",
        ),
    ),
    natural_key=("source_patient_id", "encounter_class_code", "started_at"),
    event_at="started_at",
)

APPOINTMENTS = Feed(
    name="appointments",
    meaning="One appointment of one patient: asked for, booked, kept or not.",
    columns=(
        text("encounter_id", "Encounter that came of it."),
        text("appointment_type_name", "Kind of appointment.", example="Follow-up"),
        text(
            "status_code",
            "requested, booked, arrived, fulfilled, cancelled or noshow.",
            is_required=True,
            example="booked",
        ),
        text("practitioner_id", "With whom.", example="D01"),
        text("organization_id", "Where.", example="O01"),
        text("specialty_name", "Specialty asked for.", example="Cardiology"),
        protected("reason_text", "Why, as the patient or the office wrote it."),
        text("cancellation_reason_name", "Why it was cancelled."),
        at("requested_at", "When it was asked for.", example="2026-02-01T09:00:00Z"),
        at("starts_at", "When it begins.", example="2026-03-01T09:00:00Z"),
        at("ends_at", "When it ends.", example="2026-03-01T09:30:00Z"),
    ),
    natural_key=("record_id",),
    event_at="starts_at",
)

REFERRALS = Feed(
    name="referrals",
    meaning="One patient sent on to another service.",
    columns=(
        text("encounter_id", "Encounter in which it was made."),
        text("specialty_name", "Where to.", is_required=True, example="Nephrology"),
        text("organization_id", "Organization referred to.", example="O02"),
        text("practitioner_id", "Who referred.", example="D01"),
        text("priority_code", "routine or urgent.", example="routine"),
        text(
            "status_code",
            "requested, accepted, scheduled, completed, declined or cancelled.",
            is_required=True,
            example="requested",
        ),
        text("reason_code", "Reason in the source's code system.", example="N18.3"),
        text("reason_name", "Reason in words.", example="Chronic kidney disease"),
        protected("question_text", "What is asked of the other service."),
        at(
            "requested_at",
            "When it was made.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
        at("completed_at", "When it was done with."),
    ),
    natural_key=("source_patient_id", "specialty_name", "requested_at"),
    event_at="requested_at",
)

FEEDS = (ENCOUNTERS, APPOINTMENTS, REFERRALS)
