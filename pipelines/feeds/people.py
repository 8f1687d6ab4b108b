"""People: patients and who they are, their contacts, insurance, wishes; staff."""

from pipelines.feeds.contract import (
    Feed,
    Identifier,
    at,
    count,
    direct,
    on,
    protected,
    text,
)

PATIENTS = Feed(
    name="patients",
    meaning="One person in one source, with demographics and identifiers.",
    columns=(
        direct("medical_record_number", "Number of the hospital record.", "000451-7"),
        direct(
            "patient_number",
            "Number that the patient's key follows from, where patients come by key.",
        ),
        direct("national_id", "National or social security number.", "999-22-1962"),
        direct("drivers_license", "Number of the driving licence."),
        direct("passport_number", "Number of the passport."),
        direct("name_prefix", "Title before the name.", "Ms."),
        direct("given_name", "Given name or names.", "Ada"),
        direct("family_name", "Family name.", "Example"),
        direct("name_suffix", "What follows the name."),
        direct("maiden_name", "Family name at birth."),
        direct("birth_place", "Place of birth."),
        direct("address_line", "Street and house.", "1 Example Street"),
        direct("city", "Town.", "Springfield"),
        direct("county", "County or district."),
        direct("postal_code", "Postal code; ZIP3 is derived from it.", "01103"),
        direct("latitude", "Latitude of the address."),
        direct("longitude", "Longitude of the address."),
        direct("phone", "Telephone number.", "+1 555 0100"),
        direct("email", "E-mail address.", "ada@example.org"),
        text("sex_code", "Sex as delivered, such as F, M, female.", example="F"),
        text("marital_status_code", "Marital status as delivered.", example="M"),
        text("race_code", "Race as delivered.", identifier=Identifier.QUASI),
        text("ethnicity_code", "Ethnicity as delivered.", identifier=Identifier.QUASI),
        text("language_code", "Language preferred.", example="en"),
        text("state", "State or province.", identifier=Identifier.QUASI, example="MA"),
        text(
            "zip3",
            "First three digits of a US ZIP; derived by the loader when absent.",
            identifier=Identifier.QUASI,
        ),
        count(
            "birth_year",
            "Year of birth; derived from birth_date when absent.",
            identifier=Identifier.QUASI,
        ),
        on(
            "birth_date",
            "Date of birth.",
            identifier=Identifier.QUASI,
            example="1956-08-03",
        ),
        at("deceased_at", "Time or date of death.", identifier=Identifier.QUASI),
    ),
    natural_key=("record_id",),
    event_at=None,
)

PATIENT_LINKS = Feed(
    name="patient_links",
    meaning="One decision that two patient ids are, or are no longer, one person.",
    columns=(
        text("link_type_code", "merge or unmerge.", is_required=True, example="merge"),
        text(
            "surviving_patient_id",
            "Id that the person goes on under; lands as a key.",
            is_required=True,
            example="P0002",
        ),
        at(
            "linked_at",
            "When the decision was made.",
            is_required=True,
            example="2026-05-01T09:00:00Z",
        ),
    ),
    natural_key=("source_patient_id", "surviving_patient_id", "linked_at"),
    event_at="linked_at",
    patient_references=("surviving_patient_id",),
)

PRACTITIONERS = Feed(
    name="practitioners",
    meaning="One member of staff in one source.",
    columns=(
        text(
            "practitioner_name", "Name of the member of staff.", example="Dr. A. Moore"
        ),
        text("sex_code", "Sex as delivered.", example="F"),
        text("specialty_name", "Specialty as delivered.", example="Nephrology"),
        text(
            "role_name", "Profession, such as physician or nurse.", example="physician"
        ),
        text("organization_id", "Organization worked for.", example="O01"),
    ),
    natural_key=("record_id",),
    event_at=None,
    has_patient=False,
)

ORGANIZATIONS = Feed(
    name="organizations",
    meaning="One hospital, practice, ward or laboratory in one source.",
    columns=(
        text(
            "organization_name", "Name of the organization.", example="General Hospital"
        ),
        text("organization_type_name", "Kind of organization.", example="hospital"),
        text("address_line", "Street and house.", example="1 Hospital Road"),
        text("city", "Town.", example="Springfield"),
        text("state", "State or province.", example="MA"),
        text("postal_code", "Postal code.", example="01103"),
        text("phone", "Telephone number.", example="+1 555 0199"),
    ),
    natural_key=("record_id",),
    event_at=None,
    has_patient=False,
)

CARE_TEAM = Feed(
    name="care_team",
    meaning="One member of staff responsible for one patient over one period.",
    columns=(
        text("practitioner_id", "Member of staff.", is_required=True, example="D01"),
        text(
            "role_code",
            "What for, such as attending, primary_care, nurse.",
            example="nurse",
        ),
        text("encounter_id", "Encounter it holds for, if only for one."),
        at("started_at", "From when.", example="2026-01-01T00:00:00Z"),
        at("ended_at", "Until when; empty while it holds."),
    ),
    natural_key=(
        "source_patient_id",
        "practitioner_id",
        "role_code",
        "encounter_id",
        "started_at",
    ),
    event_at="started_at",
)

IDENTITY_STATEMENTS = Feed(
    name="identity_statements",
    meaning="One answer that repeats an identifier of the patient, such as an address.",
    columns=(
        direct("statement_text", "The answer as given.", "1 Example Street"),
        text(
            "question_code",
            "Code of the question.",
            is_required=True,
            example="56799-0",
        ),
        text("question_name", "The question.", example="Address"),
        text("encounter_id", "Encounter in which it was asked."),
        at(
            "stated_at",
            "When it was answered.",
            is_required=True,
            example="2026-02-01T09:00:00Z",
        ),
    ),
    natural_key=("source_patient_id", "question_code", "stated_at", "encounter_id"),
    event_at="stated_at",
    is_identity_only=True,
)

CONTACTS = Feed(
    name="contacts",
    meaning="One person to be reached about a patient: next of kin, guardian, friend.",
    columns=(
        direct("contact_name", "Name of the contact.", "Example Person"),
        direct("phone", "Telephone number.", "+1 555 0101"),
        direct("email", "E-mail address.", "kin@example.org"),
        direct("address_line", "Street and house.", "2 Example Street"),
        direct("city", "Town.", "Springfield"),
        direct("postal_code", "Postal code.", "01103"),
        text(
            "relationship_code",
            "What the contact is to the patient, such as spouse, parent, guardian.",
            is_required=True,
            example="spouse",
        ),
        text(
            "contact_role_code",
            "What for: emergency, next_of_kin, guardian, other.",
            example="emergency",
        ),
        count("priority_number", "Who is called first; 1 before 2.", example="1"),
        at("started_at", "From when.", example="2026-01-01T00:00:00Z"),
        at("ended_at", "Until when; empty while it holds."),
    ),
    natural_key=("record_id",),
    event_at="started_at",
)

COVERAGES = Feed(
    name="coverages",
    meaning="One insurance of one patient over one period.",
    columns=(
        text("payer_id", "Insurer's id in the source.", example="PAY01"),
        text("payer_name", "Insurer.", is_required=True, example="Example Health Plan"),
        text("plan_name", "Plan.", example="Standard"),
        text(
            "plan_type_code",
            "Kind of plan, such as commercial, medicare, medicaid, self_pay.",
            example="commercial",
        ),
        direct("member_number", "Number of the insured.", "M-000451"),
        direct("group_number", "Number of the group.", "G-17"),
        direct("subscriber_name", "Name of who holds the contract.", "Ada Example"),
        text(
            "subscriber_relationship_code",
            "What the holder is to the patient, such as self, spouse, parent.",
            example="self",
        ),
        count("priority_number", "Which insurer pays first; 1 before 2.", example="1"),
        text("status_code", "Status as delivered.", example="active"),
        at("started_at", "From when.", example="2026-01-01T00:00:00Z"),
        at("ended_at", "Until when; empty while it holds."),
    ),
    natural_key=("source_patient_id", "payer_name", "priority_number", "started_at"),
    event_at="started_at",
)

CONSENTS = Feed(
    name="consents",
    meaning="One decision of a patient about who may use the record, and for what.",
    columns=(
        text(
            "scope_code",
            "What it is about: research, sharing, treating_team_only, ask_first.",
            is_required=True,
            example="research",
        ),
        text("decision_code", "permit or deny.", is_required=True, example="permit"),
        text("recipient_name", "Who may receive, if only some.", example="Registry"),
        text("recorded_by_name", "Who took the decision down.", example="A. Clerk"),
        at(
            "started_at",
            "From when.",
            is_required=True,
            example="2026-01-01T00:00:00Z",
        ),
        at("ended_at", "Until when; empty while it holds."),
    ),
    natural_key=("source_patient_id", "scope_code", "recipient_name", "started_at"),
    event_at="started_at",
)

CORRECTION_REQUESTS = Feed(
    name="correction_requests",
    meaning="One wish of a patient that an entry of the record be corrected.",
    columns=(
        text(
            "subject_code",
            "Kind of fact it is about, by the name of its feed.",
            is_required=True,
            example="conditions",
        ),
        text("subject_id", "Key of the fact, if it is about one.", example="x:C1"),
        protected("request_text", "What is wrong and what it should be, as written."),
        text(
            "status_code",
            "requested, accepted, denied or withdrawn.",
            is_required=True,
            example="requested",
        ),
        protected("answer_text", "The answer to the patient."),
        text("answered_by_name", "Who answered."),
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
    is_of_record=True,
)

FEEDS = (
    PATIENTS,
    PATIENT_LINKS,
    PRACTITIONERS,
    ORGANIZATIONS,
    CARE_TEAM,
    CONTACTS,
    COVERAGES,
    CONSENTS,
    CORRECTION_REQUESTS,
    IDENTITY_STATEMENTS,
)
