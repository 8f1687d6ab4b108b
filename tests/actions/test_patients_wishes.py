"""What patients write: about themselves only, once, and with effect at once."""

from dataclasses import replace

import pytest

from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.answering_requests import Approval, approve
from pipelines.record.actions.asking import (
    ask_for_appointment,
    ask_for_correction,
    ask_for_refill,
)
from pipelines.record.actions.consenting import decide, decision_of, in_force
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.naming_contacts import (
    Contact,
    add_contact,
    change_contact,
    end_contact,
)
from pipelines.record.actions.prescribing import prescribe, stop
from pipelines.record.actions.reading_entries import entries
from pipelines.settings import Settings
from tests.actions.conftest import (
    DOCTOR,
    METFORMIN,
    MINE,
    NOT_MINE,
    NURSE,
    PATIENT,
    TWICE,
    newest,
)
from tests.versions import versions

KIN = Contact("Bruno Meyer", "spouse", "emergency", "+1 555 0101", priority_number=1)
IMPOSSIBLE = {
    "no name": replace(KIN, contact_name=" "),
    "no way to reach": replace(KIN, phone=None),
    "a telephone number in words": replace(KIN, phone="ask me"),
    "no e-mail address": replace(KIN, email="at home"),
    "an unknown relation": replace(KIN, relationship_code="boss"),
    "an unknown purpose": replace(KIN, contact_role_code="sometimes"),
    "a guardian without the office": replace(KIN, contact_role_code="guardian"),
    "called before the first": replace(KIN, priority_number=0),
    "called after the twentieth": replace(KIN, priority_number=21),
}


def own(ward: Settings, feed: str) -> Entry:
    """Return what was written last about the patient, as the patient reads it."""
    found = entries(ward, PATIENT, feed, [MINE])
    return max(found, key=lambda each: each.changed_at)


def test_a_refill_is_asked_for_once_until_it_is_answered(
    ward: Settings, prescription: Entry
) -> None:
    ask_for_refill(ward, PATIENT, prescription, wish=" almost none left ")

    asked = own(ward, "medication_requests").values
    assert asked["prescription_id"] == prescription.record_id
    assert asked["requester_code"] == "patient"
    assert asked["request_text"] == "almost none left"
    with pytest.raises(ActionError, match="waits for its answer"):
        ask_for_refill(ward, PATIENT, prescription)
    assert versions(ward, "medication_requests") == 1

    request = own(ward, "medication_requests")
    approve(
        ward, DOCTOR, request, prescription=prescription, approval=Approval(refills=1)
    )
    ask_for_refill(ward, PATIENT, newest(ward, "prescriptions"))
    assert own(ward, "medication_requests").values["status_code"] == "requested"


def test_no_refill_of_a_medicine_that_was_stopped(
    ward: Settings, prescription: Entry
) -> None:
    stop(ward, DOCTOR, prescription, why="side_effect", reason="rash")

    with pytest.raises(ActionError, match="has ended"):
        ask_for_refill(ward, PATIENT, newest(ward, "prescriptions"))


def test_no_refill_of_somebody_elses_medicine(ward: Settings) -> None:
    prescribe(ward, DOCTOR, NOT_MINE, medicine=METFORMIN, dosage=TWICE)

    with pytest.raises(ActionError, match="not a patient for whom"):
        ask_for_refill(ward, PATIENT, newest(ward, "prescriptions", NOT_MINE))
    assert versions(ward, "medication_requests") == 0


def test_an_appointment_is_asked_for_with_reason_and_days(ward: Settings) -> None:
    ask_for_appointment(
        ward,
        PATIENT,
        specialty="Cardiology",
        reason="Palpitations",
        preferred_days=["Friday", "Monday"],
    )

    asked = own(ward, "appointments").values
    assert (asked["status_code"], asked["specialty_name"]) == (
        "requested",
        "Cardiology",
    )
    assert asked["reason_text"] == "Palpitations\nPreferred days: Monday, Friday"
    assert asked["starts_at"] is None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"specialty": "Astrology"}, "catalogue"),
        ({"reason": " "}, "reason is missing"),
        ({"reason": "x" * 2001}, "at most 2000"),
        ({"preferred_days": ["Someday"]}, "the day"),
    ],
)
def test_an_appointment_needs_specialty_reason_and_real_days(
    ward: Settings, changed: dict[str, object], why: str
) -> None:
    asked = {"specialty": "Cardiology", "reason": "Palpitations"} | changed

    with pytest.raises(ActionError, match=why):
        ask_for_appointment(ward, PATIENT, **asked)
    assert versions(ward, "appointments") == 0


def test_nobody_fills_the_list_with_requests(ward: Settings) -> None:
    asked = {"specialty": "Cardiology", "reason": "Palpitations"}
    for _ in range(10):
        ask_for_appointment(ward, PATIENT, **asked)

    with pytest.raises(ActionError, match="already"):
        ask_for_appointment(ward, PATIENT, **asked)


def test_a_correction_is_asked_for_by_kind_or_entry(
    ward: Settings, prescription: Entry
) -> None:
    ask_for_correction(
        ward, PATIENT, subject="prescriptions", wish="Half of it", entry=prescription
    )

    asked = own(ward, "correction_requests").values
    assert asked["subject_id"] == prescription.key
    assert asked["status_code"] == "requested"
    with pytest.raises(ActionError, match="another kind"):
        ask_for_correction(
            ward, PATIENT, subject="allergies", wish="None", entry=prescription
        )
    with pytest.raises(ActionError, match="what it is about"):
        ask_for_correction(ward, PATIENT, subject="audit", wish="Remove it")
    with pytest.raises(ActionError, match="what is wrong"):
        ask_for_correction(ward, PATIENT, subject="allergies", wish=" ")
    assert versions(ward, "correction_requests") == 1


@pytest.mark.parametrize("person", [NURSE, DOCTOR])
def test_only_patients_ask_for_corrections_and_decide(
    ward: Settings, person: Person
) -> None:
    other = replace(person, patient_key=MINE)

    with pytest.raises(ActionError, match="may not"):
        ask_for_correction(ward, other, subject="allergies", wish="wrong")
    with pytest.raises(ActionError, match="may not"):
        decide(ward, other, scope="research", decision="deny")


def test_a_contact_is_added_changed_and_ended(ward: Settings) -> None:
    add_contact(ward, PATIENT, MINE, contact=KIN)
    moved = replace(KIN, phone="+1 555 0199")
    change_contact(
        ward, PATIENT, own(ward, "contacts"), contact=moved, reason="new number"
    )
    changed = own(ward, "contacts")
    end_contact(ward, PATIENT, changed, reason="moved away")

    assert changed.values["phone"] == "+1 555 0199"
    ended = own(ward, "contacts")
    assert ended.values["ended_at"] is not None
    with pytest.raises(ActionError, match="ended already"):
        change_contact(ward, PATIENT, ended, contact=KIN, reason="back again")
    with pytest.raises(ActionError, match="changed this entry meanwhile"):
        end_contact(ward, PATIENT, changed, reason="twice")


@pytest.mark.parametrize("contact", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_a_contact_must_be_possible(ward: Settings, contact: Contact) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        add_contact(ward, PATIENT, MINE, contact=contact)
    assert versions(ward, "contacts") == 0


def test_nobody_writes_contacts_of_another_patient(ward: Settings) -> None:
    with pytest.raises(ActionError, match="not a patient for whom"):
        add_contact(ward, PATIENT, NOT_MINE, contact=KIN)
    assert versions(ward, "contacts") == 0


def restricted(ward: Settings) -> list[int]:
    """Return whose record only the care team may open."""
    with connect(ward, Role.OWNER) as owner:
        found = owner.execute(
            "select distinct patient_key from access.restrictions_in_force()"
        )
        return [key for (key,) in found]


def test_a_decision_holds_at_once_and_until_the_next(ward: Settings) -> None:
    for decision, whose in (("permit", [MINE]), ("deny", []), ("permit", [MINE])):
        decide(ward, PATIENT, scope="treating_team_only", decision=decision)

        assert decision_of(in_force(ward, PATIENT), "treating_team_only") == decision
        assert restricted(ward) == whose
    decide(ward, PATIENT, scope="treating_team_only", decision="deny")

    assert versions(ward, "consents") == 4
    kept = entries(ward, PATIENT, "consents", [MINE])
    assert {each.values["recorded_by_name"] for each in kept} == {"Patient"}
    with pytest.raises(ActionError, match="already"):
        decide(ward, PATIENT, scope="treating_team_only", decision="deny")
    for wrong in ({"scope": "everything"}, {"decision": "maybe"}):
        asked = {"scope": "research", "decision": "deny"} | wrong
        with pytest.raises(ActionError, match="none of"):
            decide(ward, PATIENT, **asked)
    assert versions(ward, "consents") == 4
