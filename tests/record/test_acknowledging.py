"""Acknowledging: who may, what it holds for, what the audit knows of it."""

import os
import socket
from dataclasses import replace

import psycopg
import pytest

from pipelines.access import audit
from pipelines.access.audit import AuditError, find_unfinished
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions import acknowledging
from pipelines.record.actions.acknowledging import (
    CORRECTED,
    NOT_SAVED,
    NOT_THERE,
    UNCERTAIN,
    SeenResult,
    acknowledge,
    pending_acknowledgements,
)
from pipelines.record.actions.announcing import UNAUDITED
from pipelines.record.actions.failures import ActionError
from pipelines.settings import Settings
from tests.record.conftest import (
    DOCTOR,
    GLUCOSE,
    NURSE,
    OTHER_DOCTOR,
    PATIENT,
    POTASSIUM,
    SODIUM,
    WITHDRAWN,
)

EVENTS = """
    select action, patient_keys, row_count, result, intent_id
    from audit.event where event_id > %s order by event_id
"""
SAVED = """
    select patient_key, lab_result_key, reading_hash, user_id, person_name, role_code,
        comment_text
    from laboratory.acknowledgements order by lab_result_key, user_id
"""


def saved(settings: Settings) -> list[tuple]:
    """Return what the record holds."""
    with connect(settings, Role.EXTRACTOR, RECORD) as record:
        return record.execute(SAVED).fetchall()


def last_event(settings: Settings) -> int:
    with connect(settings, Role.COMPLIANCE) as connection:
        return connection.execute(audit.LAST_EVENT).fetchone()[0]


def events_since(settings: Settings, event_id: int) -> list[tuple]:
    with connect(settings, Role.COMPLIANCE) as connection:
        return connection.execute(EVENTS, (event_id,)).fetchall()


def refusal(settings: Settings, person: Person, *seen: SeenResult) -> str:
    """Return why an acknowledgement is refused."""
    with pytest.raises(ActionError) as caught:
        acknowledge(settings, person, seen)
    return str(caught.value)


def test_a_doctor_acknowledges_and_the_record_holds_who_what_and_why(
    ward: Settings,
) -> None:
    (told,) = acknowledge(ward, DOCTOR, [POTASSIUM], "called\x01the\nward; 1 = ok")

    assert saved(ward) == [
        (1, "hospital:L1", "a" * 32, "doctor", "Dr. One", "doctor",
         "called the ward; 1 = ok")
    ]  # fmt: skip
    assert (told.lab_result_key, told.person_name) == ("hospital:L1", "Dr. One")


def test_the_same_click_twice_is_one_acknowledgement(ward: Settings) -> None:
    first = acknowledge(ward, DOCTOR, [POTASSIUM, POTASSIUM])
    second = acknowledge(ward, DOCTOR, [POTASSIUM], "said again")

    assert first == second
    assert len(saved(ward)) == 1


def test_two_doctors_acknowledge_the_same_result_each_for_themselves(
    ward: Settings,
) -> None:
    acknowledge(ward, DOCTOR, [POTASSIUM])
    (told,) = acknowledge(ward, OTHER_DOCTOR, [POTASSIUM])

    assert told.user_id == "other.doctor"
    assert [row[3] for row in saved(ward)] == ["doctor", "other.doctor"]


@pytest.mark.parametrize("person", [NURSE, PATIENT], ids=lambda each: each.role)
def test_only_a_doctor_may(ward: Settings, person: Person) -> None:
    assert "may not acknowledge" in refusal(ward, person, POTASSIUM)
    assert saved(ward) == []


def test_a_result_that_was_corrected_meanwhile_is_refused_and_nothing_is_saved(
    ward: Settings,
) -> None:
    before = replace(POTASSIUM, reading_hash="e" * 32)

    assert refusal(ward, DOCTOR, SODIUM, before) == CORRECTED
    assert saved(ward) == []


@pytest.mark.parametrize(
    "strange",
    [
        replace(POTASSIUM, lab_result_key="hospital:none"),
        replace(POTASSIUM, patient_key=2),
    ],
    ids=["not there", "of another patient"],
)
def test_a_result_that_is_not_there_is_refused(
    ward: Settings, strange: SeenResult
) -> None:
    assert refusal(ward, DOCTOR, POTASSIUM, strange) == NOT_THERE
    assert saved(ward) == []


def test_a_person_whose_account_has_ended_sees_nothing_to_acknowledge(
    ward: Settings,
) -> None:
    gone = Person("gone", "Dr. Gone", "doctor")

    assert refusal(ward, gone, POTASSIUM) == NOT_THERE


def test_a_withdrawn_result_is_acknowledged_as_the_finding_that_it_is(
    ward: Settings,
) -> None:
    acknowledge(ward, DOCTOR, [WITHDRAWN])

    assert [row[1] for row in saved(ward)] == ["hospital:L4"]


@pytest.mark.parametrize(("length", "fits"), [(2000, True), (2001, False)])
def test_a_comment_has_a_longest_length(
    ward: Settings, length: int, *, fits: bool
) -> None:
    if fits:
        acknowledge(ward, DOCTOR, [POTASSIUM], "x" * length)
    else:
        with pytest.raises(ActionError, match="2,000"):
            acknowledge(ward, DOCTOR, [POTASSIUM], "x" * length)
    assert len(saved(ward)) == fits


def test_the_action_is_announced_before_and_its_outcome_told_after(
    ward: Settings,
) -> None:
    start = last_event(ward)

    acknowledge(ward, DOCTOR, [POTASSIUM, GLUCOSE])

    read, intent, outcome = events_since(ward, start)
    assert read[0] == "read"
    assert intent == ("acknowledge", [1, 2], 2, "intended", None)
    assert outcome == ("acknowledge", [1, 2], 2, "ok", start + 2)


def test_without_an_audit_nothing_is_saved(
    ward: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise AuditError

    monkeypatch.setattr(audit, "append", refuse)

    assert refusal(ward, DOCTOR, POTASSIUM) == UNAUDITED
    assert saved(ward) == []


def test_an_announcement_that_cannot_be_written_keeps_the_record_as_it_is(
    ward: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = audit.append

    def refuse_intents(settings: Settings, event: audit.Event) -> int:
        if event.result == "intended":
            raise AuditError
        return append(settings, event)

    monkeypatch.setattr(audit, "append", refuse_intents)

    assert refusal(ward, DOCTOR, POTASSIUM) == UNAUDITED
    assert saved(ward) == []


def test_an_outcome_that_could_not_be_told_is_found_as_missing(
    ward: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = audit.append

    def refuse_outcomes(settings: Settings, event: audit.Event) -> int:
        if event.intent_id:
            raise AuditError
        return append(settings, event)

    start = last_event(ward)
    with monkeypatch.context() as patch:
        patch.setattr(audit, "append", refuse_outcomes)
        acknowledge(ward, DOCTOR, [POTASSIUM])  # saved: it is not said to have failed
    acknowledge(ward, DOCTOR, [GLUCOSE])  # the outcome of another action is none of it

    with connect(ward, Role.COMPLIANCE) as connection:
        found = find_unfinished(connection, seconds=0)
        later = find_unfinished(connection)
    assert (start + 2, "doctor", "acknowledge") in [
        (each.event_id, each.user_id, each.action) for each in found
    ]
    assert start + 4 not in [each.event_id for each in found]
    assert start + 2 not in [each.event_id for each in later]
    assert len(saved(ward)) == 2


def test_what_the_record_refuses_is_told_as_an_error_in_the_audit(
    ward: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acknowledging, "INSERT_ACKNOWLEDGEMENT", "select 1 / 0")
    start = last_event(ward)

    assert refusal(ward, DOCTOR, POTASSIUM) == NOT_SAVED
    assert events_since(ward, start)[-1][3] == "error"


def test_a_commit_without_an_answer_is_said_to_be_uncertain(
    ward: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = acknowledging.acknowledgements_of

    def break_at_commit(record: psycopg.Connection, keys: list[str]) -> list:
        found = told(record, keys)
        with socket.socket(fileno=os.dup(record.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
        return found

    monkeypatch.setattr(acknowledging, "acknowledgements_of", break_at_commit)
    start = last_event(ward)

    assert refusal(ward, DOCTOR, POTASSIUM) == UNCERTAIN
    assert events_since(ward, start)[-1][3] == "intended"


def test_what_is_saved_shows_at_once_to_whoever_may_see_the_result(
    ward: Settings,
) -> None:
    acknowledge(ward, DOCTOR, [POTASSIUM, GLUCOSE, WITHDRAWN])
    keys = ["hospital:L1", "hospital:L2", "hospital:L3", "hospital:L4"]

    to_doctor = pending_acknowledgements(ward, OTHER_DOCTOR, keys)
    to_nurse = pending_acknowledgements(ward, NURSE, keys)

    assert {each.lab_result_key for each in to_doctor} == {
        "hospital:L1", "hospital:L3", "hospital:L4"
    }  # fmt: skip
    assert [each.lab_result_key for each in to_nurse] == ["hospital:L1"]
    assert pending_acknowledgements(ward, NURSE, ["hospital:L2"]) == []
    assert pending_acknowledgements(ward, NURSE, []) == []
    with pytest.raises(ActionError, match="may not see"):
        pending_acknowledgements(ward, PATIENT, keys)


def test_a_result_set_back_to_what_it_read_is_acknowledged_anew(
    ward: Settings,
) -> None:
    corrected = replace(POTASSIUM, reading_hash="e" * 32)
    (first,) = acknowledge(ward, DOCTOR, [POTASSIUM])
    set_reading(ward, corrected)
    acknowledge(ward, OTHER_DOCTOR, [corrected])
    set_reading(ward, POTASSIUM)
    (again,) = acknowledge(ward, DOCTOR, [POTASSIUM])

    assert again.acknowledged_at > first.acknowledged_at
    assert acknowledge(ward, DOCTOR, [POTASSIUM]) == [again]
    assert len(saved(ward)) == 3


def test_a_result_moved_to_another_patient_is_acknowledged_for_that_one(
    ward: Settings,
) -> None:
    moved = replace(POTASSIUM, patient_key=2)
    acknowledge(ward, DOCTOR, [POTASSIUM])
    with connect(ward, Role.OWNER) as owner:
        owner.execute("update marts.fct_lab_results set patient_key = 2")
    (told,) = acknowledge(ward, DOCTOR, [moved])

    assert told.patient_key == 2
    assert sorted(row[0] for row in saved(ward)) == [1, 2]


def test_what_the_record_does_not_hold_afterwards_is_no_success(
    ward: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledge(ward, DOCTOR, [POTASSIUM])
    monkeypatch.setattr(acknowledging, "INSERT_ACKNOWLEDGEMENT", "select 1")
    start = last_event(ward)

    assert refusal(ward, DOCTOR, POTASSIUM, SODIUM) == NOT_SAVED
    assert events_since(ward, start)[-1][3] == "error"


def set_reading(settings: Settings, seen: SeenResult) -> None:
    """Let a result read otherwise."""
    for mart in ("fct_lab_results", "fct_abnormal_findings"):
        with connect(settings, Role.OWNER) as owner:
            owner.execute(
                f"update marts.{mart} set reading_hash = %s "  # noqa: S608
                "where lab_result_key = %s",
                (seen.reading_hash, seen.lab_result_key),
            )
