"""Laboratory and imaging: orders, specimens, results, studies, reports."""

from pipelines.feeds.contract import Feed, at, count, number, protected, text

LAB_RESULTS = Feed(
    name="lab_results",
    meaning="One laboratory result: one analyte, organism or susceptibility, once.",
    columns=(
        text("encounter_id", "Encounter it belongs to; many results have none."),
        text("order_id", "Order that asked for it."),
        text("specimen_id", "Specimen it was measured in."),
        text(
            "test_code",
            "Code of the analyte or test.",
            is_required=True,
            example="2823-3",
        ),
        text(
            "code_system",
            "LOINC or the name of the source's own list.",
            example="LOINC",
        ),
        text(
            "test_name",
            "Name as delivered; else from local_codes.",
            example="Potassium",
        ),
        text("specimen_name", "Material as delivered.", example="Blood"),
        text("organism_name", "Organism found, in microbiology."),
        text("antibiotic_name", "Antibiotic tested against it."),
        text("value_text", "Value as delivered, with its comparator.", example="4.1"),
        number(
            "value_number",
            "Number that the source states beside the text.",
            example="4.1",
        ),
        text("unit", "Unit as delivered.", example="mmol/L"),
        number(
            "reference_low",
            "Lower limit delivered with this result, inclusive.",
            example="3.5",
        ),
        number(
            "reference_high",
            "Upper limit delivered with this result, inclusive.",
            example="5.0",
        ),
        text("reference_text", "Range as printed, if delivered so."),
        text("laboratory_flag", "Flag as delivered: H, L, abnormal, S, R."),
        text(
            "status_code",
            "final, corrected, preliminary or as delivered.",
            example="final",
        ),
        text("priority_code", "STAT, ROUTINE or as delivered.", example="ROUTINE"),
        text("comment_text", "Comment of the laboratory; protected free text."),
        text("practitioner_id", "Who ordered it.", example="D01"),
        count("isolate_number", "Number of the isolate, in microbiology."),
        count("sequence_number", "Rank among repeats of one time, where numbered."),
        at(
            "collected_at",
            "When the specimen was taken.",
            is_required=True,
            example="2026-02-01T07:40:00Z",
        ),
        at(
            "resulted_at",
            "When the result was released.",
            example="2026-02-01T09:10:00Z",
        ),
    ),
    natural_key=(
        "source_patient_id",
        "encounter_id",
        "test_code",
        "specimen_id",
        "organism_name",
        "antibiotic_name",
        "isolate_number",
        "sequence_number",
        "collected_at",
    ),
    event_at="collected_at",
)

IMAGING_STUDIES = Feed(
    name="imaging_studies",
    meaning="One instance, series or study of imaging, as fine as the source tells.",
    columns=(
        text("encounter_id", "Encounter it belongs to."),
        text("study_id", "Study that the image belongs to."),
        text("series_uid", "DICOM series."),
        text("instance_uid", "DICOM instance."),
        text("modality_code", "DICOM modality.", example="CT"),
        text("modality_name", "Modality in words.", example="Computed Tomography"),
        text("body_site_code", "Code of the body site.", example="51185008"),
        text("body_site_name", "Body site in words.", example="Thorax"),
        text("sop_code", "DICOM SOP class."),
        text("sop_name", "SOP class in words."),
        text("procedure_code", "Code of the imaging procedure."),
        text("procedure_name", "Procedure in words.", example="CT of chest"),
        at(
            "started_at",
            "When it was taken.",
            is_required=True,
            example="2026-02-01T10:00:00Z",
        ),
    ),
    natural_key=(
        "source_patient_id",
        "study_id",
        "series_uid",
        "instance_uid",
        "started_at",
    ),
    event_at="started_at",
)

ACKNOWLEDGEMENTS = Feed(
    name="acknowledgements",
    meaning="One result that a responsible person has seen, as it read then.",
    columns=(
        text(
            "lab_result_key",
            "Key of the result: its source and record id, joined by a colon.",
            is_required=True,
            example="hospital:L0000001",
        ),
        text(
            "reading_hash",
            "Digest of what was read: value, unit, range, flag and state.",
            is_required=True,
            example="9e107d9d372bb6826bd81d3542a419d6",
        ),
        text("user_id", "Who acknowledged it.", is_required=True, example="doctor"),
        text("person_name", "Name of who acknowledged it.", example="Dr. A. Lee"),
        text("role_code", "Role of who acknowledged it.", example="doctor"),
        text("comment_text", "What was done about it; protected free text."),
        at(
            "acknowledged_at",
            "When it was acknowledged.",
            is_required=True,
            example="2026-02-01T09:30:00Z",
        ),
    ),
    natural_key=("record_id",),
    event_at="acknowledged_at",
    is_of_record=True,
)

LAB_ORDERS = Feed(
    name="lab_orders",
    meaning="One examination asked for: of the laboratory, or an image.",
    columns=(
        text("encounter_id", "Encounter in which it was ordered."),
        text(
            "category_code",
            "laboratory or imaging.",
            is_required=True,
            example="laboratory",
        ),
        text(
            "test_code",
            "Code of the test, panel or imaging procedure.",
            is_required=True,
            example="24323-8",
        ),
        text(
            "code_system",
            "LOINC, SNOMED-CT or the source's own list.",
            example="LOINC",
        ),
        text("test_name", "What was ordered.", example="Metabolic panel"),
        text("specimen_id", "Specimen taken for it."),
        text("priority_code", "routine, urgent or stat.", example="routine"),
        text(
            "status_code",
            "ordered, collected, received, in_progress, done, rejected, cancelled.",
            is_required=True,
            example="ordered",
        ),
        text("status_reason_name", "Why it was rejected or cancelled."),
        text("reason_code", "Reason in the source's code system.", example="N18.3"),
        text("reason_name", "Reason in words.", example="Chronic kidney disease"),
        protected("question_text", "What is asked of the laboratory or radiology."),
        text("practitioner_id", "Who ordered it.", example="D01"),
        at(
            "ordered_at",
            "When it was ordered.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
        at("due_at", "When it is wanted.", example="2026-02-02T09:00:00Z"),
        at("completed_at", "When it was done."),
    ),
    natural_key=("record_id",),
    event_at="ordered_at",
)

SPECIMENS = Feed(
    name="specimens",
    meaning="One sample of one patient, and how far it has come.",
    columns=(
        text("order_id", "Order that it was taken for.", example="O0001"),
        text("encounter_id", "Encounter in which it was taken."),
        text(
            "specimen_type_name", "Material.", is_required=True, example="Venous blood"
        ),
        text("accession_number", "Number on the tube.", example="A-26-000123"),
        text("body_site_name", "Where it was taken.", example="Left arm"),
        text(
            "status_code",
            "ordered, collected, received, in_progress, rejected or done.",
            is_required=True,
            example="collected",
        ),
        text(
            "rejection_reason_name",
            "Why it was rejected, such as haemolysed, clotted, unlabelled.",
        ),
        at("collected_at", "When it was taken.", example="2026-02-01T09:00:00Z"),
        at("received_at", "When it reached the laboratory."),
        at("status_at", "When the status began.", example="2026-02-01T09:00:00Z"),
    ),
    natural_key=("record_id",),
    event_at="collected_at",
)

IMAGING_REPORTS = Feed(
    name="imaging_reports",
    meaning="One report of one imaging study: X-ray, MRI, CT, ultrasound.",
    columns=(
        text("encounter_id", "Encounter it belongs to."),
        text("study_id", "Study that it reads.", example="IM0001"),
        text("order_id", "Order that asked for it."),
        text("modality_code", "DICOM modality.", example="CT"),
        text("procedure_name", "Procedure in words.", example="CT of chest"),
        text("body_site_name", "Body site in words.", example="Thorax"),
        protected("report_text", "Findings."),
        protected("impression_text", "Impression."),
        text(
            "status_code",
            "preliminary, final, corrected or cancelled.",
            is_required=True,
            example="final",
        ),
        text("practitioner_id", "Who reported it.", example="D02"),
        text("author_name", "Name of who reported it.", example="Dr. B. Stone"),
        at(
            "reported_at",
            "When it was reported.",
            is_required=True,
            example="2026-02-01T12:00:00Z",
        ),
    ),
    natural_key=("record_id",),
    event_at="reported_at",
)

FEEDS = (
    LAB_ORDERS,
    SPECIMENS,
    LAB_RESULTS,
    IMAGING_STUDIES,
    IMAGING_REPORTS,
    ACKNOWLEDGEMENTS,
)
