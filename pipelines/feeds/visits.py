"""Visits: encounters, and the ward and service stays inside them."""

from pipelines.feeds.contract import Feed, at, text

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

FEEDS = (ENCOUNTERS,)
