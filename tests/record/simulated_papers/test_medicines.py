"""Medicines: doses within their prescriptions, and wishes with their answers."""

import re
from collections import defaultdict

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.clock import DAY
from tests.record.papers import latest_of, rows_of, with_visit
from tests.record.simulated_papers.conftest import IS_STAY, WINDOW, simulated

ON_A_WARD_AT_THE_END = 91  # a patient of seed 11


def test_a_dose_lies_within_its_prescription_and_its_stay(cases: list[Case]) -> None:
    prescriptions = latest_of(cases, "prescriptions")
    for dose, stay in with_visit(cases, "administrations"):
        prescription = prescriptions[dose["prescription_id"]]
        given = dose["administered_at"]
        assert stay["encounter_class_code"] == IS_STAY
        assert stay["started_at"] <= given < (stay["ended_at"] or WINDOW.end)
        ended = prescription["ended_at"] or WINDOW.end
        assert prescription["started_at"] <= given < ended
        assert dose["drug_code"] == prescription["drug_code"]


def test_a_dose_is_withheld_for_what_the_record_shows(cases: list[Case]) -> None:
    signs = defaultdict(list)
    for row in rows_of(cases, "vital_signs"):
        signs[row["encounter_id"]].append(row)
    checked = 0
    for dose in latest_of(cases, "administrations").values():
        assert (dose["reason_name"] is None) == (dose["status_code"] == "given")
        found = re.fullmatch(
            r"(Low|Slow) .*\((\d+).*\)", str(dose["reason_name"] or "")
        )
        if not found:
            continue
        code = "8480-6" if found[1] == "Low" else "8867-4"
        before = [
            row["value_text"]
            for row in signs[dose["encounter_id"]]
            if row["observation_code"] == code
            and row["measured_at"] < dose["scheduled_at"]
        ]
        assert found[2] == before[-1]
        assert int(found[2]) < {"Low": 105, "Slow": 55}[found[1]]
        checked += 1
    assert checked > 0


def test_doses_are_given_to_those_on_a_ward_until_the_record_ends() -> None:
    case = simulated(range(ON_A_WARD_AT_THE_END, ON_A_WARD_AT_THE_END + 1))
    stay = rows_of(case, "encounters")[-1]
    assert (stay["encounter_class_code"], stay["ended_at"]) == (IS_STAY, None)
    doses = [
        row["administered_at"]
        for row in rows_of(case, "administrations")
        if row["encounter_id"] == stay["record_id"]
    ]
    assert doses
    assert WINDOW.end - DAY <= max(doses) < WINDOW.end
    billed = {row["encounter_id"] for row in rows_of(case, "claims")}
    assert stay["record_id"] not in billed


def test_a_change_of_dose_answers_a_request_about_what_it_replaced(
    cases: list[Case],
) -> None:
    prescriptions = rows_of(cases, "prescriptions")
    replaced = {row["replaces_prescription_id"]: row for row in prescriptions}
    asked = [
        row
        for row in latest_of(cases, "medication_requests").values()
        if row["request_type_code"] == "dose_change"
    ]
    assert len(asked) > 5
    for row in asked:
        assert row["answered_at"] == replaced[row["prescription_id"]]["started_at"]


def test_a_stop_is_of_a_medicine_that_nothing_replaced(cases: list[Case]) -> None:
    prescriptions = latest_of(cases, "prescriptions")
    replaced = {row["replaces_prescription_id"] for row in prescriptions.values()}
    asked = [
        row
        for row in latest_of(cases, "medication_requests").values()
        if row["request_type_code"] == "stop"
    ]
    assert asked
    for row in asked:
        assert row["prescription_id"] not in replaced
        ended = prescriptions[row["prescription_id"]]["ended_at"]
        assert row["answered_at"] == ended


def test_a_dose_in_intensive_care_is_given_by_its_nurses(cases: list[Case]) -> None:
    wards = [
        row
        for row in latest_of(cases, "encounters").values()
        if row.get("location_name") == "Intensive Care Unit"
    ]
    practitioners = {
        row["record_id"]: row["organization_id"]
        for row in cases[0].hospital.practitioners
    }
    checked = 0
    for dose, stay in with_visit(cases, "administrations"):
        for ward in wards:
            at = dose["administered_at"]
            is_there = ward["part_of_encounter_id"] == stay["record_id"]
            if is_there and ward["started_at"] <= at < ward["ended_at"]:
                place = practitioners[dose["practitioner_id"]]
                assert place == ward["organization_id"]
                checked += 1
    assert checked > 5


def test_some_wishes_wait_for_an_answer(cases: list[Case]) -> None:
    waiting = [
        row
        for row in latest_of(cases, "medication_requests").values()
        if row["status_code"] == "requested"
    ]
    assert waiting
    for row in waiting:
        assert row["requested_at"] >= WINDOW.end - 5 * DAY
        assert row.get("answered_at") is None
