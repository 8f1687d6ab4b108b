"""Claims: one bill per visit, to the insurance in force when it began."""

from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.insurance import coverages_at
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.payments import pay
from pipelines.record.simulator.prices import bill_of, money, split

REJECTED_SHARE, VOIDED_SHARE = 0.04, 0.006
CODING_DAYS, ACCEPTANCE_DAYS, PAYMENT_DAYS = (2, 10), (1, 5), (12, 35)
SECOND_CLASSES = frozenset({"inpatient", "emergency"})  # billed to a second payer, too
_CHECK_UP = {False: "Z00.00", True: "Z00.129"}
_REJECTIONS = (
    "Member number not found",
    "Diagnosis code not specific enough",
    "Modifier missing",
)


def write_claims(facts: Facts) -> None:
    """Bill every visit that is over."""
    for visit in facts.visits:
        if visit["ended_at"]:
            _bill(facts, visit)


def _bill(facts: Facts, visit: Row) -> None:
    payers = coverages_at(facts, visit["started_at"])
    tests = facts.of("lab_results", visit)
    images = facts.of("imaging_studies", visit)
    code, billed = bill_of(visit, len(tests), len(images))
    allowed, left = split(visit, payers[0]["plan_type_code"], billed)
    is_child = facts.case.person.is_child_at(visit["started_at"])
    first = {
        "encounter_id": visit["record_id"],
        "claim_type_code": (
            "institutional"
            if visit["encounter_class_code"] in SECOND_CLASSES
            else "professional"
        ),
        "diagnosis_code": visit.get("reason_code") or _CHECK_UP[is_child],
        "diagnosis_code_system": "ICD-10-CM",
        "procedure_code": code,
        "procedure_code_system": "CPT",
        "currency_code": "USD",
        "service_started_at": visit["started_at"],
        "service_ended_at": visit["ended_at"],
    }
    coded = visit["ended_at"] + facts.chances.whole(*CODING_DAYS) * DAY
    is_shared = len(payers) > 1 and visit["encounter_class_code"] in SECOND_CLASSES
    at_last = 0 if is_shared else left
    paid = _submit(facts, first, payers[0], (billed, allowed, left), coded, at_last)
    if is_shared and left and paid is not None:
        amounts = (left, left, 0)
        _submit(facts, first, payers[1], amounts, paid + 2 * DAY, 0)


def _amounts(payer: Row, amounts: tuple[int, int, int]) -> Row:
    billed, allowed, left = map(money, amounts)
    return {
        "coverage_id": payer["record_id"],
        "payer_name": payer["payer_name"],
        "billed_amount": billed,
        "allowed_amount": allowed,
        "patient_amount": left,
    }


def _submit(
    facts: Facts,
    bill: Row,
    payer: Row,
    amounts: tuple[int, int, int],
    submitted: int,
    due_of_patient: int,
) -> int | None:
    """Send a claim; return when the payer has paid it, if that is known yet."""
    chances, row = facts.chances, {**bill, **_amounts(payer, amounts)}
    drafted = max(bill["service_ended_at"], submitted - 2 * DAY) + 30
    if submitted >= facts.end:
        if drafted < facts.end:
            facts.write("claims", drafted, status_code="draft", **row)
        return None
    sent = {"status_code": "submitted", "submitted_at": submitted}
    claim = facts.write("claims", submitted, **row, **sent)
    heard = submitted + chances.whole(*ACCEPTANCE_DAYS) * DAY + 2 * HOUR
    if chances.happens(REJECTED_SHARE):
        again = _correct(facts, claim, heard)
        if again is None:
            return None
        claim, heard = again, again["submitted_at"] + 2 * DAY
    elif chances.happens(VOIDED_SHARE):
        why = {"status_code": "voided", "status_reason_name": "Billed twice"}
        facts.amend("claims", claim, heard, **why)
        return None
    paid = heard + chances.whole(*PAYMENT_DAYS) * DAY
    if paid >= facts.end:
        facts.amend("claims", claim, heard, status_code="accepted")
        return None
    facts.amend("claims", claim, paid, status_code="paid")
    pay(facts, claim, (*amounts[:2], amounts[2], due_of_patient), paid)
    return paid


def _correct(facts: Facts, claim: Row, heard: int) -> Row | None:
    """Reject a claim; return the one that corrects it, if the record lasts so long."""
    why = {"status_reason_name": facts.chances.pick(_REJECTIONS)}
    facts.amend("claims", claim, heard, status_code="rejected", **why)
    again = heard + facts.chances.whole(2, 14) * DAY
    if again >= facts.end:
        return None
    kept = {name: claim[name] for name in claim if name not in {"record_id"}}
    kept |= {
        "status_code": "corrected",
        "status_reason_name": why["status_reason_name"],
        "replaces_claim_id": claim["record_id"],
        "submitted_at": again,
        "source_updated_at": again,
    }
    record_id = facts.journal.next_id("claims")
    facts.journal.rows["claims"].append({**kept, "record_id": record_id})
    return facts.journal.rows["claims"][-1]
