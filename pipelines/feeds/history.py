"""History: conditions, allergies, procedures, immunizations, devices, family, life."""

from pipelines.feeds.contract import Feed, at, count, direct, number, protected, text

CONDITIONS = Feed(
    name="conditions",
    meaning="One diagnosis or problem of one patient.",
    columns=(
        text("encounter_id", "Encounter in which it was recorded."),
        text(
            "condition_code",
            "Code of the condition.",
            is_required=True,
            example="E11.9",
        ),
        text(
            "code_system",
            "SNOMED-CT, ICD-10-CM, ICD-9-CM or the source's own.",
            example="ICD-10-CM",
        ),
        text(
            "condition_name", "Name as delivered.", example="Type 2 diabetes mellitus"
        ),
        text(
            "category_code",
            "problem or problem-list-item, encounter or encounter-diagnosis, billing.",
            example="problem",
        ),
        text("clinical_status_code", "Clinical status as delivered.", example="active"),
        text("verification_status_code", "Verification status as delivered."),
        count(
            "sequence_number", "Rank among the encounter's diagnoses; 1 is principal."
        ),
        at(
            "started_at",
            "Onset, or the start of the encounter that coded it.",
            example="2021-04-10",
        ),
        at("ended_at", "When it was over; empty while it lasts."),
        at("recorded_at", "When it was written down."),
    ),
    natural_key=("source_patient_id", "encounter_id", "condition_code", "started_at"),
    event_at="started_at",
)

ALLERGIES = Feed(
    name="allergies",
    meaning="One allergy or intolerance of one patient.",
    columns=(
        text("encounter_id", "Encounter in which it was recorded."),
        text(
            "substance_code",
            "Code of the substance or allergy.",
            is_required=True,
            example="7980",
        ),
        text("code_system", "SNOMED-CT, RxNorm or the source's own.", example="RxNorm"),
        text("substance_name", "Substance as delivered.", example="Penicillin G"),
        text("type_code", "allergy or intolerance.", example="allergy"),
        text("category_code", "drug, food or environment.", example="drug"),
        text("criticality_code", "Criticality as delivered."),
        text("clinical_status_code", "Clinical status as delivered.", example="active"),
        text(
            "verification_status_code",
            "Verification status; refuted ones stay visible.",
        ),
        text("reaction_1_name", "First reaction.", example="Hives"),
        text(
            "reaction_1_severity_code",
            "Severity of the first reaction.",
            example="moderate",
        ),
        text("reaction_2_name", "Second reaction."),
        text("reaction_2_severity_code", "Severity of the second reaction."),
        at("started_at", "Since when.", example="1999-06-01"),
        at("ended_at", "Until when; empty while it lasts."),
    ),
    natural_key=("source_patient_id", "substance_code", "started_at"),
    event_at="started_at",
)

PROCEDURES = Feed(
    name="procedures",
    meaning="One procedure done to one patient.",
    columns=(
        text("encounter_id", "Encounter it was done in."),
        text(
            "procedure_code",
            "Code of the procedure.",
            is_required=True,
            example="73761001",
        ),
        text(
            "code_system",
            "SNOMED-CT, ICD-10-PCS, ICD-9-CM or the source's own.",
            example="SNOMED-CT",
        ),
        text("procedure_name", "Name as delivered.", example="Colonoscopy"),
        text("reason_code", "Reason in the source's code system."),
        text("reason_name", "Reason in words."),
        count("sequence_number", "Rank among the encounter's procedures."),
        at("started_at", "Start.", is_required=True, example="2025-02-01T09:00:00Z"),
        at("ended_at", "End."),
    ),
    natural_key=("source_patient_id", "encounter_id", "procedure_code", "started_at"),
    event_at="started_at",
)

IMMUNIZATIONS = Feed(
    name="immunizations",
    meaning="One vaccination of one patient.",
    columns=(
        text("encounter_id", "Encounter it was given in."),
        text("vaccine_code", "Code of the vaccine.", is_required=True, example="140"),
        text("code_system", "CVX or the source's own.", example="CVX"),
        text("vaccine_name", "Name as delivered.", example="Influenza, seasonal"),
        text("status_code", "Status as delivered.", example="completed"),
        at(
            "administered_at",
            "When it was given.",
            is_required=True,
            example="2025-10-14T10:00:00Z",
        ),
    ),
    natural_key=(
        "source_patient_id",
        "encounter_id",
        "vaccine_code",
        "administered_at",
    ),
    event_at="administered_at",
)

SOCIAL_HISTORY = Feed(
    name="social_history",
    meaning="One observation of how a patient lives: tobacco, alcohol, work, housing.",
    columns=(
        text("encounter_id", "Encounter in which it was asked."),
        text(
            "observation_code",
            "Code of the observation.",
            is_required=True,
            example="72166-2",
        ),
        text("code_system", "LOINC or the source's own.", example="LOINC"),
        text(
            "observation_name", "Name as delivered.", example="Tobacco smoking status"
        ),
        text("value_text", "Value as delivered.", example="Never smoker"),
        text("value_code", "Code of the value, if delivered."),
        text("unit", "Unit as delivered."),
        at(
            "observed_at",
            "When it was asked or observed.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
    ),
    natural_key=(
        "source_patient_id",
        "encounter_id",
        "observation_code",
        "observed_at",
    ),
    event_at="observed_at",
)

FAMILY_HISTORY = Feed(
    name="family_history",
    meaning="One condition of one relative of a patient.",
    columns=(
        text("encounter_id", "Encounter in which it was asked."),
        text(
            "relationship_code",
            "Which relative, such as mother, father, sibling.",
            is_required=True,
            example="mother",
        ),
        text(
            "condition_code",
            "Code of the condition.",
            is_required=True,
            example="E11.9",
        ),
        text(
            "code_system",
            "SNOMED-CT, ICD-10-CM or the source's own.",
            example="ICD-10-CM",
        ),
        text(
            "condition_name", "Name as delivered.", example="Type 2 diabetes mellitus"
        ),
        number("onset_age_years", "Age at onset.", unit="a", example="52"),
        text("status_code", "Status as delivered, such as completed."),
        protected("comment_text", "What else was said."),
        at(
            "recorded_at",
            "When it was written down.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
    ),
    natural_key=("source_patient_id", "relationship_code", "condition_code"),
    event_at="recorded_at",
)

DEVICES = Feed(
    name="devices",
    meaning="One device in or on a patient.",
    columns=(
        text("encounter_id", "Encounter in which it was implanted or handed out."),
        text(
            "device_code",
            "Code of the kind of device.",
            is_required=True,
            example="72506001",
        ),
        text("code_system", "SNOMED-CT or the source's own.", example="SNOMED-CT"),
        text("device_name", "Device in words.", example="Implantable defibrillator"),
        direct("unique_device_identifier", "Number of this very device."),
        direct("serial_number", "Serial number.", "SN-0001"),
        text("body_site_name", "Where it is.", example="Left chest"),
        text("status_code", "Status as delivered.", example="active"),
        at(
            "started_at",
            "From when.",
            is_required=True,
            example="2025-02-01T09:00:00Z",
        ),
        at("ended_at", "Until when; empty while it is in use."),
    ),
    natural_key=("source_patient_id", "encounter_id", "device_code", "started_at"),
    event_at="started_at",
)

FEEDS = (
    CONDITIONS,
    ALLERGIES,
    PROCEDURES,
    IMMUNIZATIONS,
    DEVICES,
    FAMILY_HISTORY,
    SOCIAL_HISTORY,
)
