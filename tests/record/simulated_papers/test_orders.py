"""Orders: answered by results of specimens, and by studies that somebody read."""

from collections import defaultdict

from pipelines.record.simulator.case import Case
from tests.record.papers import latest_of, rows_of
from tests.record.simulated_papers.conftest import WINDOW


def test_a_result_answers_an_order_from_a_specimen_taken_for_it(
    cases: list[Case],
) -> None:
    orders, specimens = latest_of(cases, "lab_orders"), latest_of(cases, "specimens")
    for result in rows_of(cases, "lab_results"):
        order = orders[result["order_id"]]
        specimen = specimens[result["specimen_id"]]
        assert specimen["order_id"] == result["order_id"]
        assert specimen["collected_at"] == result["collected_at"]
        assert specimen["status_code"] != "rejected"
        assert order["encounter_id"] == result["encounter_id"]
        assert order["ordered_at"] <= result["collected_at"]
        assert specimen["received_at"] <= result["resulted_at"]
        if order["status_code"] == "done":
            assert result["resulted_at"] <= order["completed_at"]


def test_an_order_is_done_when_its_last_result_is_final(cases: list[Case]) -> None:
    results = defaultdict(list)
    for row in latest_of(cases, "lab_results").values():
        results[row["order_id"]].append(row["status_code"])
    for record_id, order in latest_of(cases, "lab_orders").items():
        if order["category_code"] == "laboratory" and record_id in results:
            is_open = "preliminary" in results[record_id]
            assert (order["status_code"] == "in_progress") == is_open


def test_a_rejected_specimen_says_why_and_was_taken_again(cases: list[Case]) -> None:
    specimens = latest_of(cases, "specimens").values()
    taken = defaultdict(list)
    for row in specimens:
        taken[row["order_id"]].append(row)
    rejected = [row for row in specimens if row["status_code"] == "rejected"]
    assert len(rejected) > 5
    for row in rejected:
        assert row["rejection_reason_name"]
        again = [one for one in taken[row["order_id"]] if one["status_code"] == "done"]
        assert any(one["collected_at"] > row["status_at"] for one in again)


def test_each_accession_number_is_on_one_tube(cases: list[Case]) -> None:
    numbers = [
        row["accession_number"] for row in latest_of(cases, "specimens").values()
    ]
    assert len(set(numbers)) == len(numbers)


def test_every_study_is_read_after_it_was_taken(cases: list[Case]) -> None:
    reports = defaultdict(list)
    for row in rows_of(cases, "imaging_reports"):
        reports[row["study_id"]].append(row)
    orders = latest_of(cases, "lab_orders")
    for study in rows_of(cases, "imaging_studies"):
        read = reports[study["study_id"]]
        order = orders[f"OI{study['study_id'][2:]}"]
        assert order["ordered_at"] <= study["started_at"]
        assert [row["reported_at"] for row in read] == sorted(
            row["reported_at"] for row in read
        )
        for row in read:
            assert row["reported_at"] > study["started_at"]
            assert row["modality_code"] == study["modality_code"]
            assert row["report_text"]
            assert row["impression_text"]
        if order["status_code"] == "done":
            assert read[-1]["status_code"] in {"final", "corrected"}


def test_a_corrected_report_supersedes_the_final_one(cases: list[Case]) -> None:
    versions = defaultdict(list)
    for row in rows_of(cases, "imaging_reports"):
        versions[row["record_id"]].append(row["status_code"])
    courses = {tuple(one) for one in versions.values()}
    assert ("preliminary", "final") in courses
    assert any(one[-2:] == ("final", "corrected") for one in courses)


def test_a_failing_heart_reads_the_same_whatever_the_visit_is_for(
    cases: list[Case],
) -> None:
    readings = defaultdict(set)
    for case in cases:
        if not case.person.has("heart_failure", WINDOW.start):
            continue
        for row in latest_of([case], "imaging_reports").values():
            if row["procedure_name"] == "Echocardiography":
                readings[case.person.number].add(row["impression_text"])
    assert readings
    assert {len(one) for one in readings.values()} == {1}
