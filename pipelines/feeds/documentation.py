"""Documentation: notes, vital signs, treatment plans, questionnaires."""

from pipelines.feeds.contract import Feed, at, count, protected, text

VITAL_SIGNS = Feed(
    name="vital_signs",
    meaning="One vital sign or bedside measurement; a blood pressure is two of them.",
    columns=(
        text("encounter_id", "Encounter in which it was measured."),
        text(
            "observation_code",
            "Code of the measurement.",
            is_required=True,
            example="8480-6",
        ),
        text("code_system", "LOINC or the source's own.", example="LOINC"),
        text(
            "observation_name", "Name as delivered.", example="Systolic blood pressure"
        ),
        text("value_text", "Value as delivered.", example="128"),
        text("unit", "Unit as delivered.", example="mm[Hg]"),
        text(
            "position_name",
            "Position of the patient, such as sitting, if delivered.",
            example="sitting",
        ),
        count("sequence_number", "Rank among repeats of one time, where numbered."),
        at(
            "measured_at",
            "When it was measured.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
    ),
    natural_key=(
        "source_patient_id",
        "encounter_id",
        "observation_code",
        "position_name",
        "sequence_number",
        "measured_at",
    ),
    event_at="measured_at",
)

CARE_PLANS = Feed(
    name="care_plans",
    meaning="One treatment plan of one patient, with goal and outcome.",
    columns=(
        text("encounter_id", "Encounter in which it was made."),
        text("plan_code", "Code of the plan.", is_required=True, example="736376001"),
        text("code_system", "SNOMED-CT or the source's own.", example="SNOMED-CT"),
        text("plan_name", "Plan in words.", example="Diabetes self management plan"),
        text("reason_code", "Reason in the source's code system.", example="44054006"),
        text("reason_name", "Reason in words.", example="Type 2 diabetes mellitus"),
        text("status_code", "Status as delivered.", example="active"),
        text("goal_text", "What is to be reached.", example="HbA1c below 7 %"),
        text("outcome_text", "What was reached."),
        at("started_at", "From when.", is_required=True, example="2026-01-01"),
        at("ended_at", "Until when; empty while it runs."),
    ),
    natural_key=("source_patient_id", "encounter_id", "plan_code", "started_at"),
    event_at="started_at",
)

QUESTIONNAIRE_RESPONSES = Feed(
    name="questionnaire_responses",
    meaning=(
        "One answer of one patient to one question, or one score of a questionnaire."
    ),
    columns=(
        text("encounter_id", "Encounter in which it was asked."),
        text(
            "question_code",
            "Code of the question.",
            is_required=True,
            example="55758-7",
        ),
        text("code_system", "LOINC or the source's own.", example="LOINC"),
        text("question_name", "The question.", example="PHQ-2 total score"),
        text("answer_text", "Answer as delivered.", example="1"),
        text("unit", "Unit as delivered.", example="{score}"),
        at(
            "answered_at",
            "When it was answered.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
    ),
    natural_key=("source_patient_id", "encounter_id", "question_code", "answered_at"),
    event_at="answered_at",
)

NOTES = Feed(
    name="notes",
    meaning="One note about one patient: of a visit, progress, discharge, nursing.",
    columns=(
        text("encounter_id", "Encounter it is about."),
        text(
            "note_type_code",
            "visit, progress, discharge, nursing, medication_review or other.",
            is_required=True,
            example="progress",
        ),
        text("title", "Heading, without a name.", example="Progress note"),
        protected("note_text", "The text."),
        text("status_code", "Status as delivered.", example="final"),
        text("practitioner_id", "Who wrote it.", example="D01"),
        text("author_name", "Name of who wrote it.", example="Dr. A. Moore"),
        text("author_role_name", "Profession of who wrote it.", example="physician"),
        at(
            "written_at",
            "When it was written.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
    ),
    natural_key=("record_id",),
    event_at="written_at",
)

FEEDS = (NOTES, VITAL_SIGNS, CARE_PLANS, QUESTIONNAIRE_RESPONSES)
