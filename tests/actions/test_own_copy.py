"""The own record to take away: the patient's alone, whole, and written down."""

import json
from dataclasses import replace
from typing import Any

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.dosage import Dosage
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.own_copy import own_copy
from pipelines.record.actions.own_fhir import download_fhir
from pipelines.record.actions.own_pdf import download_pdf, sections
from pipelines.record.actions.prescribing import Medicine, prescribe
from pipelines.settings import Settings
from tests.access.audit_away import audit_away
from tests.actions.conftest import (
    DOCTOR,
    METFORMIN,
    MINE,
    NOT_MINE,
    NURSE,
    PATIENT,
    TWICE,
)
from tests.actions.fhir_rules import problems_of

FOREIGN = "warfarin sodium 5 MG Oral Tablet"
OWN_RESULTS = """
    create schema if not exists marts;
    create table if not exists marts.own_results (
        patient_key bigint, lab_result_key text, test_name text, specimen_words text,
        value_text text, value_words text, number_or_bound numeric, comparator text,
        unit_words text, range_low numeric, range_high numeric, is_final boolean,
        is_corrected boolean, judgement_code text, taken_at timestamptz
    );
    truncate marts.own_results;
    alter table marts.own_results enable row level security;
    drop policy if exists own on marts.own_results;
    create policy own on marts.own_results to ehr_patient
        using (patient_key = any((select access.visible_patients())::bigint[]));
    grant usage on schema marts to ehr_patient;
    grant select on marts.own_results to ehr_patient;
    insert into marts.own_results values
    (1, 'operational:R1', 'Potassium', 'in blood', '4.1', null, 4.1, null,
        'mmol per litre', 3.5, 5.0, true, false, 'in_range', now()),
    (2, 'operational:R2', 'Foreign test', 'in blood', '9', null, 9, null, null, null,
        null, true, false, 'no_range', now());
"""
HANDED_OVER = """
    select purpose_code, patient_keys, what from audit.disclosure
    order by event_id desc limit 1
"""
REFERENCES = {"subject", "patient", "encounter"}


@pytest.fixture
def hospital(ward: Settings) -> Settings:
    """Return a ward with a medicine and a result of the patient, and of another."""
    for key, medicine in ((MINE, METFORMIN), (NOT_MINE, Medicine(FOREIGN))):
        prescribe(ward, DOCTOR, key, medicine=medicine, dosage=_dosage())
    with connect(ward, Role.OWNER) as owner:
        owner.execute(OWN_RESULTS)
    return ward


def _dosage() -> Dosage:
    return replace(TWICE)


def bundle(settings: Settings) -> dict[str, Any]:
    """Return the patient's bundle."""
    return json.loads(download_fhir(settings, PATIENT))


def test_the_bundle_holds_the_own_record_with_references_that_lead_somewhere(
    hospital: Settings,
) -> None:
    found = bundle(hospital)

    resources = [each["resource"] for each in found["entry"]]
    urls = {each["fullUrl"] for each in found["entry"]}
    kinds = [each["resourceType"] for each in resources]
    assert sorted(kinds) == [
        "DiagnosticReport",
        "MedicationRequest",
        "Observation",
        "Patient",
    ]
    assert list(problems_of(found)) == []
    assert len(urls) == len(resources)
    pointed = {
        each[name]["reference"]
        for each in resources
        for name in REFERENCES & each.keys()
    }
    assert pointed
    assert pointed <= urls
    (medicine,) = [e for e in resources if e["resourceType"] == "MedicationRequest"]
    assert medicine["status"] == "active"
    assert medicine["medicationCodeableConcept"]["coding"][0] == {
        "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "code": "861007",
        "display": METFORMIN.drug_name,
    }


def test_nothing_of_another_patient_is_in_either_file(hospital: Settings) -> None:
    text = json.dumps(bundle(hospital))
    lines = dict(sections(own_copy(hospital, PATIENT, "pdf")))

    assert len(lines["Medicines"]) == 1
    assert lines["Medicines"][0].startswith(METFORMIN.drug_name)
    assert len(lines["Laboratory results"]) == 1
    told = lines["Laboratory results"][0]
    assert told.startswith("Potassium: 4.1 mmol per litre (usual from 3.5 to 5)")
    assert "Potassium" in text
    assert "Foreign test" not in text
    assert "warfarin" not in text


def test_what_is_handed_over_is_written_down(hospital: Settings) -> None:
    assert download_pdf(hospital, PATIENT).startswith(b"%PDF")

    with connect(hospital, Role.OWNER) as owner:
        assert owner.execute(HANDED_OVER).fetchone() == (
            "patient_request",
            [MINE],
            "own record as PDF",
        )


@pytest.mark.parametrize("person", [DOCTOR, NURSE])
def test_nobody_else_downloads_an_own_record(hospital: Settings, person: Any) -> None:
    with pytest.raises(ActionError, match="may not"):
        download_fhir(hospital, replace(person, patient_key=MINE))


def test_without_an_audit_nothing_is_handed_over(hospital: Settings) -> None:
    with audit_away(hospital), pytest.raises(ActionError):
        download_pdf(hospital, PATIENT)
