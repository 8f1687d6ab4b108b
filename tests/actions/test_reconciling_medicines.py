"""The list of medicines: every line decided, signed by one, and kept with versions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.checking import NOTHING
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.prescribing import is_current, prescribe
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.reconciling_medicines import (
    CHANGED_MEANWHILE,
    DECISIONS,
    FEED,
    Decided,
    Reconciled,
    reconciled,
    sign_list,
    withdraw_list,
)
from pipelines.settings import Settings
from tests.actions.conftest import (
    DOCTOR,
    METFORMIN,
    MINE,
    NURSE,
    OTHER_DOCTOR,
    PATIENT,
    TWICE,
    newest,
    written,
)
from tests.actions.desk import BILLING, REGISTRAR
from tests.versions import versions

SEEN = ("0123456789abcdef",)
ASPIRIN = Decided("aspirin", "continue", seen=SEEN, told="pharmacy: aspirin 100 mg")


def line(entry: Entry, decision: str = "continue", **more: Any) -> Decided:
    """Return a decision about metformin, which our own record has."""
    return Decided("metformin", decision, prescriptions=(entry,), seen=SEEN, **more)


def standing(ward: Settings, person: Person = DOCTOR) -> Reconciled:
    """Return what stands decided about the patient."""
    return reconciled(entries(ward, person, FEED, [MINE]))


def sign(
    ward: Settings,
    decided: list[Decided],
    *,
    person: Person = DOCTOR,
    before: Reconciled | None = None,
    **more: Any,
) -> object:
    """Sign a list."""
    said = {"occasion": "admission", "conclusion": "Agreed.", "is_signed": True} | more
    before = standing(ward) if before is None else before
    return sign_list(ward, person, MINE, decided, before=before, **said)


@pytest.fixture
def both_treat(ward: Settings) -> Settings:
    """Return the ward with a second doctor who treats the patient."""
    with connect(ward, Role.OWNER) as owner:
        assign_patient(owner, OTHER_DOCTOR.user_id, MINE, "covers the ward")
        owner.commit()
        yield ward
        owner.execute(
            "delete from access.assignment where user_id = %s",
            (OTHER_DOCTOR.user_id,),
        )


def test_a_signed_list_keeps_each_decision_with_who_and_when(
    ward: Settings, prescription: Entry
) -> None:
    sign(ward, [line(prescription), replace(ASPIRIN, decision="not_taken")])
    now = standing(ward)
    aspirin = now.of("aspirin")

    assert now.is_signed
    assert now.signature.values["occasion_code"] == "admission"
    assert now.signature.values["decided_by_name"] == "Dr. One"
    assert now.signature.changed_by_user_id == DOCTOR.user_id
    assert aspirin.values["decision_code"] == "not_taken"
    assert aspirin.values["seen_digests"] == SEEN[0]
    assert aspirin.values["decided_at"] == now.signature.values["decided_at"]
    assert now.of("metformin").values["decision_code"] == "continue"
    assert is_current(newest(ward, "prescriptions"))


def test_the_note_says_all_of_it_in_words(ward: Settings, prescription: Entry) -> None:
    stopped = line(prescription, "stop", why="not_effective", remark="HbA1c 9 %")
    sign(ward, [stopped, ASPIRIN], conclusion="Insulin instead.")
    note = newest(ward, "notes")

    assert note.values["note_type_code"] == "medication_review"
    assert note.values["note_text"].splitlines() == [
        "At: Admission",
        "- metformin: Stop (Not effective; HbA1c 9 %)",
        "- aspirin (pharmacy: aspirin 100 mg): Continue",
        "",
        "Insulin instead.",
    ]


def test_a_stop_ends_our_own_prescription_in_the_same_transaction(
    ward: Settings, prescription: Entry
) -> None:
    sign(ward, [line(prescription, "stop", why="side_effect")])
    ended = newest(ward, "prescriptions")

    assert ended.values["status_code"] == "stopped"
    assert ended.values["change_reason_name"] == "Side effect"
    assert standing(ward).of("metformin").values["reason_name"] == "Side effect"


@pytest.mark.parametrize("decision", [each for each in DECISIONS if each != "stop"])
def test_no_other_decision_touches_a_prescription(
    ward: Settings, prescription: Entry, decision: str
) -> None:
    why = "dose_adjusted" if decision == "change" else ""
    sign(ward, [line(prescription, decision, why=why)])

    assert standing(ward).of("metformin").values["decision_code"] == decision
    assert versions(ward, "prescriptions") == 1


@pytest.mark.parametrize(
    ("decided", "more", "why"),
    [
        ({}, {"is_signed": False}, "signed off"),
        ({}, {"conclusion": " "}, "the conclusion is missing"),
        ({}, {"occasion": "breakfast"}, "the occasion is none of"),
        ({"decision": "maybe"}, {}, "a decision is none of"),
        ({"decision": "stop"}, {}, "the reason is none of"),
        ({"decision": "change"}, {}, "the reason is none of"),
        ({"decision": "stop", "why": "bored"}, {}, "the reason is none of"),
        ({"medicine": " "}, {}, "the medicine is missing"),
        ({"seen": ("no digest",)}, {}, "digest"),
    ],
)
def test_a_list_is_whole_and_signed(
    ward: Settings,
    prescription: Entry,
    decided: dict[str, Any],
    more: dict[str, Any],
    why: str,
) -> None:
    with pytest.raises(ActionError, match=why):
        sign(ward, [replace(line(prescription), **decided)], **more)

    assert versions(ward, FEED) == versions(ward, "notes") == 0
    assert is_current(newest(ward, "prescriptions"))


def test_a_list_without_a_medicine_of_our_record_is_refused(
    ward: Settings, prescription: Entry
) -> None:
    glipizide = replace(
        METFORMIN, drug_name="glipizide 5 MG Oral Tablet", drug_code="1"
    )
    prescribe(ward, DOCTOR, MINE, medicine=glipizide, dosage=TWICE)
    second = Decided(
        "glipizide", "continue", prescriptions=(newest(ward, "prescriptions"),)
    )
    for decided in (
        [],
        [line(prescription)],
        [line(prescription), second, replace(second, medicine="other")],
        [line(prescription), second, ASPIRIN, ASPIRIN],
    ):
        with pytest.raises(ActionError, match="the medicines changed meanwhile"):
            sign(ward, decided)
    sign(ward, [line(prescription), second])

    assert versions(ward, FEED) == 3


def test_a_patient_who_takes_nothing_has_a_list_all_the_same(ward: Settings) -> None:
    sign(ward, [])

    assert standing(ward).is_signed
    assert standing(ward).lines == {}


def test_signing_again_adds_versions_and_keeps_the_old_ones(
    ward: Settings, prescription: Entry
) -> None:
    sign(ward, [line(prescription, "ask"), ASPIRIN])
    first = standing(ward)
    sign(ward, [line(prescription)], occasion="discharge")
    second = standing(ward)

    assert second.signature.record_id == first.signature.record_id
    assert second.signature.values["occasion_code"] == "discharge"
    assert second.of("metformin").record_id == first.of("metformin").record_id
    assert second.of("metformin").values["decision_code"] == "continue"
    assert second.of("aspirin").version_id == first.of("aspirin").version_id
    assert versions(ward, FEED) == 3 + 2


def test_a_reason_of_before_does_not_stay(ward: Settings) -> None:
    sign(ward, [replace(ASPIRIN, decision="stop", why="allergy")])
    sign(ward, [ASPIRIN])

    assert standing(ward).of("aspirin").values["reason_name"] is None


def test_a_withdrawn_list_decides_nothing_and_is_signed_anew(
    ward: Settings, prescription: Entry
) -> None:
    sign(ward, [line(prescription), ASPIRIN])
    withdraw_list(ward, DOCTOR, MINE, standing(ward), reason="another patient")
    withdrawn = standing(ward)

    assert not withdrawn.is_signed
    assert withdrawn.of("aspirin") is None
    assert withdrawn.signature.change_reason_text == "another patient"
    with pytest.raises(ActionError, match="no signature stands"):
        withdraw_list(ward, DOCTOR, MINE, withdrawn, reason="again")
    sign(ward, [line(prescription), ASPIRIN])
    assert standing(ward).is_signed


def test_a_withdrawal_says_why(ward: Settings) -> None:
    sign(ward, [ASPIRIN])
    with pytest.raises(ActionError, match="the reason is missing"):
        withdraw_list(ward, DOCTOR, MINE, standing(ward), reason=" ")

    assert standing(ward).is_signed


def first_signature(ward: Settings, person: Person) -> object:
    return sign(ward, [ASPIRIN], person=person)


def signed_again(ward: Settings, person: Person) -> object:
    sign(ward, [ASPIRIN])
    return sign(ward, [ASPIRIN], person=person)


def withdrawal(ward: Settings, person: Person) -> object:
    sign(ward, [ASPIRIN])
    return withdraw_list(ward, person, MINE, standing(ward), reason="a mistake")


def signed_after_withdrawal(ward: Settings, person: Person) -> object:
    withdrawal(ward, DOCTOR)
    return sign(ward, [ASPIRIN], person=person)


TRANSITIONS = (first_signature, signed_again, withdrawal, signed_after_withdrawal)


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_a_doctor_who_treats_takes_each_step(
    ward: Settings, transition: Callable[[Settings, Person], object]
) -> None:
    assert transition(ward, DOCTOR)


@pytest.mark.parametrize("transition", TRANSITIONS)
@pytest.mark.parametrize("person", [NURSE, PATIENT, REGISTRAR, BILLING])
def test_nobody_else_takes_any(
    ward: Settings, transition: Callable[[Settings, Person], object], person: Person
) -> None:
    before: list[int] = []

    def attempt() -> None:
        try:
            transition(ward, person)
        finally:
            before.append(versions(ward, FEED))

    with pytest.raises(ActionError, match=r"your role, .*, may not"):
        attempt()

    signed = {first_signature: 0, signed_again: 2, withdrawal: 2}
    assert before == [signed.get(transition, 4)]


def test_a_doctor_from_whom_something_may_be_withheld_signs_nothing(
    ward: Settings, prescription: Entry
) -> None:
    with pytest.raises(ActionError, match="not on the care team"):
        sign(ward, [line(prescription)], person=OTHER_DOCTOR, before=Reconciled())

    assert versions(ward, FEED) == 0


def test_a_nurse_reads_what_was_decided_and_a_patient_does_not(ward: Settings) -> None:
    sign(ward, [ASPIRIN])

    assert standing(ward, NURSE).of("aspirin") is not None
    with pytest.raises(ActionError, match="may not read"):
        standing(ward, PATIENT)


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("decided", [[ASPIRIN], []])
def test_of_two_doctors_who_sign_at_once_one_wins_and_the_other_is_told(
    both_treat: Settings,
    decided: list[Decided],
    is_first: bool,  # noqa: FBT001
) -> None:
    if not is_first:
        sign(both_treat, decided)
    before, both = standing(both_treat), Barrier(2)
    versions_before = versions(both_treat, FEED)

    def attempt(doctor: Person) -> str:
        both.wait()
        try:
            sign(both_treat, decided, person=doctor, before=before)
        except ActionError as refused:
            return str(refused)
        return "signed"

    with ThreadPoolExecutor(2) as at_once:
        told = sorted(at_once.map(attempt, (DOCTOR, OTHER_DOCTOR)))

    assert told == [f"{NOTHING}{CHANGED_MEANWHILE}", "signed"]
    assert versions(both_treat, FEED) == versions_before + 1 + len(decided)
    assert len(written(both_treat, "notes")) == 2 - is_first


def test_who_signs_what_another_signed_meanwhile_is_told(
    both_treat: Settings, prescription: Entry
) -> None:
    before = standing(both_treat)
    sign(both_treat, [line(prescription)], person=OTHER_DOCTOR)
    with pytest.raises(ActionError, match="somebody signed this list"):
        sign(
            both_treat,
            [line(prescription, "stop", why="allergy")],
            before=before,
        )

    assert is_current(newest(both_treat, "prescriptions"))
