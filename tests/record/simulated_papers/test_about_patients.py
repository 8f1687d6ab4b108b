"""What is known about patients beside their visits: kin, and devices they carry."""

from collections import defaultdict

from pipelines.record.simulator.case import Case
from tests.record.papers import latest_of, rows_of
from tests.record.simulated_papers.conftest import WINDOW


def test_children_have_guardians_and_adults_kin(cases: list[Case]) -> None:
    for case in cases:
        contacts = latest_of([case], "contacts").values()
        roles = {row["contact_role_code"] for row in contacts}
        assert 1 <= len(contacts) <= 3
        is_child = case.person.is_child_at(WINDOW.end)
        assert ("guardian" in roles) == is_child
        if is_child:
            assert {row["relationship_code"] for row in contacts} <= {
                "parent",
                "guardian",
            }


def test_no_relative_fell_ill_older_than_they_can_be(cases: list[Case]) -> None:
    for case in cases:
        for row in rows_of([case], "family_history"):
            age = case.person.age_at(row["recorded_at"])
            older = {"mother": 40, "father": 45, "sibling": 8}
            if row["onset_age_years"] is not None:
                oldest = age + older[row["relationship_code"]]
                assert row["onset_age_years"] <= oldest


def test_a_device_of_a_procedure_begins_with_it(cases: list[Case]) -> None:
    ends = defaultdict(set)
    for row in rows_of(cases, "procedures"):
        ends[row["encounter_id"]].add(row["ended_at"])
    placed = [
        row
        for row in latest_of(cases, "devices").values()
        if row["device_name"] in {"Femoral head prosthesis", "Central venous catheter"}
    ]
    assert placed
    for row in placed:
        assert row["started_at"] in ends[row["encounter_id"]]
