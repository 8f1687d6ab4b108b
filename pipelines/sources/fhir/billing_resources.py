"""The parts of FHIR R4's bills, and of what payers pay of them, that feeds take."""

from msgspec import field

from pipelines.sources.fhir.parts import Concept, Money, Part, Period, Reference
from pipelines.sources.fhir.resources import Resource


class Insurance(Part):
    """Which insurance is asked to pay; the focal one, where there are several."""

    focal: bool | None = None
    coverage: Reference | None = None


class BilledDiagnosis(Part):
    """Why; one that is a reference to a condition is not read."""

    sequence: int = 0
    diagnosis_codeable_concept: Concept | None = None
    type: list[Concept] = field(default_factory=list)


class BilledItem(Part):
    """One line of a bill."""

    sequence: int = 0
    product_or_service: Concept | None = None
    encounter: list[Reference] = field(default_factory=list)


class RelatedClaim(Part):
    """Another bill, and what it is to this one."""

    claim: Reference | None = None
    relationship: Concept | None = None


class Claim(Resource):
    """A bill, or a question what would be paid."""

    status: str | None = None
    type: Concept | None = None
    use: str | None = None
    patient: Reference | None = None
    billable_period: Period | None = None
    created: str | None = None
    insurer: Reference | None = None
    related: list[RelatedClaim] = field(default_factory=list)
    diagnosis: list[BilledDiagnosis] = field(default_factory=list)
    insurance: list[Insurance] = field(default_factory=list)
    item: list[BilledItem] = field(default_factory=list)
    total: Money | None = None


class BenefitPayment(Part):
    """What is paid, and on which day."""

    date: str | None = None
    amount: Money | None = None


class ExplanationOfBenefit(Resource):
    """What a payer decided of a bill, and pays."""

    status: str | None = None
    use: str | None = None
    patient: Reference | None = None
    claim: Reference | None = None
    payment: BenefitPayment | None = None
