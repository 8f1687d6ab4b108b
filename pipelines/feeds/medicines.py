"""Medicines: requests, prescriptions, dispenses, doses given."""

from pipelines.feeds.contract import Feed, at, count, number, protected, text

PRESCRIPTIONS = Feed(
    name="prescriptions",
    meaning="One medicine ordered for one patient.",
    columns=(
        text("encounter_id", "Encounter it was ordered in."),
        text("pharmacy_order_id", "Id under which the pharmacy handles it."),
        text("drug_code", "Code of the medicine.", example="860975"),
        text("code_system", "RxNorm, NDC or the source's own.", example="RxNorm"),
        text(
            "drug_name",
            "Medicine as delivered.",
            example="Metformin 500 MG Oral Tablet",
        ),
        text("ndc_code", "National Drug Code, if delivered beside another code."),
        text("gsn_code", "Generic sequence numbers of First Databank, if delivered."),
        text(
            "drug_type_code",
            "MAIN, BASE or ADDITIVE of an infusion; STATED if nobody here ordered it.",
        ),
        text("strength_text", "Strength of the product.", example="500 mg tablet"),
        text("dose_text", "Dose as delivered, such as 500 or 1-2.", example="500"),
        text("dose_unit", "Unit of the dose.", example="mg"),
        text("route_code", "Route as delivered.", example="oral"),
        text("frequency_text", "How often, in words.", example="twice daily"),
        number("doses_per_day", "How often, as a number.", unit="1/d", example="2"),
        number("quantity", "Amount per dispense.", example="60"),
        number("days_supply", "Days that one dispense lasts.", unit="d", example="30"),
        count("refills_allowed", "How often it may be dispensed again.", example="3"),
        count("dispenses_count", "How often the source says it was dispensed."),
        text("status_code", "Status as delivered.", example="active"),
        text("change_reason_name", "Why it was changed or stopped."),
        text("replaces_prescription_id", "Prescription that this one replaces."),
        text("reason_code", "Reason in the source's code system.", example="E11.9"),
        text("reason_name", "Reason in words.", example="Type 2 diabetes mellitus"),
        text(
            "alerts_overridden",
            "Alerts that were told and prescribed in spite of, with commas.",
            example="interaction:aspirin+warfarin",
        ),
        text("override_reason_name", "Why, in words of a list."),
        text("practitioner_id", "Who prescribed it.", example="D01"),
        at("started_at", "From when.", example="2026-01-10T00:00:00Z"),
        at("ended_at", "Until when; empty while it runs."),
    ),
    natural_key=(
        "source_patient_id",
        "encounter_id",
        "drug_code",
        "drug_name",
        "started_at",
    ),
    event_at="started_at",
)

DISPENSES = Feed(
    name="dispenses",
    meaning="One dispensing of a medicine, or the pharmacy's side of one order.",
    columns=(
        text("encounter_id", "Encounter it belongs to."),
        text("prescription_id", "Prescription that was dispensed.", example="RX0001"),
        text("pharmacy_order_id", "Id under which the pharmacy handles it."),
        text("drug_code", "Code of the medicine.", example="860975"),
        text("code_system", "RxNorm, NDC or the source's own.", example="RxNorm"),
        text(
            "drug_name",
            "Medicine as delivered.",
            example="Metformin 500 MG Oral Tablet",
        ),
        text("status_code", "Status as delivered.", example="completed"),
        text("route_code", "Route as delivered."),
        text("frequency_text", "How often, in words."),
        number("doses_per_day", "How often, as a number.", unit="1/d"),
        number("quantity", "Amount dispensed.", example="60"),
        number("days_supply", "Days that it lasts.", unit="d", example="30"),
        count("refill_number", "0 for the first dispense, then 1, 2, 3.", example="0"),
        text("pharmacy_name", "Who dispensed it.", example="Main Street Pharmacy"),
        at(
            "dispensed_at",
            "When it was handed out or entered.",
            example="2026-01-10T15:00:00Z",
        ),
        at("started_at", "From when it was meant."),
        at("ended_at", "Until when it was meant."),
    ),
    natural_key=("source_patient_id", "prescription_id", "drug_code", "dispensed_at"),
    event_at="dispensed_at",
)

ADMINISTRATIONS = Feed(
    name="administrations",
    meaning="One dose of one medicine: given, withheld or refused.",
    columns=(
        text("encounter_id", "Encounter it belongs to."),
        text("prescription_id", "Prescription that it follows.", example="RX0001"),
        text("drug_code", "Code of the medicine.", example="860975"),
        text("code_system", "RxNorm, NDC or the source's own.", example="RxNorm"),
        text(
            "drug_name",
            "Medicine as delivered.",
            is_required=True,
            example="Metformin 500 MG Oral Tablet",
        ),
        text("dose_text", "Dose as delivered.", example="500"),
        text("dose_unit", "Unit of the dose.", example="mg"),
        text("route_code", "Route as delivered.", example="oral"),
        text(
            "status_code",
            "given, withheld, refused or missed.",
            is_required=True,
            example="given",
        ),
        text("reason_name", "Why it was not given.", example="fasting"),
        text("practitioner_id", "Who gave it.", example="N01"),
        text("performer_name", "Name of who gave it.", example="B. Reed"),
        at("scheduled_at", "When it was due.", example="2026-02-01T08:00:00Z"),
        at(
            "administered_at",
            "When it was given, or decided not to be.",
            is_required=True,
            example="2026-02-01T08:10:00Z",
        ),
    ),
    natural_key=(
        "source_patient_id",
        "prescription_id",
        "drug_name",
        "administered_at",
    ),
    event_at="administered_at",
)

MEDICATION_REQUESTS = Feed(
    name="medication_requests",
    meaning="One wish about a medicine, and its answer.",
    columns=(
        text("encounter_id", "Encounter it belongs to."),
        text(
            "request_type_code",
            "new, refill, dose_change, stop or review.",
            is_required=True,
            example="refill",
        ),
        text("prescription_id", "Prescription that it is about.", example="RX0001"),
        text("drug_code", "Code of the medicine.", example="860975"),
        text("code_system", "RxNorm, NDC or the source's own.", example="RxNorm"),
        text(
            "drug_name",
            "Medicine as delivered.",
            example="Metformin 500 MG Oral Tablet",
        ),
        text(
            "requester_code",
            "Who asks: patient, pharmacy, nurse or doctor.",
            example="patient",
        ),
        protected("request_text", "What was asked for, as written."),
        text(
            "status_code",
            "requested, approved, denied, done or withdrawn.",
            is_required=True,
            example="requested",
        ),
        protected("answer_text", "The answer."),
        text("practitioner_id", "Who answered.", example="D01"),
        text("answered_by_name", "Name of who answered."),
        at(
            "requested_at",
            "When it was asked for.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
        at("answered_at", "When it was answered."),
    ),
    natural_key=("record_id",),
    event_at="requested_at",
)

RECONCILIATIONS = Feed(
    name="medication_reconciliations",
    meaning=(
        "One decision about a line of a patient's list of medicines, or the signature "
        "under the whole list."
    ),
    columns=(
        text(
            "line_code",
            "list for the signature under the whole, medicine for a line of it.",
            is_required=True,
            example="medicine",
        ),
        text(
            "medicine_name",
            "Ingredients of the line, else the name as delivered; empty for the whole.",
            example="metformin",
        ),
        text(
            "occasion_code",
            "admission, transfer, discharge or other.",
            example="admission",
        ),
        text(
            "decision_code",
            "continue, change, stop, not_taken or ask; empty for the whole.",
            example="continue",
        ),
        text("reason_name", "Why it is stopped or changed, in words of a list."),
        text(
            "seen_digests",
            "Digests of what the sources said when it was decided, with spaces.",
            example="6d1f0c2a9b3e4f57",
        ),
        text("status_code", "signed or withdrawn.", is_required=True, example="signed"),
        text("practitioner_id", "Who decided.", example="D01"),
        text("decided_by_name", "Name of who decided."),
        at(
            "decided_at",
            "When it was signed.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
    ),
    natural_key=("record_id",),
    event_at="decided_at",
    is_of_record=True,
)

FEEDS = (
    PRESCRIPTIONS,
    DISPENSES,
    ADMINISTRATIONS,
    MEDICATION_REQUESTS,
    RECONCILIATIONS,
)
