"""Notes: signed, corrected by their authors, never lost."""

import pytest

from pipelines.record.actions.correcting import correct, enter_in_error
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.noting import correct_note, write_note
from pipelines.settings import Settings
from tests.actions.conftest import (
    DOCTOR,
    MINE,
    NOT_MINE,
    NURSE,
    OTHER_DOCTOR,
    PATIENT,
    newest,
    written,
)
from tests.versions import versions


def test_a_note_says_who_wrote_what(ward: Settings) -> None:
    write_note(ward, DOCTOR, MINE, note_type="progress", text=" Better.\nGoes home. ")
    note = newest(ward, "notes")

    assert note.values["note_text"] == "Better.\nGoes home."
    assert note.values["author_name"] == "Dr. One"
    assert note.values["author_role_name"] == "physician"
    assert (note.values["title"], note.values["status_code"]) == (
        "Progress note",
        "final",
    )
    assert note.is_pending


@pytest.mark.parametrize(
    ("person", "kind"),
    [(DOCTOR, "nursing"), (DOCTOR, "medication_review"), (NURSE, "progress")],
)
def test_each_role_writes_its_own_kinds(
    ward: Settings, person: object, kind: str
) -> None:
    with pytest.raises(ActionError, match="the kind is none of"):
        write_note(ward, person, MINE, note_type=kind, text="text")

    assert written(ward, "notes") == []


def test_a_note_has_a_text(ward: Settings) -> None:
    with pytest.raises(ActionError, match="the text is missing"):
        write_note(ward, DOCTOR, MINE, note_type="visit", text=" \n ")


def test_a_nurse_writes_of_her_patients_alone(ward: Settings) -> None:
    write_note(ward, NURSE, MINE, note_type="nursing", text="slept well")
    with pytest.raises(ActionError, match="not a patient for whom"):
        write_note(ward, NURSE, NOT_MINE, note_type="nursing", text="slept well")

    assert versions(ward, "notes") == 1


def test_a_patient_writes_no_note(ward: Settings) -> None:
    with pytest.raises(ActionError, match="your role, patient, may not write note"):
        write_note(ward, PATIENT, MINE, note_type="other", text="text")


def test_a_corrected_note_keeps_the_old_one(ward: Settings) -> None:
    write_note(ward, DOCTOR, MINE, note_type="progress", text="left foot")
    correct_note(
        ward, DOCTOR, newest(ward, "notes"), text="right foot", reason="wrong side"
    )
    note = newest(ward, "notes")

    assert note.values["note_text"] == "right foot"
    assert note.values["status_code"] == "corrected"
    assert note.change_reason_text == "wrong side"
    assert versions(ward, "notes") == 2


def test_only_the_author_corrects_a_note(ward: Settings) -> None:
    write_note(ward, DOCTOR, MINE, note_type="progress", text="left foot")
    note = newest(ward, "notes")
    for attempt in (
        lambda: correct_note(ward, OTHER_DOCTOR, note, text="right", reason="side"),
        lambda: correct(
            ward, OTHER_DOCTOR, note, values={"note_text": "x"}, reason="side"
        ),
        lambda: enter_in_error(ward, OTHER_DOCTOR, note, reason="wrong patient"),
    ):
        with pytest.raises(ActionError, match="only its author corrects it"):
            attempt()

    assert versions(ward, "notes") == 1


def test_a_correction_changes_something_and_says_why(ward: Settings) -> None:
    write_note(ward, DOCTOR, MINE, note_type="progress", text="left foot")
    note = newest(ward, "notes")
    for text, reason, why in (
        ("left foot", "none", "nothing would change"),
        ("", "none", "the text is missing"),
        ("right foot", " ", "needs its reason"),
    ):
        with pytest.raises(ActionError, match=why):
            correct_note(ward, DOCTOR, note, text=text, reason=reason)

    assert versions(ward, "notes") == 1


def test_what_was_read_before_a_correction_corrects_nothing(ward: Settings) -> None:
    write_note(ward, DOCTOR, MINE, note_type="progress", text="left foot")
    note = newest(ward, "notes")
    correct_note(ward, DOCTOR, note, text="right foot", reason="wrong side")
    with pytest.raises(ActionError, match="somebody changed this entry meanwhile"):
        correct_note(ward, DOCTOR, note, text="both feet", reason="both")

    assert newest(ward, "notes").values["note_text"] == "right foot"


def test_what_was_entered_in_error_is_done_with(ward: Settings) -> None:
    write_note(ward, DOCTOR, MINE, note_type="progress", text="of another patient")
    enter_in_error(ward, DOCTOR, newest(ward, "notes"), reason="another patient's")
    wrong = newest(ward, "notes")

    assert wrong.is_entered_in_error
    assert wrong.change_reason_text == "another patient's"
    with pytest.raises(ActionError, match="made in error"):
        correct_note(ward, DOCTOR, wrong, text="text", reason="reason")
    with pytest.raises(ActionError, match="made in error"):
        enter_in_error(ward, DOCTOR, wrong, reason="reason")
