"""The same 615 patients as FHIR and as Synthea's csv: the same marts.

What differs is listed with its reason; everything else is equal, row by row.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.settings import Settings
from tests.conftest import installation_with_marts

pytestmark = pytest.mark.shared_data

FHIR, CSV = "fhir_r4_615_patients", "synthea_csv/flattened_2019_615_patients"
# Resources by kind, counted in the files; each is landed, or excluded by a reason.
RESOURCES = {
    "AllergyIntolerance": 374,
    "CarePlan": 1769,
    "Claim": 22810,
    "Condition": 4546,
    "DiagnosticReport": 6262,
    "Encounter": 18098,
    "ExplanationOfBenefit": 18098,
    "Goal": 1147,
    "ImagingStudy": 332,
    "Immunization": 7389,
    "MedicationRequest": 4712,
    "Observation": 88674,
    "Organization": 1093,
    "Patient": 615,
    "Practitioner": 1093,
    "Procedure": 14081,
}
# No explanation of benefits names the day of a payment.
NOT_TAKEN = {"ExplanationOfBenefit", "Goal"}
OF_ROW = {"known_from", "delivery_id", "file_id", "line_number", "source_system"}
# Columns that differ, and why; keys differ because the csv has ids of rows alone.
DIFFERING = {
    "fct_encounters": {
        "encounter_key": "keys are prefixed with the source",
        "practitioner_key": "keys are prefixed with the source",
        "organization_key": "keys are prefixed with the source",
        "delivered_class_code": "AMB in FHIR, ambulatory in the csv: one class",
        "status_code": "the csv has no status",
        "discharge_disposition_name": "98 are stated, and not in the csv",
    },
    "fct_conditions": {
        "condition_key": "keys are prefixed with the source",
        "encounter_key": "keys are prefixed with the source",
        "clinical_status_code": "the csv has no status",
        "verification_status_code": "the csv has no status",
        "activity_basis": "by the status in FHIR, by the end in the csv",
        "started_at": "the csv has the day alone",
        "ended_at": "the csv has the day alone",
        "recorded_at": "the csv has no such time",
    },
    "fct_lab_results": {
        "lab_result_key": "keys are prefixed with the source",
        "encounter_key": "keys are prefixed with the source",
        "result_status_code": "the csv has no status",
        "resulted_at": "the csv has no such time",
    },
    "fct_medication_history": {
        "prescription_key": "keys are prefixed with the source",
        "encounter_key": "keys are prefixed with the source",
        "practitioner_key": "the csv does not say who prescribed",
        "reason_code": "in FHIR a reference to a condition, which no feed takes",
        "reason_name": "in FHIR a reference to a condition, which no feed takes",
        "dose_text": "the csv has no dose",
        "frequency_text": "the csv does not say what is taken as needed",
        "doses_per_day": "the csv has no timing",
        "sensitivity": "8 by words of the reason, which only the csv has",
    },
}


@pytest.fixture(scope="module")
def built(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, LoadReport]]:
    """Load both, and build."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("fhir")):
        report = load(settings, shared_data / FHIR)
        load(settings, shared_data / CSV, format_name="synthea")
        build_marts(settings)
        yield settings, report


@pytest.fixture(scope="module")
def patients(
    built: tuple[Settings, LoadReport], shared_data: Path
) -> dict[tuple[str, int], str]:
    """Return the ids of the patients by source and key."""
    settings, _ = built
    keyring = load_keyring(settings.keys_folder)
    with gzip.open(shared_data / FHIR / "Patient.ndjson.gz") as file:
        ids = [json.loads(line)["id"] for line in file]
    return {
        (source, patient_key_of(keyring.patient_digest(source, each))): each
        for source in ("fhir", "synthea")
        for each in ids
    }


def test_every_resource_is_landed_or_excluded(
    built: tuple[Settings, LoadReport],
) -> None:
    _, report = built
    counts = report.files

    assert {name: each.records for name, each in counts.items()} == RESOURCES
    assert {name for name, each in counts.items() if each.refused} == set()
    left_out = {name: each.excluded for name, each in counts.items() if each.excluded}
    assert left_out == {
        **{name: RESOURCES[name] for name in NOT_TAKEN},
        "DiagnosticReport": RESOURCES["DiagnosticReport"],
        "Observation": 76,
    }
    for name, each in counts.items():
        assert each.mapped + each.excluded == RESOURCES[name]


@pytest.mark.parametrize("mart", DIFFERING)
def test_a_mart_is_the_same_but_for_what_is_explained(
    built: tuple[Settings, LoadReport],
    patients: dict[tuple[str, int], str],
    mart: str,
) -> None:
    settings, _ = built
    with connect(settings, Role.BUILDER) as builder:
        cursor = builder.execute(f"select * from marts.{mart}")  # noqa: S608 - of this module
        columns = [each.name for each in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor]
    compared = [
        each
        for each in columns
        if each not in {*DIFFERING[mart], *OF_ROW, "patient_key"}
    ]
    found = {
        source: Counter(
            (
                patients[source, row["patient_key"]],
                *(str(row[name]) for name in compared),
            )
            for row in rows
            if row["source_system"] == source
        )
        for source in ("fhir", "synthea")
    }

    assert len(rows) > 9_000
    assert found["fhir"] == found["synthea"]


def test_conditions_begin_on_the_same_days(
    built: tuple[Settings, LoadReport], patients: dict[tuple[str, int], str]
) -> None:
    settings, _ = built
    with connect(settings, Role.BUILDER) as builder:
        rows = builder.execute(
            "select source_system, patient_key, condition_code, "
            "(started_at at time zone 'UTC')::date, "
            "(ended_at at time zone 'UTC')::date "
            "from marts.fct_conditions"
        ).fetchall()
    found = {
        source: Counter(
            (patients[of, key], *rest) for of, key, *rest in rows if of == source
        )
        for source in ("fhir", "synthea")
    }

    assert found["fhir"] == found["synthea"]


def test_the_differences_are_real(built: tuple[Settings, LoadReport]) -> None:
    """What is listed as differing and does not must be compared again."""
    settings, _ = built
    with connect(settings, Role.BUILDER) as builder:
        for mart, columns in DIFFERING.items():
            for column in columns:
                counts = builder.execute(
                    f"select source_system, {column}::text, count(*) "  # noqa: S608 - of this module
                    f"from marts.{mart} group by 1, 2"
                ).fetchall()
                by_source = {
                    source: {(value, n) for of, value, n in counts if of == source}
                    for source in ("fhir", "synthea")
                }
                assert by_source["fhir"] != by_source["synthea"], (mart, column)
