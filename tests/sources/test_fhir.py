"""What a FHIR resource becomes: which feed, which columns, or why none."""

import base64
import json
from typing import Any

import pytest

from pipelines.sources.adapter import LINE
from pipelines.sources.fhir import ADAPTER
from pipelines.sources.fhir.elements import coded
from pipelines.sources.fhir.parts import Coding, Concept
from tests.sources.fhir_lines import (
    PATIENT,
    VISIT,
    concept,
    left_out,
    mapped,
    refusal,
    row,
    rows,
)


def observation(code: str = "2823-3", **parts: Any) -> dict[str, Any]:
    """Return the parts of an observation of a laboratory."""
    return {
        "status": "final",
        "category": [concept("laboratory", "http://hl7.org/observation-category")],
        "code": concept(code, text="Potassium"),
        "subject": PATIENT,
        "encounter": VISIT,
        "effectiveDateTime": "2026-01-02T08:00:00Z",
        **parts,
    }


def test_a_result_keeps_its_digits_range_flag_and_notes() -> None:
    found = row(
        "Observation",
        "lab_results",
        **observation(
            meta={"lastUpdated": "2026-01-03T00:00:00Z"},
            issued="2026-01-02T09:00:00Z",
            interpretation=[concept("H", "http://v3-ObservationInterpretation")],
            referenceRange=[
                {"low": {"value": 3.5}, "high": {"value": 5.0}, "text": "3.5-5.0"}
            ],
            note=[{"text": "slightly haemolysed"}],
            specimen={"reference": "Specimen/s1", "display": "Serum"},
            basedOn=[{"reference": "ServiceRequest/o1"}],
            performer=[{"reference": "Practitioner/d1"}],
        ),
        valueQuantity={"value": 5, "unit": "mmol/l", "code": "mmol/L"},
    )

    assert found == {
        LINE: 1,
        "record_id": "r1",
        "source_patient_id": "p1",
        "encounter_id": "e1",
        "order_id": "o1",
        "specimen_id": "s1",
        "test_code": "2823-3",
        "code_system": "LOINC",
        "test_name": "Potassium",
        "specimen_name": "Serum",
        "value_text": "5",
        "value_number": "5",
        "unit": "mmol/L",
        "reference_low": "3.5",
        "reference_high": "5.0",
        "reference_text": "3.5-5.0",
        "laboratory_flag": "H",
        "status_code": "final",
        "comment_text": "slightly haemolysed",
        "practitioner_id": "d1",
        "collected_at": "2026-01-02T08:00:00Z",
        "resulted_at": "2026-01-02T09:00:00Z",
        "source_updated_at": "2026-01-03T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"valueQuantity": {"value": 1.10}', "1.10"),
        ('"valueQuantity": {"value": 0.000001}', "0.000001"),
        ('"valueQuantity": {"value": 5, "comparator": "<"}', "<5"),
        ('"valueString": "DETECTED"', "DETECTED"),
        ('"valueCodeableConcept": {"text": "Trace"}', "Trace"),
        ('"valueCodeableConcept": {"coding": [{"display": "Absent"}]}', "Absent"),
        ('"valueBoolean": false', "false"),
        ('"valueInteger": 0', "0"),
        ('"valueRange": {"low": {"value": 5}, "high": {"value": 10}}', "5 - 10"),
        ('"valueRange": {"low": {"value": 5}}', ">=5"),
        ('"valueRange": {"high": {"value": 9}}', "<=9"),
        (
            '"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}',
            "1:128",
        ),
        ('"valueDateTime": "2026-01-01"', "2026-01-01"),
    ],
)
def test_a_value_of_any_type_is_text(value: str, text: str) -> None:
    begun = json.dumps({"resourceType": "Observation", "id": "r1", **observation()})
    found = mapped("Observation", f"{begun[:-1]}, {value}}}")

    assert found.feeds["lab_results"]["value_text"].to_list() == [text]


def test_a_value_with_a_comparator_is_no_number() -> None:
    quantity = {"value": 5, "comparator": "<", "unit": "mg/dL"}
    found = row("Observation", "lab_results", **observation(), valueQuantity=quantity)

    assert "value_number" not in found
    assert found["unit"] == "mg/dL"


def test_a_value_that_is_absent_says_why() -> None:
    reason = concept("not-performed", "http://x", "Not Performed")
    found = row("Observation", "lab_results", **observation(), dataAbsentReason=reason)

    assert "value_text" not in found
    assert found["comment_text"] == "Not Performed"


def test_a_panel_is_its_components() -> None:
    parts = observation("85354-9", category=[concept("vital-signs", "http://x")])
    found = rows(
        "Observation",
        "vital_signs",
        **parts,
        component=[
            {"code": concept("8480-6"), "valueQuantity": {"value": 120}},
            {"code": concept("8462-4"), "valueQuantity": {"value": 80}},
        ],
    )

    assert [each["record_id"] for each in found] == ["r1|1", "r1|2"]
    assert [each["observation_code"] for each in found] == ["8480-6", "8462-4"]
    assert [each["value_text"] for each in found] == ["120", "80"]


def test_oxygen_and_consciousness_are_vital_signs_whatever_their_category() -> None:
    survey = [concept("survey", "http://x")]
    alert = {"valueCodeableConcept": {"coding": [{"display": "Alert"}]}}
    flow = {"valueQuantity": {"value": 2, "code": "L/min"}}
    found = [
        row("Observation", "vital_signs", **observation(code, category=survey), **value)
        for code, value in (("67775-7", alert), ("3151-8", flow), ("3150-0", flow))
    ]

    assert [each["value_text"] for each in found] == ["Alert", "2", "2"]


def test_a_value_beside_components_is_kept_and_so_are_they() -> None:
    found = rows(
        "Observation",
        "lab_results",
        **observation(),
        valueString="see parts",
        component=[{"code": concept("2823-3"), "valueQuantity": {"value": 4}}],
    )

    assert [each["value_text"] for each in found] == ["see parts", "4"]


def test_a_component_of_no_feed_leaves_the_others() -> None:
    found = mapped(
        "Observation",
        json.dumps(
            {
                "resourceType": "Observation",
                "id": "r1",
                "code": {"text": "Panel"},
                "component": [
                    {"code": {"text": "Mood"}, "valueString": "good"},
                    {"code": concept("2823-3"), "valueQuantity": {"value": 4}},
                ],
            }
        ),
    )

    assert found.feeds["lab_results"]["record_id"].to_list() == ["r1|2"]
    assert not found.excluded.height


@pytest.mark.parametrize(
    ("reference", "id_"),
    [
        ("urn:uuid:p1", "p1"),
        ("Patient/p1", "p1"),
        ("https://host.example/fhir/Patient/p1", "p1"),
        ("https://host.example/fhir/Patient/p1/_history/3", "p1"),
        ("p1", "p1"),
    ],
)
def test_a_reference_names_the_same_in_every_form(reference: str, id_: str) -> None:
    parts = observation(subject={"reference": reference}, valueString="x")

    assert row("Observation", "lab_results", **parts)["source_patient_id"] == id_


@pytest.mark.parametrize(
    ("kind", "line", "reason"),
    [
        ("Observation", "not json", "no Observation: the line is not one JSON object"),
        ("Observation", "[]", "no Observation: the line is not one JSON object"),
        ("Observation", '{"resourceType": "Observation", "id', "not one JSON object"),
        ("Observation", '{"resourceType": "Patient", "id": "p"}', "of another kind"),
        ("Observation", '{"resourceType": "Observation"}', "Observation.id is missing"),
        (
            "Observation",
            '{"resourceType": "Observation", "id": "o"}',
            "Observation.code is missing",
        ),
        (
            "Observation",
            '{"resourceType": "Observation", "id": "o", "code": {}, '
            '"valueQuantity": {"value": "<5"}}',
            "Observation.valueQuantity.value is not as FHIR R4 has it",
        ),
        (
            "Condition",
            '{"resourceType": "Condition", "id": "c", "clinicalStatus": "active"}',
            "Condition.clinicalStatus is of FHIR STU3 or DSTU2: deliver R4",
        ),
        (
            "Encounter",
            '{"resourceType": "Encounter", "id": "e", "class": "inpatient"}',
            "Encounter.class is of FHIR STU3 or DSTU2: deliver R4",
        ),
        (
            "Procedure",
            '{"resourceType": "Procedure", "id": "c", "context": {"reference": "e"}}',
            "Procedure.context is of FHIR STU3 or DSTU2: deliver R4",
        ),
        (
            "Observation",
            '{"resourceType": "Observation", "id": "c", "category": {"text": "x"}}',
            "Observation.category is of FHIR STU3 or DSTU2: deliver R4",
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_by_its_place(
    kind: str, line: str, reason: str
) -> None:
    assert reason in refusal(kind, line)


def test_no_value_stands_in_a_reason() -> None:
    line = '{"resourceType": "Patient", "id": "p", "name": [{"family": ["Example"]}]}'

    assert refusal("Patient", line) == "Patient.name[0].family is not as FHIR R4 has it"


def test_one_bad_line_leaves_the_others() -> None:
    good = json.dumps({"resourceType": "Organization", "id": "o1", "name": "House"})
    found = mapped("Organization", good, "bad", good.replace("o1", "o2"))

    assert found.feeds["organizations"]["record_id"].to_list() == ["o1", "o2"]
    assert found.refused[LINE].to_list() == [2]


def test_a_patient_has_names_numbers_and_what_us_core_adds() -> None:
    types = "http://terminology.hl7.org/CodeSystem/v2-0203"
    found = row(
        "Patient",
        "patients",
        identifier=[
            {"type": concept(code, types), "value": value}
            for code, value in (("MR", "M1"), ("SS", "S1"), ("DL", "D1"), ("PPN", "P1"))
        ],
        name=[
            {"use": "maiden", "family": "Before"},
            {"use": "official", "family": "Now", "given": ["Ada", "B"]},
        ],
        telecom=[{"system": "phone", "value": "555"}],
        gender="female",
        birthDate="1950-01-02",
        deceasedDateTime="2020-01-01T00:00:00Z",
        maritalStatus=concept("M", "http://x"),
        address=[{"line": ["1 Road"], "city": "Town", "postalCode": "12345"}],
        extension=[
            {
                "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race",
                "extension": [{"url": "text", "valueString": "White"}],
            }
        ],
    )

    assert found == {
        LINE: 1,
        "record_id": "r1",
        "source_patient_id": "r1",
        "medical_record_number": "M1",
        "national_id": "S1",
        "drivers_license": "D1",
        "passport_number": "P1",
        "given_name": "Ada B",
        "family_name": "Now",
        "maiden_name": "Before",
        "phone": "555",
        "sex_code": "female",
        "birth_date": "1950-01-02",
        "deceased_at": "2020-01-01T00:00:00Z",
        "marital_status_code": "M",
        "address_line": "1 Road",
        "city": "Town",
        "postal_code": "12345",
        "race_code": "White",
    }


def test_a_prescription_tells_how_it_is_taken() -> None:
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    found = row(
        "MedicationRequest",
        "prescriptions",
        status="active",
        intent="order",
        subject=PATIENT,
        contained=[
            {
                "resourceType": "Medication",
                "id": "m",
                "code": concept("860975", rxnorm, "Metformin"),
            }
        ],
        medicationReference={"reference": "#m"},
        authoredOn="2026-01-01",
        dosageInstruction=[
            {
                "text": "twice daily",
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": 500, "unit": "mg"}}],
            }
        ],
        dispenseRequest={
            "numberOfRepeatsAllowed": 3,
            "quantity": {"value": 60},
            "expectedSupplyDuration": {"value": 30, "code": "d"},
        },
    )

    assert (found["drug_code"], found["code_system"]) == ("860975", "RxNorm")
    assert (found["dose_text"], found["dose_unit"]) == ("500", "mg")
    assert (found["frequency_text"], found["doses_per_day"]) == ("twice daily", "2")
    assert (found["quantity"], found["days_supply"]) == ("60", "30")
    assert found["refills_allowed"] == "3"
    assert found["started_at"] == "2026-01-01"


def test_what_a_patient_says_to_take_is_a_prescription_that_was_stated() -> None:
    found = row(
        "MedicationStatement",
        "prescriptions",
        status="active",
        subject=PATIENT,
        context=VISIT,
        medicationCodeableConcept={"text": "St. John's wort"},
        effectivePeriod={"start": "2026-01-01", "end": "2026-03-01"},
        dateAsserted="2026-02-01",
        basedOn=[{"reference": "CarePlan/c1"}],
        dosage=[{"text": "one in the morning"}],
    )

    assert found["record_id"] == "MedicationStatement/r1"
    assert found["drug_type_code"] == "STATED"
    assert found["drug_name"] == "St. John's wort"
    assert found["frequency_text"] == "one in the morning"
    assert (found["started_at"], found["ended_at"]) == ("2026-01-01", "2026-03-01")


@pytest.mark.parametrize(
    ("dosage", "frequency"),
    [
        ({"asNeededBoolean": True}, "as needed"),
        ({"asNeededBoolean": True, "text": "twice daily"}, "twice daily as needed"),
        ({"asNeededBoolean": True, "text": "As needed at night"}, "As needed at night"),
        ({"asNeededCodeableConcept": {"text": "pain"}}, "as needed"),
        ({"asNeededBoolean": False, "text": "twice daily"}, "twice daily"),
        ({"asNeededBoolean": False}, None),
    ],
)
def test_what_is_taken_as_needed_says_so(dosage: dict, frequency: str | None) -> None:
    found = row(
        "MedicationRequest",
        "prescriptions",
        status="active",
        intent="order",
        subject=PATIENT,
        medicationCodeableConcept={"text": "Metformin"},
        dosageInstruction=[dosage],
    )

    assert found.get("frequency_text") == frequency


@pytest.mark.parametrize(
    ("repeat", "doses"),
    [
        ({"frequency": 1, "period": 8, "periodUnit": "h"}, "3"),
        ({"frequency": 1, "period": 1, "periodUnit": "wk"}, "0.1429"),
        ({"frequency": 1, "period": 1, "periodUnit": "mo"}, None),
        ({"frequency": 1}, None),
    ],
)
def test_doses_per_day_follow_from_the_timing(repeat: dict, doses: str | None) -> None:
    found = row(
        "MedicationRequest",
        "prescriptions",
        medicationCodeableConcept={"text": "Aspirin"},
        dosageInstruction=[{"timing": {"repeat": repeat}}],
    )

    assert found.get("doses_per_day") == doses
    assert found["drug_code"] == found["drug_name"] == "Aspirin"


def test_doses_and_what_was_handed_out_follow_their_prescription() -> None:
    medicine = {"medicationCodeableConcept": {"text": "Aspirin"}, "subject": PATIENT}
    dose = row(
        "MedicationAdministration",
        "administrations",
        **medicine,
        status="not-done",
        context=VISIT,
        request={"reference": "MedicationRequest/m1"},
        effectiveDateTime="2026-01-01T08:00:00Z",
        statusReason=[{"text": "fasting"}],
    )
    supply = row(
        "MedicationDispense",
        "dispenses",
        **medicine,
        status="completed",
        context=VISIT,
        authorizingPrescription=[{"reference": "MedicationRequest/m1"}],
        daysSupply={"value": 30},
        whenHandedOver="2026-01-01",
    )

    assert (dose["status_code"], dose["reason_name"]) == ("withheld", "fasting")
    assert dose["prescription_id"] == supply["prescription_id"] == "m1"
    assert dose["encounter_id"] == supply["encounter_id"] == "e1"
    assert (supply["days_supply"], supply["dispensed_at"]) == ("30", "2026-01-01")


@pytest.mark.parametrize(
    ("category", "feed"),
    [
        ("108252007", "lab_orders"),
        ("363679005", "lab_orders"),
        ("3457005", "referrals"),
    ],
)
def test_a_request_is_an_order_or_a_referral(category: str, feed: str) -> None:
    found = row(
        "ServiceRequest",
        feed,
        status="active",
        intent="order",
        category=[concept(category, "http://snomed.info/sct")],
        code=concept("24323-8", text="Metabolic panel"),
        subject=PATIENT,
        authoredOn="2026-01-01",
    )

    assert found["status_code"] == ("requested" if feed == "referrals" else "ordered")
    assert found["source_patient_id"] == "p1"


def test_a_document_in_words_is_a_note() -> None:
    text = base64.b64encode(b"Slept well.").decode()
    found = row(
        "DocumentReference",
        "notes",
        status="current",
        type=concept("11506-3", text="Progress note"),
        subject=PATIENT,
        date="2026-01-01T08:00:00Z",
        context={"encounter": [VISIT]},
        content=[{"attachment": {"contentType": "text/plain", "data": text}}],
    )

    assert (found["note_type_code"], found["note_text"]) == ("progress", "Slept well.")
    assert (found["encounter_id"], found["status_code"]) == ("e1", "final")


def test_what_relatives_had_is_a_row_each() -> None:
    found = rows(
        "FamilyMemberHistory",
        "family_history",
        patient=PATIENT,
        date="2026-01-01",
        relationship=concept("MTH", "http://v3-RoleCode"),
        condition=[
            {"code": {"text": "Stroke"}, "onsetAge": {"value": 61, "code": "a"}},
            {"code": {"text": "Gout"}},
        ],
    )

    assert [each["condition_name"] for each in found] == ["Stroke", "Gout"]
    assert found[0]["onset_age_years"] == "61"
    assert found[0]["relationship_code"] == "mother"


def test_an_appointment_is_of_the_patient_who_comes() -> None:
    found = row(
        "Appointment",
        "appointments",
        status="noshow",
        start="2026-01-01T08:00:00Z",
        participant=[
            {"actor": {"reference": "Practitioner/d1"}},
            {"actor": {"reference": "Patient/p1"}},
        ],
    )

    assert (found["source_patient_id"], found["practitioner_id"]) == ("p1", "d1")
    assert found["status_code"] == "noshow"


@pytest.mark.parametrize(
    ("status", "decision", "kept", "deleted"),
    [
        ("active", "permit", "permit", "false"),
        ("active", "deny", "deny", "false"),
        ("active", None, "deny", "false"),
        ("inactive", "permit", "permit", "true"),
        ("entered-in-error", "permit", "permit", "true"),
    ],
)
def test_a_consent_holds_only_while_it_is_active(
    status: str, decision: str | None, kept: str, deleted: str
) -> None:
    found = row(
        "Consent",
        "consents",
        status=status,
        scope=concept("research", "http://consentscope"),
        patient=PATIENT,
        dateTime="2026-01-01",
        provision={"type": decision},
    )

    assert (found["decision_code"], found["is_deleted"]) == (kept, deleted)


def test_what_was_entered_in_error_is_withdrawn() -> None:
    error = {"status": "entered-in-error", "subject": PATIENT}
    visit = row("Encounter", "encounters", **error)
    cancelled = row("Encounter", "encounters", status="cancelled")
    not_done = row("Procedure", "procedures", status="not-done")
    result = row("Observation", "lab_results", **observation(**error, valueString="x"))

    for each in (visit, cancelled, not_done):
        assert each["is_deleted"] == "true"
    assert "is_deleted" not in result
    assert result["status_code"] == "entered-in-error"


@pytest.mark.parametrize(
    ("kind", "parts", "reason"),
    [
        ("MedicationRequest", {"intent": "proposal"}, "not ordered"),
        ("MedicationRequest", {"doNotPerform": True}, "not to be given"),
        (
            "MedicationStatement",
            {"derivedFrom": [{"reference": "MedicationRequest/m1"}]},
            "Rests on a prescription",
        ),
        ("ServiceRequest", {"doNotPerform": True}, "not to be done"),
        ("MedicationDispense", {"status": "preparation"}, "Not handed out"),
        ("Procedure", {"status": "preparation"}, "Not done yet"),
        ("Encounter", {"status": "planned"}, "planned"),
        ("Observation", observation(hasMember=[PATIENT]), "Groups others"),
        ("MedicationAdministration", {"status": "on-hold"}, "on hold"),
        ("ServiceRequest", {"intent": "order"}, "neither laboratory nor imaging"),
        ("DocumentReference", {"content": []}, "no plain text"),
        ("DiagnosticReport", {"category": [{"text": "LAB"}]}, "Groups results"),
        ("Consent", {"scope": {"text": "treatment"}}, "neither research nor privacy"),
        (
            "Observation",
            {"code": {"text": "Mood"}, "category": [{"text": "x"}]},
            "Neither its code nor its category",
        ),
    ],
)
def test_what_belongs_into_no_feed_says_why(
    kind: str, parts: dict[str, Any], reason: str
) -> None:
    assert reason in left_out(kind, **parts)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Patient", "patient"),
        ("Patient.000", "patient"),
        ("1.Patient", "patient"),
        ("export-Observation_12", "observation"),
        ("ExplanationOfBenefit", "explanationofbenefit"),
        ("Outpatient", None),
        ("Basic", None),
    ],
)
def test_a_file_is_known_by_its_name(name: str, kind: str | None) -> None:
    table = ADAPTER.table_of(name)

    assert (table.name if table else None) == kind


def test_of_several_codes_that_of_the_preferred_system_is_taken() -> None:
    codings = [
        Coding("http://house", "HB", "Haemoglobin of the house"),
        Coding("http://snomed.info/sct", "271026005", "Haemoglobin level"),
        Coding("http://loinc.org", "718-7", None),
    ]
    concept = Concept(codings, "Haemoglobin")

    assert coded(concept, "LOINC", "SNOMED-CT") == ("718-7", "LOINC", "Haemoglobin")
    assert coded(concept, "CVX").code == "HB"
    assert coded(Concept(codings[2:]), "CVX") == ("718-7", "LOINC", None)
