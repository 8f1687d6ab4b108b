"""The parts of FHIR R4 resources that feeds take; everything else is passed over.

Numbers are read as decimals, so that 1.10 stays 1.10. A part of another type than R4's
is an error that names its place, and so is a resource of another kind.
"""

from decimal import Decimal

from msgspec import field

from pipelines.sources.fhir.parts import (
    Address,
    Annotation,
    Coding,
    Concept,
    Extension,
    HumanName,
    Identifier,
    Meta,
    Part,
    Period,
    Quantity,
    Range,
    Ratio,
    Reference,
    Telecom,
    Texts,
)


class Resource(Part):
    """What every resource has; ``context`` was how STU3 named the encounter."""

    resource_type: str = ""
    id: str | None = None
    meta: Meta = field(default_factory=Meta)
    context: Reference | None = None


class Communication(Part):
    """A language that somebody speaks."""

    language: Concept | None = None
    preferred: bool | None = None


class Patient(Resource):
    """A patient."""

    identifier: list[Identifier] = field(default_factory=list)
    name: list[HumanName] = field(default_factory=list)
    telecom: list[Telecom] = field(default_factory=list)
    gender: str | None = None
    birth_date: str | None = None
    deceased_date_time: str | None = None
    address: list[Address] = field(default_factory=list)
    marital_status: Concept | None = None
    communication: list[Communication] = field(default_factory=list)
    extension: list[Extension] = field(default_factory=list)


class Organization(Resource):
    """An organization."""

    name: str | None = None
    type: list[Concept] = field(default_factory=list)
    telecom: list[Telecom] = field(default_factory=list)
    address: list[Address] = field(default_factory=list)


class Practitioner(Resource):
    """A practitioner."""

    name: list[HumanName] = field(default_factory=list)
    gender: str | None = None
    qualification: "list[Qualification]" = field(default_factory=list)


class Qualification(Part):
    """What somebody is qualified as."""

    code: Concept | None = None


class Participant(Part):
    """Who took part."""

    individual: Reference | None = None


class Hospitalization(Part):
    """How an admission began and ended."""

    admit_source: Concept | None = None
    discharge_disposition: Concept | None = None


class Place(Part):
    """Where an encounter was."""

    location: Reference | None = None


class Encounter(Resource):
    """An encounter."""

    status: str | None = None
    class_: Coding | None = field(default=None, name="class")
    type: list[Concept] = field(default_factory=list)
    service_type: Concept | None = None
    priority: Concept | None = None
    subject: Reference | None = None
    participant: list[Participant] = field(default_factory=list)
    period: Period | None = None
    reason_code: list[Concept] = field(default_factory=list)
    hospitalization: Hospitalization | None = None
    location: list[Place] = field(default_factory=list)
    service_provider: Reference | None = None
    part_of: Reference | None = None


class Condition(Resource):
    """A condition."""

    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    category: list[Concept] = field(default_factory=list)
    code: Concept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None
    recorded_date: str | None = None


class Reaction(Part):
    """What an allergy did."""

    manifestation: list[Concept] = field(default_factory=list)
    severity: str | None = None


class AllergyIntolerance(Resource):
    """An allergy or intolerance."""

    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    type: str | None = None
    category: Texts = field(default_factory=list)
    criticality: str | None = None
    code: Concept | None = None
    patient: Reference | None = None
    encounter: Reference | None = None
    onset_date_time: str | None = None
    recorded_date: str | None = None
    reaction: list[Reaction] = field(default_factory=list)


class Procedure(Resource):
    """A procedure."""

    status: str | None = None
    code: Concept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None
    reason_code: list[Concept] = field(default_factory=list)


class Immunization(Resource):
    """An immunization."""

    status: str | None = None
    vaccine_code: Concept | None = None
    patient: Reference | None = None
    encounter: Reference | None = None
    occurrence_date_time: str | None = None


class CarePlan(Resource):
    """A care plan."""

    status: str | None = None
    category: list[Concept] = field(default_factory=list)
    title: str | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    period: Period | None = None


class ReferenceRange(Part):
    """A range that came with a value."""

    low: Quantity | None = None
    high: Quantity | None = None
    text: str | None = None


class Value(Resource):
    """A value of any type, of an observation or of a component of one."""

    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_date_time: str | None = None
    value_time: str | None = None
    value_period: Period | None = None
    data_absent_reason: Concept | None = None
    interpretation: list[Concept] = field(default_factory=list)
    reference_range: list[ReferenceRange] = field(default_factory=list)


class Component(Value):
    """A part of a panel."""

    code: Concept | None = None


class Observation(Value):
    """An observation."""

    status: str | None = None
    category: list[Concept] = field(default_factory=list)
    code: Concept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    effective_instant: str | None = None
    issued: str | None = None
    based_on: list[Reference] = field(default_factory=list)
    performer: list[Reference] = field(default_factory=list)
    specimen: Reference | None = None
    note: list[Annotation] = field(default_factory=list)
    has_member: list[Reference] = field(default_factory=list)
    component: list[Component] = field(default_factory=list)


class DiagnosticReport(Resource):
    """A report."""

    status: str | None = None
    category: list[Concept] = field(default_factory=list)
    code: Concept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    effective_date_time: str | None = None
    issued: str | None = None
    based_on: list[Reference] = field(default_factory=list)
    performer: list[Reference] = field(default_factory=list)
    result: list[Reference] = field(default_factory=list)
    imaging_study: list[Reference] = field(default_factory=list)
    conclusion: str | None = None


class Instance(Part):
    """An image."""

    uid: str | None = None
    sop_class: Coding | None = None
    title: str | None = None


class Series(Part):
    """A series of images."""

    uid: str | None = None
    modality: Coding | None = None
    body_site: Coding | None = None
    started: str | None = None
    instance: list[Instance] = field(default_factory=list)


class ImagingStudy(Resource):
    """A study of images."""

    subject: Reference | None = None
    encounter: Reference | None = None
    started: str | None = None
    procedure_code: list[Concept] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)


class Repeat(Part):
    """How often."""

    frequency: int | None = None
    period: Decimal | None = None
    period_unit: str | None = None


class Timing(Part):
    """When."""

    code: Concept | None = None
    repeat: Repeat | None = None


class DoseAndRate(Part):
    """How much."""

    dose_quantity: Quantity | None = None
    dose_range: Range | None = None


class Dosage(Part):
    """How a medicine is taken."""

    text: str | None = None
    timing: Timing | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: Concept | None = None
    route: Concept | None = None
    dose_and_rate: list[DoseAndRate] = field(default_factory=list)


class DispenseRequest(Part):
    """What may be handed out."""

    validity_period: Period | None = None
    number_of_repeats_allowed: int | None = None
    quantity: Quantity | None = None
    expected_supply_duration: Quantity | None = None


class Contained(Part):
    """A resource inside another."""

    id: str | None = None
    code: Concept | None = None


class MedicationRequest(Resource):
    """A prescription, or a word that something is not to be given."""

    do_not_perform: bool = False
    status: str | None = None
    status_reason: Concept | None = None
    intent: str | None = None
    contained: list[Contained] = field(default_factory=list)
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    authored_on: str | None = None
    requester: Reference | None = None
    reason_code: list[Concept] = field(default_factory=list)
    dosage_instruction: list[Dosage] = field(default_factory=list)
    dispense_request: DispenseRequest | None = None
    prior_prescription: Reference | None = None


class MedicationDispense(Resource):
    """What a pharmacy handed out; its ``context`` is R4's own."""

    status: str | None = None
    context: Reference | None = None
    contained: list[Contained] = field(default_factory=list)
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    subject: Reference | None = None
    authorizing_prescription: list[Reference] = field(default_factory=list)
    location: Reference | None = None
    quantity: Quantity | None = None
    days_supply: Quantity | None = None
    when_prepared: str | None = None
    when_handed_over: str | None = None
    dosage_instruction: list[Dosage] = field(default_factory=list)


class Performer(Part):
    """Who did it."""

    actor: Reference | None = None


class Given(Part):
    """How much was given, and by which way."""

    route: Concept | None = None
    dose: Quantity | None = None


class MedicationAdministration(Resource):
    """A dose; its ``context`` is R4's own."""

    status: str | None = None
    status_reason: list[Concept] = field(default_factory=list)
    context: Reference | None = None
    contained: list[Contained] = field(default_factory=list)
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    subject: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    performer: list[Performer] = field(default_factory=list)
    request: Reference | None = None
    dosage: Given | None = None


class ServiceRequest(Resource):
    """An order of a laboratory or imaging, or a referral."""

    do_not_perform: bool = False
    status: str | None = None
    intent: str | None = None
    category: list[Concept] = field(default_factory=list)
    priority: str | None = None
    code: Concept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    authored_on: str | None = None
    requester: Reference | None = None
    performer: list[Reference] = field(default_factory=list)
    performer_type: Concept | None = None
    reason_code: list[Concept] = field(default_factory=list)
    specimen: list[Reference] = field(default_factory=list)
    note: list[Annotation] = field(default_factory=list)


class Collection(Part):
    """How a specimen was taken."""

    collected_date_time: str | None = None
    collected_period: Period | None = None
    body_site: Concept | None = None


class Specimen(Resource):
    """A specimen."""

    accession_identifier: Identifier | None = None
    status: str | None = None
    type: Concept | None = None
    subject: Reference | None = None
    received_time: str | None = None
    request: list[Reference] = field(default_factory=list)
    collection: Collection | None = None
    condition: list[Concept] = field(default_factory=list)


class Attachment(Part):
    """A document."""

    content_type: str | None = None
    data: str | None = None
    title: str | None = None


class Content(Part):
    """A form of a document."""

    attachment: Attachment | None = None


class DocumentContext(Part):
    """What a document is about."""

    encounter: list[Reference] = field(default_factory=list)


class DocumentReference(Resource):
    """A document; its ``context`` is R4's own."""

    status: str | None = None
    doc_status: str | None = None
    type: Concept | None = None
    subject: Reference | None = None
    date: str | None = None
    author: list[Reference] = field(default_factory=list)
    description: str | None = None
    content: list[Content] = field(default_factory=list)
    context: DocumentContext | None = None


class RelativesCondition(Part):
    """What a relative had."""

    code: Concept | None = None
    onset_age: Quantity | None = None


class FamilyMemberHistory(Resource):
    """What a relative had."""

    status: str | None = None
    patient: Reference | None = None
    date: str | None = None
    relationship: Concept | None = None
    condition: list[RelativesCondition] = field(default_factory=list)
    note: list[Annotation] = field(default_factory=list)


class Attending(Part):
    """Who comes to an appointment."""

    actor: Reference | None = None


class Appointment(Resource):
    """An appointment."""

    status: str | None = None
    cancelation_reason: Concept | None = None
    appointment_type: Concept | None = None
    specialty: list[Concept] = field(default_factory=list)
    description: str | None = None
    comment: str | None = None
    start: str | None = None
    end: str | None = None
    created: str | None = None
    participant: list[Attending] = field(default_factory=list)


class CoverageClass(Part):
    """A plan or a group."""

    type: Concept | None = None
    value: str | None = None
    name: str | None = None


class Coverage(Resource):
    """An insurance."""

    status: str | None = None
    type: Concept | None = None
    subscriber: Reference | None = None
    subscriber_id: str | None = None
    beneficiary: Reference | None = None
    relationship: Concept | None = None
    period: Period | None = None
    payor: list[Reference] = field(default_factory=list)
    class_: list[CoverageClass] = field(default_factory=list, name="class")
    order: int | None = None


class ConsentActor(Part):
    """Whom a provision is about."""

    reference: Reference | None = None


class Consent(Resource):
    """A decision of the patient."""

    status: str | None = None
    scope: Concept | None = None
    patient: Reference | None = None
    date_time: str | None = None
    provision: "ConsentProvision | None" = None


class ConsentProvision(Part):
    """What is permitted or denied, to whom, how long."""

    type: str | None = None
    period: Period | None = None
    actor: list[ConsentActor] = field(default_factory=list)
