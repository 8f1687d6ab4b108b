"""The bundle that a patient takes away: whole by FHIR R4, and true in every status."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from pipelines.access.identity import Identity
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.own_copy import FEEDS as IN_COPY
from pipelines.record.actions.own_copy import OwnCopy
from pipelines.record.actions.own_fhir import bundle_of
from pipelines.record.actions.own_pdf import sections
from pipelines.record.tables import content_columns
from tests.actions.fhir_rules import REQUIRED, problems_of

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
RESULT = {
    "test_name": "Potassium",
    "specimen_words": "in blood",
    "value_text": "4.1",
    "value_words": None,
    "number_or_bound": Decimal("4.1"),
    "comparator": None,
    "unit_words": "mmol per litre",
    "range_low": Decimal("3.5"),
    "range_high": None,
    "is_final": True,
    "is_corrected": False,
    "judgement_code": "in_range",
    "taken_at": AT,
}
WITHHELD = {"value_text": None, "number_or_bound": None}
STUFF: dict[str, dict[str, Any]] = {
    "patients": {"sex_code": "F", "birth_date": date(1956, 8, 3)},
    "encounters": {"encounter_class_code": "inpatient", "started_at": AT},
    "conditions": {"condition_name": "Asthma", "clinical_status_code": "active"},
    "allergies": {"substance_name": "Penicillin", "criticality_code": "high"},
    "prescriptions": {"drug_name": "Metformin", "status_code": "active"},
    "medication_requests": {
        "drug_name": "Metformin",
        "request_type_code": "refill",
        "status_code": "requested",
        "requested_at": AT,
    },
    "immunizations": {"vaccine_code": "140", "code_system": "CVX"},
    "procedures": {"procedure_name": "Colonoscopy", "started_at": AT},
    "care_plans": {"plan_name": "Diabetes", "status_code": "active"},
    "vital_signs": {"observation_name": "Pulse", "value_text": "72", "unit": "/min"},
}


def entry(feed: str, **values: Any) -> Entry:
    """Return an entry of a feed in which all else is empty."""
    empty = dict.fromkeys(
        name for name, _ in content_columns(FEEDS[feed]) if name != "patient_key"
    )
    return Entry(
        feed=feed,
        record_id=str(uuid4()),
        version_id=uuid4(),
        patient_key=1,
        values=empty | STUFF[feed] | values,
        is_entered_in_error=False,
        changed_by_user_id="doctor",
        changed_by_name="Dr. One",
        changed_by_role_code="doctor",
        change_reason_text=None,
        changed_at=AT,
        is_pending=False,
    )


def copy_of(*entries: Entry, results: tuple[dict[str, Any], ...] = ()) -> OwnCopy:
    """Return a copy that holds these entries and results."""
    found = [entry("patients"), *entries]
    rows = [
        SimpleNamespace(lab_result_key=f"R{place}", **RESULT | each)
        for place, each in enumerate(results)
    ]
    return OwnCopy(
        patient_key=1,
        identity=Identity("Ada", "Meyer", "000451-7"),
        made_at=AT,
        time_zone="UTC",
        entries={
            feed: [each for each in found if each.feed == feed] for feed in IN_COPY
        },
        results=rows,
    )


def made(kind: str, *entries: Entry, **more: Any) -> list[dict[str, Any]]:
    """Return the resources of a kind, of a bundle that is well formed."""
    bundle = bundle_of(copy_of(*entries, **more))
    assert list(problems_of(bundle)) == []
    resources = [each["resource"] for each in bundle["entry"]]
    return [each for each in resources if each["resourceType"] == kind]


def test_every_kind_of_resource_is_well_formed_with_little_and_with_much() -> None:
    much = [entry(feed) for feed in IN_COPY if feed != "patients"]
    bare = [
        entry(feed, **dict.fromkeys(STUFF[feed]))
        for feed in IN_COPY
        if feed != "patients"
    ]

    kinds = {
        each["resource"]["resourceType"]
        for each in bundle_of(copy_of(*much, results=({},)))["entry"]
    }

    assert kinds == set(REQUIRED)
    for entries in (much, bare):
        assert list(problems_of(bundle_of(copy_of(*entries, results=({},))))) == []


@pytest.mark.parametrize(
    ("delivered", "system", "code"),
    [
        ("inpatient", "v3-ActCode", "IMP"),
        ("Emergency ", "v3-ActCode", "EMER"),
        ("virtual", "v3-ActCode", "VR"),
        ("home", "v3-ActCode", "HH"),
        ("observation", "v3-ActCode", "OBSENC"),
        ("dragon clinic", "v3-NullFlavor", "UNK"),
        (None, "v3-NullFlavor", "UNK"),
    ],
)
def test_a_class_that_nobody_knows_is_no_visit_to_a_practice(
    delivered: str | None, system: str, code: str
) -> None:
    (visit,) = made("Encounter", entry("encounters", encounter_class_code=delivered))

    assert visit["class"] == {
        "system": f"http://terminology.hl7.org/CodeSystem/{system}",
        "code": code,
    }


@pytest.mark.parametrize(
    ("delivered", "ended_at", "told"),
    [
        ("finished", AT, "finished"),
        ("cancelled", AT, "cancelled"),
        ("in_progress", None, "in-progress"),
        (None, None, "in-progress"),
        ("whatever", AT, "finished"),
    ],
)
def test_a_visit_has_the_status_that_it_has(
    delivered: str | None, ended_at: datetime | None, told: str
) -> None:
    seen = entry("encounters", status_code=delivered, ended_at=ended_at)

    assert made("Encounter", seen)[0]["status"] == told


@pytest.mark.parametrize(
    ("delivered", "told"),
    [
        ("completed", "completed"),
        (None, "completed"),
        ("not-done", "not-done"),
        ("Not_Done", "not-done"),
        ("entered-in-error", "entered-in-error"),
        ("refused by the mother", None),
    ],
)
def test_nobody_is_called_vaccinated_who_was_not(
    delivered: str | None, told: str | None
) -> None:
    (given,) = made("Immunization", entry("immunizations", status_code=delivered))

    assert given.get("status") == told
    assert ("_status" in given) is (told is None)


def test_a_procedure_that_is_to_come_is_not_completed() -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    done, planned = made(
        "Procedure", entry("procedures"), entry("procedures", started_at=later)
    )

    assert (done["status"], planned["status"]) == ("completed", "unknown")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("requested", "active"),
        ("approved", "completed"),
        ("denied", "cancelled"),
        ("withdrawn", "cancelled"),
        ("lost", "unknown"),
    ],
)
def test_what_was_asked_for_is_a_proposal_and_no_order(status: str, told: str) -> None:
    (wish,) = made(
        "MedicationRequest", entry("medication_requests", status_code=status)
    )

    assert (wish["intent"], wish["status"]) == ("proposal", told)
    assert wish.get("statusReason", {}).get("text") == (
        None if status in ("requested", "lost") else status
    )


def test_what_was_refuted_is_neither_active_nor_without_a_status() -> None:
    refuted = {"verification_status_code": "refuted", "ended_at": AT}
    for feed, kind in (
        ("conditions", "Condition"),
        ("allergies", "AllergyIntolerance"),
    ):
        (found,) = made(kind, entry(feed, **refuted))

        assert found["verificationStatus"]["coding"][0]["code"] == "refuted"
        assert found["clinicalStatus"]["coding"][0]["code"] == "inactive"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "final"),
        ({"is_corrected": True}, "corrected"),
        ({"is_final": False}, "preliminary"),
        ({"judgement_code": "withdrawn", **WITHHELD}, "entered-in-error"),
        ({"judgement_code": "cancelled", **WITHHELD}, "cancelled"),
        (
            {"judgement_code": "not_measured_yet", "is_final": False, **WITHHELD},
            "registered",
        ),
    ],
)
def test_a_result_has_the_status_that_its_patient_is_told(
    changed: dict[str, Any], told: str
) -> None:
    assert made("Observation", results=(changed,))[0]["status"] == told


@pytest.mark.parametrize(
    ("results", "told"),
    [
        (({}, {}), "final"),
        (({}, {"is_corrected": True}), "corrected"),
        (({}, {"is_final": False}), "partial"),
        (({}, {"judgement_code": "not_measured_yet", **WITHHELD}), "partial"),
        (({}, {"judgement_code": "withdrawn", **WITHHELD}), "final"),
        (({"judgement_code": "withdrawn", **WITHHELD},), "entered-in-error"),
        (({"judgement_code": "cancelled", **WITHHELD},), "cancelled"),
    ],
)
def test_the_results_of_one_moment_are_one_report(
    results: tuple[dict[str, Any], ...], told: str
) -> None:
    (report,) = made("DiagnosticReport", results=results)

    assert report["status"] == told
    assert len(report["result"]) == len(results)


def test_results_of_two_moments_are_two_reports() -> None:
    reports = made(
        "DiagnosticReport", results=({}, {"taken_at": AT + timedelta(seconds=1)})
    )

    assert [len(each["result"]) for each in reports] == [1, 1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("72", {"valueQuantity": {"value": 72.0, "unit": "/min"}}),
        ("not felt", {"valueString": "not felt /min"}),
        ("NaN", {"valueString": "NaN /min"}),
    ],
)
def test_a_measured_number_is_a_quantity(text: str, told: dict[str, Any]) -> None:
    (measured,) = made("Observation", entry("vital_signs", value_text=text))

    assert {name: measured[name] for name in told} == told


def test_the_paper_says_that_a_result_was_withdrawn() -> None:
    copy = copy_of(results=({"judgement_code": "withdrawn", **WITHHELD},))

    (line,) = dict(sections(copy))["Laboratory results"]
    assert "withdrawn by the laboratory" in line


def broken(**changed: Any) -> list[str]:
    """Return what is found of a bundle of which one resource was changed."""
    bundle = bundle_of(copy_of(entry("immunizations")))
    for name, value in changed.items():
        bundle["entry"][1]["resource"][name] = value
    return list(problems_of(bundle))


def test_the_rules_find_what_is_wrong() -> None:
    assert broken() == []
    assert broken(status="given") == ["Immunization: status is given"]
    assert broken(patient={"reference": "urn:uuid:x"}) == [
        "Immunization: a reference leads nowhere"
    ]
    assert broken(note=[]) == ["Immunization: .note is empty"]
    assert broken(resourceType="Vaccine") == ["Vaccine: no such kind is expected"]


@pytest.mark.shared_data
def test_the_rules_take_what_a_hospital_sends(shared_data: Path) -> None:
    """Of 615 patients in FHIR R4: the rules ask no more than FHIR does."""
    for kind in ("Condition", "AllergyIntolerance", "Immunization", "Procedure",
                 "MedicationRequest", "CarePlan", "Observation",
                 "DiagnosticReport", "Encounter"):  # fmt: skip
        path = shared_data / "fhir_r4_615_patients" / f"{kind}.ndjson.gz"
        with gzip.open(path, "rt") as lines:
            resources = [
                json.loads(line) for _, line in zip(range(50), lines, strict=False)
            ]
        found = {
            problem
            for each in resources
            for problem in problems_of(
                {"entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each}]}
            )
            if "leads nowhere" not in problem
        }
        assert found == set(), kind
