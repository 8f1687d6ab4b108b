"""Entries of the record: who may write which, how they are corrected, what is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from psycopg.errors import InsufficientPrivilege, RaiseException

from pipelines.access.encryption import load_keyring
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.correcting import correct, enter_in_error
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.reading_entries import entries, entry_of, pending
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from tests.clock import from_now
from tests.record.conftest import DOCTOR, NURSE, OTHER_DOCTOR, PATIENT

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DIABETES = {
    "condition_code": "E11.9",
    "code_system": "ICD-10-CM",
    "condition_name": "Type 2 diabetes mellitus",
    "clinical_status_code": "active",
    "started_at": NOW - timedelta(days=3),
    "recorded_at": NOW,
}
PULSE = {
    "observation_code": "8867-4",
    "code_system": "LOINC",
    "observation_name": "Heart rate",
    "value_text": "72",
    "unit": "/min",
    "measured_at": NOW,
}
LAST_EVENTS = "select action, result from audit.event order by event_id desc limit %s"

TOLD_LAST = """
    select user_id, action, subject, patient_keys, result
    from audit.event order by event_id desc limit %s
"""


def last_events(settings: Settings, how_many: int) -> list[tuple[str, str]]:
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(LAST_EVENTS, (how_many,)).fetchall()[::-1]


def told_last(settings: Settings, how_many: int) -> list[tuple]:
    """Return who did what to whom, and how it ended, of the last events."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(TOLD_LAST, (how_many,)).fetchall()[::-1]


def diagnosed(settings: Settings, by: Person = DOCTOR, patient_key: int = 1) -> Entry:
    """Save a diagnosis and return it as it stands."""
    save(settings, by, [Change("record diagnosis", patient_key, DIABETES)])
    return entries(settings, by, "conditions", [patient_key])[-1]


def pulse_taken(settings: Settings, by: Person = NURSE) -> Entry:
    save(settings, by, [Change("record vital signs", 1, PULSE)])
    return entries(settings, by, "vital_signs", [1])[-1]


def test_what_was_saved_is_there_in_its_authors_name(ward: Settings) -> None:
    entry = diagnosed(ward)

    assert entry.values["condition_code"] == "E11.9"
    assert entry.values["started_at"] == NOW - timedelta(days=3)
    assert (entry.changed_by_user_id, entry.changed_by_role_code) == (
        "doctor",
        "doctor",
    )
    assert entry.key == f"operational:{entry.record_id}"
    assert entry.is_pending


def test_intent_and_outcome_are_in_the_audit(ward: Settings) -> None:
    save(ward, DOCTOR, [Change("record diagnosis", 1, DIABETES)])

    assert last_events(ward, 2) == [
        ("record diagnosis", "intended"),
        ("record diagnosis", "ok"),
    ]


def test_reading_entries_is_audited(ward: Settings) -> None:
    diagnosed(ward)

    assert last_events(ward, 1) == [("read", "ok")]


def test_a_correction_keeps_what_it_does_not_name_and_the_version_before(
    ward: Settings,
) -> None:
    seen = diagnosed(ward)

    save(
        ward,
        OTHER_DOCTOR,
        [
            Change(
                "correct diagnosis",
                1,
                {"clinical_status_code": "resolved"},
                seen,
                "was over",
            )
        ],
    )

    (now,) = entries(ward, DOCTOR, "conditions", [1])
    assert now.record_id == seen.record_id
    assert now.values["clinical_status_code"] == "resolved"
    assert now.values["condition_code"] == "E11.9"
    assert (now.changed_by_name, now.change_reason_text) == ("Dr. Two", "was over")
    with connect(ward, Role.OWNER, RECORD) as owner:
        kept = owner.execute(
            "select clinical_status_code from history.conditions order by changed_at"
        ).fetchall()
    assert kept == [("active",), ("resolved",)]


def test_an_entry_made_in_error_stays_and_says_so(ward: Settings) -> None:
    seen = diagnosed(ward)

    change = Change(
        "correct diagnosis", 1, {}, seen, "wrong patient", is_entered_in_error=True
    )
    save(ward, DOCTOR, [change])

    (now,) = entries(ward, DOCTOR, "conditions", [1])
    assert now.is_entered_in_error
    assert now.values["condition_code"] == "E11.9"


def test_two_people_cannot_both_correct_what_both_saw(ward: Settings) -> None:
    seen = diagnosed(ward)
    change = Change(
        "correct diagnosis", 1, {"clinical_status_code": "resolved"}, seen, "over"
    )
    save(ward, DOCTOR, [change])

    with pytest.raises(ActionError, match="changed this entry meanwhile"):
        save(ward, OTHER_DOCTOR, [change])

    assert len(entries(ward, DOCTOR, "conditions", [1])) == 1
    assert last_events(ward, 3)[:2] == [
        ("correct diagnosis", "intended"),
        ("correct diagnosis", "error"),
    ]


def test_a_correction_needs_its_reason(ward: Settings) -> None:
    seen = diagnosed(ward)

    with pytest.raises(ActionError, match="needs its reason"):
        save(ward, DOCTOR, [Change("correct diagnosis", 1, {}, seen, "  ")])


def test_only_the_author_corrects_what_is_ones_own(ward: Settings) -> None:
    seen = pulse_taken(ward, NURSE)
    values = {"value_text": "74"}

    with pytest.raises(ActionError, match="somebody else's"):
        save(ward, DOCTOR, [Change("correct vital signs", 1, values, seen, "typed")])
    save(ward, NURSE, [Change("correct vital signs", 1, values, seen, "typed")])

    (now,) = entries(ward, NURSE, "vital_signs", [1])
    assert now.values["value_text"] == "74"


def test_the_database_itself_keeps_others_from_correcting_what_is_ones_own(
    ward: Settings,
) -> None:
    seen = pulse_taken(ward, NURSE)
    forged = Entry(**{**vars(seen), "changed_by_user_id": "doctor"})

    with pytest.raises(ActionError, match="not a patient for whom you may do this"):
        save(ward, DOCTOR, [Change("correct vital signs", 1, {}, forged, "typed")])


@pytest.mark.parametrize(
    ("person", "action", "patient_key", "refusal"),
    [
        (NURSE, "record diagnosis", 1, "may not record diagnosis"),
        (PATIENT, "record vital signs", 1, "may not record vital signs"),
        (NURSE, "record vital signs", 2, "not a patient for whom you may do this"),
    ],
    ids=["other role", "patient", "not assigned"],
)
def test_what_one_may_not_do_is_refused_and_audited(
    ward: Settings, person: Person, action: str, patient_key: int, refusal: str
) -> None:
    values = DIABETES if action == "record diagnosis" else PULSE

    with pytest.raises(ActionError, match=refusal):
        save(ward, person, [Change(action, patient_key, values)])

    assert last_events(ward, 1) == [(action, "denied")]
    assert entries(ward, DOCTOR, "vital_signs", [1, 2]) == []


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"condition_code": None}, "condition_code is empty"),
        ({"started_at": timedelta(days=500)}, "started_at is not possible"),
        ({"sequence_number": "first"}, "sequence_number cannot be read"),
        ({"colour": "blue"}, "no column colour"),
        ({"started_at": NOW.replace(tzinfo=None)}, "started_at has no time zone"),
    ],
    ids=["required", "counted only", "type", "unknown column", "zone"],
)
def test_what_a_suite_would_refuse_or_count_is_refused_in_words(
    ward: Settings, values: dict[str, object], what: str
) -> None:
    with pytest.raises(ActionError, match=what):
        save(ward, DOCTOR, [Change("record diagnosis", 1, DIABETES | from_now(values))])

    assert entries(ward, DOCTOR, "conditions", [1]) == []


def test_several_changes_are_saved_together_or_not_at_all(ward: Settings) -> None:
    changes = [
        Change("record vital signs", 1, PULSE),
        Change("record vital signs", 2, PULSE),
    ]

    with pytest.raises(ActionError, match="not a patient"):
        save(ward, NURSE, changes)

    assert entries(ward, DOCTOR, "vital_signs", [1, 2]) == []
    save(ward, DOCTOR, changes)
    assert len(entries(ward, DOCTOR, "vital_signs", [1, 2])) == 2


@pytest.mark.parametrize(
    ("action", "is_seen"),
    [("correct diagnosis", False), ("record diagnosis", True), ("see notes", False)],
)
def test_an_action_writes_only_what_it_is_about(
    ward: Settings,
    action: str,
    is_seen: bool,  # noqa: FBT001 - a parameter of the cases
) -> None:
    seen = diagnosed(ward) if is_seen else None

    with pytest.raises(ActionError, match="does not write that"):
        save(ward, DOCTOR, [Change(action, 1, DIABETES, seen, "why")])


def test_a_correction_moves_no_entry_to_another_patient(ward: Settings) -> None:
    seen = diagnosed(ward)

    with pytest.raises(ActionError, match="does not write that"):
        save(ward, DOCTOR, [Change("correct diagnosis", 2, {}, seen, "why")])


def test_one_entry_is_found_again_only_for_its_patient(ward: Settings) -> None:
    entry = diagnosed(ward)

    assert entry_of(ward, DOCTOR, "conditions", 1, entry.record_id) == entry
    assert entry_of(ward, DOCTOR, "conditions", 2, entry.record_id) is None


def test_a_nurse_reads_of_her_patients_only(ward: Settings) -> None:
    save(ward, DOCTOR, [Change("record vital signs", 1, PULSE)])
    save(ward, DOCTOR, [Change("record vital signs", 2, PULSE)])

    seen = entries(ward, NURSE, "vital_signs", [1, 2])
    assert [each.patient_key for each in seen] == [1]
    with pytest.raises(ActionError, match="may not read"):
        entries(ward, PATIENT, "notes", [1])


def test_a_read_that_is_refused_is_audited_with_whom_it_was_about(
    ward: Settings,
) -> None:
    save(ward, DOCTOR, [Change("record vital signs", 1, PULSE)])
    entries(ward, NURSE, "vital_signs", [1, 2])
    with pytest.raises(ActionError, match="may not read"):
        entries(ward, PATIENT, "notes", [1])
    pending(ward, NURSE, ["vital_signs"], [2])  # the page beside it tells

    assert told_last(ward, 3) == [
        ("nurse", "read", "record vital_signs", [2], "denied"),
        ("nurse", "read", "record vital_signs", [1], "ok"),
        ("patient", "read", "record notes", [1], "denied"),
    ]


@pytest.mark.parametrize("way", ["saved", "corrected", "in error"])
def test_who_tries_to_correct_what_is_somebody_elses_is_in_the_audit(
    ward: Settings, way: str
) -> None:
    save(ward, DOCTOR, [Change("record vital signs", 1, PULSE)])
    (seen,) = entries(ward, NURSE, "vital_signs", [1])
    change = Change("correct vital signs", 1, {"value_text": "90"}, seen, "mistyped")

    value, why = {"value_text": "90"}, {"reason": "mistyped"}
    tries = {
        "saved": lambda: save(ward, NURSE, [change]),
        "corrected": lambda: correct(ward, NURSE, seen, values=value, **why),
        "in error": lambda: enter_in_error(ward, NURSE, seen, **why),
    }
    with pytest.raises(ActionError, match="somebody else's"):
        tries[way]()

    assert told_last(ward, 1) == [
        ("nurse", "correct vital signs", "vital_signs", [1], "denied")
    ]


def test_names_are_sealed_in_the_record_and_open_only_in_their_place(
    ward: Settings,
) -> None:
    patient = Change("add contact", 1, {
        "contact_name": "Quillfeather Zebedee", "relationship_code": "spouse",
        "contact_role_code": "emergency",
    })  # fmt: skip
    save(ward, PATIENT, [patient])

    with connect(ward, Role.OWNER, RECORD) as owner:
        version_id, stored = owner.execute(
            "select version_id, contact_name from people.contacts"
        ).fetchone()
    assert "Quillfeather" not in stored
    keyring = load_keyring(ward.keys_folder)
    place = f"record.people.contacts|contact_name|{version_id}"
    assert keyring.decrypt(stored, place) == "Quillfeather Zebedee"
    (seen,) = pending(ward, PATIENT, ["contacts"], [1])
    assert seen.values["contact_name"] == "Quillfeather Zebedee"


@pytest.mark.parametrize(
    "change",
    [
        "update history.conditions set condition_code = 'x'",
        "delete from history.conditions",
        "truncate history.conditions",
    ],
)
def test_nothing_is_changed_or_removed_even_by_the_owner(
    ward: Settings, change: str
) -> None:
    diagnosed(ward)

    with (
        connect(ward, Role.OWNER, RECORD) as owner,
        pytest.raises(RaiseException, match="only grows"),
    ):
        owner.execute(change)
    for role in (Role.DOCTOR, Role.EXTRACTOR):
        with (
            connect(ward, role, RECORD) as connection,
            pytest.raises(InsufficientPrivilege),
        ):
            connection.execute(change)
