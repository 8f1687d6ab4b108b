"""The digest of a reading changes exactly when what a clinician reads changes."""

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from tests.dbt.conftest import PATIENTS, ThreeBuilds
from tests.dbt.raw_rows import example_of, insert_fact

PATIENT = PATIENTS[0]
READINGS = """
    select record_id, reading_hash from intermediate.int_lab_results_read
    where record_id like 'reading %'
"""
# Sodium has a default range, which speaks where none was delivered.
BASE = {
    "test_code": "2951-2",
    "code_system": "LOINC",
    "test_name": "Sodium",
    "specimen_name": "Serum",
    "value_text": "140",
    "value_number": None,
    "unit": "mmol/L",
    "reference_low": "136",
    "reference_high": "145",
    "status_code": "final",
    "priority_code": "ROUTINE",
}
NO_RANGE = {"reference_low": None, "reference_high": None}
# Normal for both by default, but by other limits.
HEMOGLOBIN = {**NO_RANGE, "test_code": "718-7", "unit": "g/dL", "value_text": "15"}
WOMAN, MAN = 9_001, 9_002
# What is read otherwise than the base, and what is not.
OTHERWISE = {
    "test": {"test_code": "2823-3"},
    "code system": {"code_system": "own"},
    "material": {"specimen_name": "Urine"},
    "organism": {"organism_name": "Escherichia coli"},
    "another organism": {"organism_name": "Klebsiella pneumoniae"},
    "antibiotic": {"antibiotic_name": "Ampicillin"},
    "another antibiotic": {"antibiotic_name": "Ceftriaxone"},
    "text": {"value_text": "140.0"},
    "number": {"value_text": "141"},
    "comparator": {"value_text": ">140"},
    "words": {"value_text": "hemolyzed"},
    "number beside masked text": {"value_text": "___", "value_number": "140"},
    "other number beside masked text": {"value_text": "___", "value_number": "141"},
    "unit": {"unit": "mg/dL"},
    "no unit": {"unit": None},
    "low": {"reference_low": "137"},
    "high": {"reference_high": "144"},
    "no range": NO_RANGE,
    "range in words": {**NO_RANGE, "reference_text": "136 to 145"},
    "laboratory flag": {"laboratory_flag": "N"},
    "unread flag": {"laboratory_flag": "??"},
    "withdrawn": {"status_code": "entered-in-error"},
}
ALIKE = {
    "same": {},
    "preliminary": {"status_code": "preliminary"},
    "corrected status": {"status_code": "corrected"},
    "comment": {"comment_text": "fasting"},
    "order": {"order_id": "another"},
    "specimen": {"specimen_id": "another"},
    "encounter": {"encounter_id": "another"},
    "who ordered it": {"practitioner_id": "another"},
    "priority": {"priority_code": "STAT"},
    "release": {"resulted_at": "2026-02-01T11:00:00Z"},
    "spelling of a limit": {"reference_low": "136.00"},
    "blanks": {"value_text": " 140 "},
    "origin": {"delivery_id": 9, "file_id": 9, "line_number": 9},
}


@pytest.fixture(scope="module")
def readings(three_builds: ThreeBuilds) -> dict[str, str]:
    """Return the digest of each variant; the rows are taken away again."""
    example = example_of(FEEDS["lab_results"], PATIENT)
    variants = {
        "base": {},
        **OTHERWISE,
        **ALIKE,
        "no range, preliminary": {**NO_RANGE, "status_code": "preliminary"},
        "woman": {**HEMOGLOBIN, "patient_key": WOMAN},
        "man": {**HEMOGLOBIN, "patient_key": MAN},
    }
    with connect(three_builds.settings, Role.OWNER) as connection:
        for patient, sex_code in ((WOMAN, "F"), (MAN, "M")):
            person = example_of(FEEDS["patients"], patient) | {"sex_code": sex_code}
            insert_fact(connection, "patients", person)
        for name, columns in variants.items():
            row = example | BASE | columns | {"record_id": f"reading {name}"}
            insert_fact(connection, "lab_results", row)
    with connect(three_builds.settings, Role.BUILDER) as connection:
        rows = connection.execute(READINGS).fetchall()
    with connect(three_builds.settings, Role.OWNER) as connection:
        connection.execute(
            "delete from raw.lab_results where record_id like 'reading %'"
        )
        connection.execute(
            "delete from raw.patients where patient_key = any(%s)", ([WOMAN, MAN],)
        )
    return {name.removeprefix("reading "): digest for name, digest in rows}


@pytest.mark.parametrize("variant", OTHERWISE)
def test_what_reads_otherwise_has_another_digest(
    readings: dict[str, str], variant: str
) -> None:
    assert readings[variant] != readings["base"]


@pytest.mark.parametrize("variant", ALIKE)
def test_what_reads_alike_has_the_same_digest(
    readings: dict[str, str], variant: str
) -> None:
    assert readings[variant] == readings["base"]


def test_all_that_reads_differently_has_different_digests(
    readings: dict[str, str],
) -> None:
    digests = [readings[variant] for variant in ("base", *OTHERWISE)]
    assert len(set(digests)) == len(digests)


def test_a_preliminary_one_reads_as_it_will_by_the_default_range_too(
    readings: dict[str, str],
) -> None:
    assert readings["no range, preliminary"] == readings["no range"]


def test_the_limits_of_a_default_range_are_read_too(readings: dict[str, str]) -> None:
    assert readings["woman"] != readings["man"]


def test_a_digest_has_the_form_that_an_acknowledgement_must_have(
    readings: dict[str, str],
) -> None:
    assert {len(digest) for digest in readings.values()} == {32}
