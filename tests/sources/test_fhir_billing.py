"""What a bill and a payer's answer become in FHIR, and what of them is no bill."""

from typing import Any

import pytest

from pipelines.sources.adapter import LINE
from tests.sources.fhir_lines import PATIENT, VISIT, concept, left_out, refusal, row

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
FORMS = "http://terminology.hl7.org/CodeSystem/claim-type"


def diagnosis(sequence: int, code: str, type_code: str | None = None) -> dict[str, Any]:
    """Return a diagnosis of a bill."""
    kinds = [concept(type_code, "http://ex-diagnosistype")] if type_code else []
    return {
        "sequence": sequence,
        "diagnosisCodeableConcept": concept(code, ICD),
        "type": kinds,
    }


def claim(**parts: Any) -> dict[str, Any]:
    """Return the parts of a bill."""
    return {
        "status": "active",
        "use": "claim",
        "type": concept("professional", FORMS),
        "patient": PATIENT,
        "billablePeriod": {
            "start": "2026-01-02T08:00:00Z",
            "end": "2026-01-02T08:15:00Z",
        },
        "created": "2026-01-05",
        "insurance": [
            {"focal": False, "coverage": {"reference": "Coverage/c1"}},
            {
                "focal": True,
                "coverage": {"reference": "Coverage/c2", "display": "Health Plan"},
            },
        ],
        "diagnosis": [diagnosis(1, "I10"), diagnosis(2, "E11.9", "principal")],
        "item": [
            {"sequence": 2, "productOrService": concept("80053", CPT)},
            {
                "sequence": 1,
                "productOrService": concept("99213", CPT),
                "encounter": [VISIT],
            },
        ],
        "total": {"value": 180.10, "currency": "USD"},
        **parts,
    }


def explanation(**parts: Any) -> dict[str, Any]:
    """Return the parts of what a payer decided."""
    return {
        "status": "active",
        "use": "claim",
        "patient": PATIENT,
        "claim": {"reference": "urn:uuid:c9"},
        "created": "2026-02-01",
        "payment": {
            "date": "2026-03-01",
            "amount": {"value": 122.5, "currency": "USD"},
        },
        **parts,
    }


def test_a_bill_is_what_its_first_line_bills() -> None:
    assert row("Claim", "claims", **claim()) == {
        LINE: 1,
        "record_id": "r1",
        "source_patient_id": "p1",
        "encounter_id": "e1",
        "coverage_id": "c2",
        "payer_name": "Health Plan",
        "claim_type_code": "professional",
        "status_code": "submitted",
        "diagnosis_code": "E11.9",
        "diagnosis_code_system": "ICD-10-CM",
        "procedure_code": "99213",
        "procedure_code_system": "CPT",
        "billed_amount": "180.1",
        "currency_code": "USD",
        "service_started_at": "2026-01-02T08:00:00Z",
        "service_ended_at": "2026-01-02T08:15:00Z",
        "submitted_at": "2026-01-05",
    }


def test_a_bill_of_which_little_is_known_is_a_bill() -> None:
    found = row("Claim", "claims", status="active", use="claim", patient=PATIENT)

    assert found == {
        LINE: 1,
        "record_id": "r1",
        "source_patient_id": "p1",
        "status_code": "submitted",
    }


def test_without_a_principal_diagnosis_the_first_one_that_is_coded_is_told() -> None:
    reference = {"sequence": 1, "diagnosisReference": {"reference": "Condition/d1"}}
    diagnoses = [diagnosis(3, "E11.9"), diagnosis(2, "I10"), reference]
    found = row("Claim", "claims", **claim(diagnosis=diagnoses))

    assert found["diagnosis_code"] == "I10"


def test_whoever_is_named_as_insurer_is_billed() -> None:
    insurer = {"reference": "Organization/o1", "display": "Other Plan"}
    found = row("Claim", "claims", **claim(insurer=insurer))

    assert (found["payer_name"], found["coverage_id"]) == ("Other Plan", "c2")


def test_an_insurer_without_a_name_leaves_that_of_the_insurance() -> None:
    found = row("Claim", "claims", **claim(insurer={"reference": "Organization/o1"}))

    assert found["payer_name"] == "Health Plan"


def test_an_insurance_alone_needs_not_be_called_focal() -> None:
    only = [{"coverage": {"reference": "Coverage/c1"}}]
    found = row("Claim", "claims", **claim(insurance=only))

    assert found["coverage_id"] == "c1"


def test_a_bill_of_several_visits_names_none() -> None:
    visits = [{"reference": "Encounter/e1"}, {"reference": "Encounter/e2"}]
    items = [
        {"sequence": place, "encounter": [visit]} for place, visit in enumerate(visits)
    ]

    assert "encounter_id" not in row("Claim", "claims", **claim(item=items))


@pytest.mark.parametrize(
    ("relationship", "replaced"), [("prior", "c0"), ("associated", None)]
)
def test_a_bill_replaces_the_one_before_it(
    relationship: str, replaced: str | None
) -> None:
    related = {
        "claim": {"reference": "Claim/c0"},
        "relationship": concept(relationship, "http://ex-relatedclaimrelationship"),
    }
    found = row("Claim", "claims", **claim(related=[related]))

    assert found.get("replaces_claim_id") == replaced


@pytest.mark.parametrize(
    ("status", "kept", "deleted"),
    [
        ("active", "submitted", None),
        ("draft", "draft", None),
        ("cancelled", "voided", None),
        ("entered-in-error", "voided", "true"),
    ],
)
def test_a_cancelled_bill_is_voided(
    status: str, kept: str, deleted: str | None
) -> None:
    found = row("Claim", "claims", **claim(status=status))

    assert (found["status_code"], found.get("is_deleted")) == (kept, deleted)


def test_what_a_payer_pays_is_a_payment() -> None:
    assert row("ExplanationOfBenefit", "payments", **explanation()) == {
        LINE: 1,
        "record_id": "r1",
        "source_patient_id": "p1",
        "claim_id": "c9",
        "payment_type_code": "payment",
        "payer_type_code": "insurer",
        "status_code": "posted",
        "amount": "122.5",
        "currency_code": "USD",
        "paid_at": "2026-03-01",
    }


def test_what_a_payer_takes_back_is_given_back() -> None:
    payment = {"date": "2026-03-01", "amount": {"value": -20, "currency": "USD"}}
    found = row("ExplanationOfBenefit", "payments", **explanation(payment=payment))

    assert (found["payment_type_code"], found["amount"]) == ("refund", "20")


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_cancelled_payment_is_voided(status: str) -> None:
    found = row("ExplanationOfBenefit", "payments", **explanation(status=status))

    assert found["status_code"] == "voided"


@pytest.mark.parametrize(
    ("kind", "parts", "reason"),
    [
        ("Claim", claim(use="preauthorization"), "what would be paid"),
        ("ExplanationOfBenefit", explanation(use="predetermination"), "would be paid"),
        ("ExplanationOfBenefit", explanation(status="draft"), "a draft"),
        ("ExplanationOfBenefit", explanation(payment=None), "nothing is paid"),
        (
            "ExplanationOfBenefit",
            explanation(payment={"date": "2026-03-01", "amount": {"value": 0}}),
            "nothing is paid",
        ),
        (
            "ExplanationOfBenefit",
            explanation(payment={"amount": {"value": 5}}),
            "no day of payment",
        ),
    ],
)
def test_what_is_no_bill_and_no_payment_says_why(
    kind: str, parts: dict[str, Any], reason: str
) -> None:
    assert reason in left_out(kind, **parts)


def test_an_amount_in_words_is_refused_by_its_place() -> None:
    line = (
        '{"resourceType": "Claim", "id": "r1", "use": "claim",'
        ' "total": {"value": "much"}}'
    )
    assert refusal("Claim", line) == "Claim.total.value is not as FHIR R4 has it"
