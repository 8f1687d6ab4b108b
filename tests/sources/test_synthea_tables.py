"""What single Synthea records become, other than observations."""

import pytest

from tests.sources.synthea_files import only_row, record_ids

METFORMIN = {
    "patient": "p1",
    "encounter": "e1",
    "code": "860975",
    "description": "Metformin 500 MG",
    "start": "2020-05-01T08:00:00Z",
    "stop": None,
    "base_cost": "30.03",
    "dispenses": "1",
}


def test_a_stopped_prescription_is_the_same_fact_as_when_it_ran():
    stopped = {**METFORMIN, "stop": "2021-05-01T08:00:00Z", "dispenses": "12"}
    running, ended = record_ids("medications", "prescriptions", METFORMIN, stopped)
    assert running == ended


def test_two_orders_of_one_medicine_at_one_time_are_told_apart_by_price():
    dearer = {**METFORMIN, "base_cost": "217.53"}
    assert len(set(record_ids("medications", "prescriptions", METFORMIN, dearer))) == 2


def test_a_prescription_keeps_status_dispenses_and_reason():
    row = only_row(
        "medications",
        "prescriptions",
        {**METFORMIN, "status": "stopped", "reasoncode": "44054006"},
    )
    assert row["status_code"] == "stopped"
    assert row["dispenses_count"] == "1"
    assert row["reason_code"] == "44054006"
    assert row["code_system"] == "RxNorm"


def test_two_activities_of_one_care_plan_are_two_facts():
    plan = {"id": "c1", "patient": "p1", "code": "872781000000100"}
    rows = (
        {**plan, "description": "Musculoskeletal care"},
        {**plan, "description": "Joint mobility exercises"},
    )
    assert len(set(record_ids("careplans", "care_plans", *rows))) == 2


@pytest.mark.parametrize(
    ("delivered", "class_code", "started_at", "ended_at"),
    [
        ({"date": "2012-10-20"}, None, "2012-10-20", None),
        (
            {
                "start": "2020-05-01T08:00:00Z",
                "stop": "x",
                "encounterclass": "wellness",
            },
            "wellness",
            "2020-05-01T08:00:00Z",
            "x",
        ),
    ],
)
def test_an_encounter_of_2017_gets_no_class_and_no_end(
    delivered: dict[str, str], class_code: str, started_at: str, ended_at: str
):
    row = only_row("encounters", "encounters", {"id": "e1", **delivered})
    assert row["record_id"] == "e1"
    assert row["encounter_class_code"] == class_code
    assert (row["started_at"], row["ended_at"]) == (started_at, ended_at)


def test_the_whole_address_of_2017_stays_one_text():
    row = only_row(
        "patients",
        "patients",
        {"id": "p1", "address": "1 Example St Berlin MA 01503 US"},
    )
    assert row["address_line"] == "1 Example St Berlin MA 01503 US"
    assert row["city"] is None
    assert row["postal_code"] is None
    assert row["given_name"] is None


def test_first_and_middle_name_are_the_given_name():
    row = only_row("patients", "patients", {"id": "p1", "first": "A", "middle": "B"})
    assert row["given_name"] == "A B"


@pytest.mark.parametrize(
    ("code", "system", "expected"),
    [
        ("73761001", None, "SNOMED-CT"),
        ("34552-0", None, "LOINC"),
        ("73761001", "http://snomed.info/sct", "SNOMED-CT"),
        ("7984", "RxNorm", "RxNorm"),
    ],
)
def test_the_code_system_is_the_stated_one_and_else_the_one_of_the_column(
    code: str, system: str | None, expected: str
):
    row = only_row("procedures", "procedures", {"code": code, "system": system})
    assert row["code_system"] == expected
