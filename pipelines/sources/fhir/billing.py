"""Bills, and what insurers pay of them."""

from pipelines.sources.fhir.billing_resources import (
    BenefitPayment,
    BilledDiagnosis,
    BilledItem,
    Claim,
    ExplanationOfBenefit,
    Insurance,
    RelatedClaim,
)
from pipelines.sources.fhir.elements import (
    NOT_CODED,
    Coded,
    begins,
    code_of,
    coded,
    ends,
    first,
    id_of,
    number,
)
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.parts import Money, Reference
from pipelines.sources.one_by_one import LeftOutError, Rows

# Of a bill, not of a question what would be paid: HL7's claim-use.
BILL = "claim"
QUESTION = "A question what would be paid, no bill."
NOT_SENT = "An explanation that is a draft."
NOTHING_PAID = "An explanation by which nothing is paid."
NO_DAY = "An explanation that names no day of payment."
# HL7's fm-status. What is in force has been sent; the answer to it is another resource.
STATUSES = {
    "active": "submitted",
    "cancelled": "voided",
    "entered-in-error": "voided",
}
PRINCIPAL, PRIOR = "principal", "prior"


def claim_rows(claim: Claim) -> Rows:
    """Yield the bill, as what its first line bills.

    Raises:
        LeftOutError: nobody is billed by it.
    """
    if claim.use != BILL:
        raise LeftOutError(QUESTION)
    diagnosis = _principal(claim.diagnosis)
    item = min(claim.item, key=lambda each: each.sequence, default=BilledItem())
    service = coded(item.product_or_service, "CPT")
    coverage, total = _billed(claim.insurance), claim.total or Money()
    insurer = claim.insurer or Reference()
    yield (
        "claims",
        {
            "source_patient_id": id_of(claim.patient),
            "encounter_id": _only_visit(claim.item),
            "coverage_id": id_of(coverage),
            "payer_name": insurer.display or coverage.display,
            "claim_type_code": code_of(claim.type),
            "status_code": STATUSES.get(claim.status or "", claim.status),
            "diagnosis_code": diagnosis.code,
            "diagnosis_code_system": diagnosis.system,
            "procedure_code": service.code,
            "procedure_code_system": service.system,
            "replaces_claim_id": _replaced(claim.related),
            "billed_amount": number(total.value),
            "currency_code": total.currency,
            "service_started_at": begins(claim.billable_period),
            "service_ended_at": ends(claim.billable_period),
            "submitted_at": claim.created,
        },
    )


def explanation_rows(explanation: ExplanationOfBenefit) -> Rows:
    """Yield the payment; when an explanation was written is not when it was paid.

    What an insurer takes back is below zero.

    Raises:
        LeftOutError: it is about no payment, or about one of an unknown day.
    """
    payment = explanation.payment or BenefitPayment()
    amount = payment.amount or Money()
    if explanation.use != BILL:
        raise LeftOutError(QUESTION)
    if explanation.status == "draft":
        raise LeftOutError(NOT_SENT)
    if not amount.value:
        raise LeftOutError(NOTHING_PAID)
    if payment.date is None:
        raise LeftOutError(NO_DAY)
    yield (
        "payments",
        {
            "source_patient_id": id_of(explanation.patient),
            "claim_id": id_of(explanation.claim),
            "payment_type_code": "refund" if amount.value < 0 else "payment",
            "payer_type_code": "insurer",
            "status_code": "posted" if explanation.status == "active" else "voided",
            "amount": number(abs(amount.value)),
            "currency_code": amount.currency,
            "paid_at": payment.date,
        },
    )


def _billed(insurances: list[Insurance]) -> Reference:
    focal = next((each for each in insurances if each.focal), first(insurances))
    return (focal.coverage if focal else None) or Reference()


def _principal(diagnoses: list[BilledDiagnosis]) -> Coded:
    """Return the diagnosis that is called principal, else the first that is coded."""
    codes = [
        (code_of(first(each.type)) != PRINCIPAL, each.sequence, concept)
        for each in diagnoses
        if (concept := each.diagnosis_codeable_concept) is not None
    ]
    if not codes:
        return NOT_CODED
    return coded(min(codes, key=lambda each: each[:2])[2], "ICD-10-CM")


def _replaced(related: list[RelatedClaim]) -> str | None:
    """Return the earlier bill that a bill takes the place of."""
    prior = (each for each in related if code_of(each.relationship) == PRIOR)
    return next((id_of(each.claim) for each in prior), None)


def _only_visit(items: list[BilledItem]) -> str | None:
    """Return the visit that lines are of; None if they are of several."""
    visits = {id_of(visit) for item in items for visit in item.encounter}
    return visits.pop() if len(visits) == 1 else None


TABLES = (table(Claim, claim_rows), table(ExplanationOfBenefit, explanation_rows))
