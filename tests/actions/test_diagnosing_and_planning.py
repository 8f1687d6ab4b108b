"""Diagnoses and plans: what may follow what, and what says nothing."""

from datetime import timedelta

import pytest

from pipelines.record.actions.correcting import correct, enter_in_error
from pipelines.record.actions.diagnosing import (
    is_active,
    record_diagnosis,
    refute_diagnosis,
    resolve_diagnosis,
)
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.planning import (
    change_goal,
    conclude_plan,
    is_running,
    plan_treatment,
)
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE, NURSE, OTHER_DOCTOR, newest, written
from tests.clock import ago, ahead, from_now
from tests.versions import versions

DIABETES = {
    "code": "E11.9",
    "code_system": "ICD-10-CM",
    "name": "Type 2 diabetes mellitus without complications",
}
PLAN = {
    "code": "698360004",
    "code_system": "SNOMED-CT",
    "name": "Diabetes self management plan",
    "goal": "HbA1c below 7.5 %",
}


@pytest.fixture
def diagnosis(ward: Settings) -> Entry:
    """Return a diagnosis of yesterday."""
    record_diagnosis(ward, DOCTOR, MINE, **DIABETES, started_at=ago(days=1))
    return newest(ward, "conditions")


@pytest.fixture
def plan(ward: Settings) -> Entry:
    """Return a plan that runs."""
    plan_treatment(ward, DOCTOR, MINE, **PLAN)
    return newest(ward, "care_plans")


def test_a_diagnosis_stands_as_an_active_problem(diagnosis: Entry) -> None:
    values = diagnosis.values

    assert values["condition_code"] == "E11.9"
    assert values["category_code"] == "problem"
    assert values["verification_status_code"] == "confirmed"
    assert is_active(diagnosis)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"started_at": timedelta(hours=1)}, "the beginning is still to come"),
        ({"code": ""}, "the code is missing"),
        ({"name": " "}, "the name is missing"),
        ({"certainty": "likely"}, "the certainty is none of"),
    ],
)
def test_no_diagnosis_is_recorded_that_cannot_be(
    ward: Settings, change: dict, why: str
) -> None:
    meant = {**DIABETES, "started_at": ago(days=1)} | from_now(change)
    with pytest.raises(ActionError, match=why):
        record_diagnosis(ward, DOCTOR, MINE, **meant)

    assert written(ward, "conditions") == []


def test_a_nurse_records_no_diagnosis(ward: Settings, diagnosis: Entry) -> None:
    for attempt in (
        lambda: record_diagnosis(ward, NURSE, MINE, **DIABETES, started_at=ago(days=1)),
        lambda: refute_diagnosis(ward, NURSE, diagnosis, reason="no"),
        lambda: resolve_diagnosis(
            ward, NURSE, diagnosis, ended_at=ago(hours=1), reason="no"
        ),
        lambda: enter_in_error(ward, NURSE, diagnosis, reason="no"),
    ):
        with pytest.raises(ActionError, match="your role, nurse, may not"):
            attempt()

    assert versions(ward, "conditions") == 1


def test_any_doctor_resolves_a_diagnosis_once(ward: Settings, diagnosis: Entry) -> None:
    end = ago(hours=2)
    resolve_diagnosis(ward, OTHER_DOCTOR, diagnosis, ended_at=end, reason="cured")
    resolved = newest(ward, "conditions")

    assert resolved.values["clinical_status_code"] == "resolved"
    assert resolved.values["ended_at"] == end
    assert not is_active(resolved)
    with pytest.raises(ActionError, match="over or refuted already"):
        resolve_diagnosis(ward, DOCTOR, resolved, ended_at=ago(hours=1), reason="again")


@pytest.mark.parametrize(
    ("end", "why"),
    [(timedelta(days=-2), "before it began"), (timedelta(hours=1), "still to come")],
)
def test_a_diagnosis_ends_between_its_beginning_and_now(
    ward: Settings, diagnosis: Entry, end: timedelta, why: str
) -> None:
    with pytest.raises(ActionError, match=why):
        resolve_diagnosis(
            ward, DOCTOR, diagnosis, ended_at=ahead() + end, reason="cured"
        )

    assert versions(ward, "conditions") == 1


def test_a_refuted_diagnosis_stays_readable_as_refuted(
    ward: Settings, diagnosis: Entry
) -> None:
    refute_diagnosis(ward, OTHER_DOCTOR, diagnosis, reason="HbA1c 5.2 %")
    refuted = newest(ward, "conditions")

    assert refuted.values["verification_status_code"] == "refuted"
    assert refuted.values["condition_code"] == "E11.9"
    assert not refuted.is_entered_in_error
    assert not is_active(refuted)
    with pytest.raises(ActionError, match="refuted already"):
        refute_diagnosis(ward, DOCTOR, refuted, reason="again")
    with pytest.raises(ActionError, match="over or refuted already"):
        resolve_diagnosis(ward, DOCTOR, refuted, ended_at=ago(hours=1), reason="over")


def test_two_doctors_do_not_both_end_a_diagnosis(
    ward: Settings, diagnosis: Entry
) -> None:
    refute_diagnosis(ward, OTHER_DOCTOR, diagnosis, reason="HbA1c 5.2 %")
    with pytest.raises(ActionError, match="somebody changed this entry meanwhile"):
        resolve_diagnosis(ward, DOCTOR, diagnosis, ended_at=ago(hours=1), reason="over")

    assert newest(ward, "conditions").values["verification_status_code"] == "refuted"


def test_of_a_diagnosis_only_its_beginning_is_corrected_as_such(
    ward: Settings, diagnosis: Entry
) -> None:
    earlier = ago(days=30)
    correct(
        ward, OTHER_DOCTOR, diagnosis, values={"started_at": earlier}, reason="letter"
    )
    corrected = newest(ward, "conditions")

    assert corrected.values["started_at"] == earlier
    for values, why in (
        ({"condition_code": "I10"}, "not corrected as such"),
        ({"started_at": ahead(days=1)}, "still to come"),
        ({"started_at": None}, "is missing"),
    ):
        with pytest.raises(ActionError, match=why):
            correct(ward, DOCTOR, corrected, values=values, reason="letter")


def test_a_plan_runs_with_its_goal(plan: Entry) -> None:
    assert plan.values["goal_text"] == "HbA1c below 7.5 %"
    assert plan.values["status_code"] == "active"
    assert is_running(plan)


def test_a_plan_has_a_goal(ward: Settings) -> None:
    with pytest.raises(ActionError, match="the goal is missing"):
        plan_treatment(ward, DOCTOR, MINE, **PLAN | {"goal": " "})


def test_a_nurse_plans_no_treatment(ward: Settings, plan: Entry) -> None:
    for attempt in (
        lambda: plan_treatment(ward, NURSE, MINE, **PLAN),
        lambda: change_goal(ward, NURSE, plan, goal="less", reason="no"),
        lambda: conclude_plan(
            ward, NURSE, plan, outcome="no", status="stopped", reason="no"
        ),
    ):
        with pytest.raises(ActionError, match="your role, nurse, may not"):
            attempt()


def test_another_goal_takes_the_place_of_the_first(ward: Settings, plan: Entry) -> None:
    change_goal(ward, OTHER_DOCTOR, plan, goal="HbA1c below 8 %", reason="frail")
    changed = newest(ward, "care_plans")

    assert changed.values["goal_text"] == "HbA1c below 8 %"
    assert changed.values["plan_code"] == PLAN["code"]
    with pytest.raises(ActionError, match="nothing would change"):
        change_goal(ward, DOCTOR, changed, goal="HbA1c below 8 %", reason="frail")
    with pytest.raises(ActionError, match="somebody changed"):
        change_goal(ward, DOCTOR, plan, goal="HbA1c below 9 %", reason="frail")


def test_a_plan_ends_with_what_was_reached_and_once(
    ward: Settings, plan: Entry
) -> None:
    for outcome, status, why in (
        (" ", "completed", "the outcome is missing"),
        ("reached", "done", "the end is none of"),
    ):
        with pytest.raises(ActionError, match=why):
            conclude_plan(
                ward, DOCTOR, plan, outcome=outcome, status=status, reason="over"
            )
    conclude_plan(
        ward, DOCTOR, plan, outcome="HbA1c 7.1 %", status="completed", reason="reached"
    )
    ended = newest(ward, "care_plans")

    assert ended.values["outcome_text"] == "HbA1c 7.1 %"
    assert ended.values["ended_at"] >= ended.values["started_at"]
    assert not is_running(ended)
    for attempt in (
        lambda: change_goal(ward, DOCTOR, ended, goal="more", reason="more"),
        lambda: conclude_plan(
            ward, DOCTOR, ended, outcome="x", status="stopped", reason="again"
        ),
    ):
        with pytest.raises(ActionError, match="has ended already"):
            attempt()
