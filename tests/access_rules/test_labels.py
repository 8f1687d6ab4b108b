"""Labels of facts, at the edges of the code lists, and on all that is derived."""

import psycopg

from tests.access_rules.coded_facts import (
    BY_HAND,
    CODED,
    CONDITIONS,
    DRUGS,
    HIV,
    NONE,
    RESULTS,
    SUBSTANCE,
    VISITS,
)

ALL = "select {0}, sensitivity from marts.{1} where patient_key = %s"
# A row of a timeline, and the mart of the fact that it tells of.
TOLD = """
    select event.event_type_code, event.sensitivity, labelled.sensitivity
    from marts.fct_patient_timeline as event
    left join marts.fct_labelled_facts as labelled
        on event.patient_key = labelled.patient_key
        and event.reference_key = labelled.fact_key
        and labelled.kind_code = any(%s)
    where event.patient_key = %s
"""
KINDS = [
    "conditions", "encounters", "prescriptions", "lab_results", "notes", "allergies",
    "immunizations", "procedures", "imaging_studies", "care_plans",
]  # fmt: skip


def labels(
    admin: psycopg.Connection, mart: str, key: str, patient: int = CODED
) -> dict[str, int]:
    rows = admin.execute(ALL.format(key, mart), (patient,)).fetchall()
    return {text.removeprefix("hospital:"): label for text, label in rows}


def test_a_diagnosis_has_the_label_of_its_code_and_its_neighbours_have_none(
    admin: psycopg.Connection,
) -> None:
    found = labels(admin, "fct_conditions", "condition_key")

    assert found == {code: label for (code, _), label in CONDITIONS.items()}


def test_a_result_has_the_label_of_its_test_on_every_page(
    admin: psycopg.Connection,
) -> None:
    for mart in ("fct_lab_results", "fct_abnormal_findings", "own_results"):
        assert labels(admin, mart, "lab_result_key") == RESULTS
    for mart in ("fct_result_worklist", "fct_result_trends"):
        assert labels(admin, mart, "analyte_code") == RESULTS


def test_a_medicine_is_known_by_its_ingredients_or_its_reason(
    admin: psycopg.Connection,
) -> None:
    expected = {f"drug-{place}": label for place, label in enumerate(DRUGS.values())}
    expected["for-it"] = SUBSTANCE

    for mart in ("fct_medication_history", "own_medicines"):
        assert labels(admin, mart, "prescription_key") == expected
    for mart, key in (
        ("fct_dispenses", "dispense_key"),
        ("fct_administrations", "administration_key"),
    ):
        assert set(labels(admin, mart, key).values()) == {SUBSTANCE}


def test_a_note_has_the_labels_of_the_visit_it_was_written_in(
    admin: psycopg.Connection,
) -> None:
    expected = {name: label for name, (_, label) in VISITS.items()}

    assert labels(admin, "fct_encounters", "encounter_key") == expected
    assert labels(admin, "fct_notes", "note_key") == {
        f"note-{name}": label for name, label in expected.items()
    }


def test_stays_and_risks_carry_the_labels_of_all_their_facts(
    admin: psycopg.Connection,
) -> None:
    assert set(labels(admin, "fct_inpatient_stays", "stay_key").values()) == {SUBSTANCE}
    for table in ("readmission_cohort", "readmission_features"):
        found = admin.execute(
            f"select distinct sensitivity from ml.{table} where patient_key = %s",  # noqa: S608 - names
            (CODED,),
        ).fetchall()
        assert found in ([(7,)], [])


def test_the_timeline_has_the_label_of_every_fact_it_tells(
    admin: psycopg.Connection,
) -> None:
    told = admin.execute(TOLD, (KINDS, CODED)).fetchall()

    assert {kind for kind, *_ in told} >= {"condition", "encounter", "note"}
    assert [row for row in told if row[1] != (row[2] or NONE)] == []


def test_one_result_labelled_by_hand_labels_what_is_said_of_its_analyte(
    admin: psycopg.Connection,
) -> None:
    results = labels(admin, "fct_lab_results", "lab_result_key", BY_HAND)
    trend = labels(admin, "fct_result_trends", "analyte_code", BY_HAND)
    findings = labels(admin, "fct_abnormal_findings", "lab_result_key", BY_HAND)

    assert results == {"marked": HIV, "beside": NONE}
    assert trend == {"2823-3": HIV}
    assert set(findings.values()) == {HIV}


def test_the_bits_in_the_project_are_those_of_the_database(
    admin: psycopg.Connection,
) -> None:
    known = admin.execute(
        "select label_code, label_bit from access.sensitivity_label order by label_bit"
    ).fetchall()

    # The words in dbt_project/macros/sensitivity.sql are under these numbers.
    assert known == [
        ("substance_use", 1),
        ("mental_health", 2),
        ("hiv", 4),
        ("reproductive_health", 8),
        ("violence", 16),
    ]
