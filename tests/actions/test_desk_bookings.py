"""Appointments and consents at the desk: no double booking, the last wish holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipelines.record.actions.booking import (
    book_appointment,
    mark_arrived,
    mark_missed,
)
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.following_up import cancel_appointment, move_appointment
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save
from pipelines.record.actions.taking_consents import (
    is_held,
    take_consent,
    withdraw_consent,
)
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE, NURSE, ago, ahead, versions
from tests.actions.desk import BILLING, REGISTRAR, newest_of

TOMORROW = datetime.now(UTC) + timedelta(days=1)
VISIT = {
    "practitioner_id": "D1",
    "specialty": "Nephrology",
    "starts_at": TOMORROW,
    "minutes": 20,
    "kind": "Follow-up",
}


def book(settings: Settings, **other: Any) -> Entry:
    book_appointment(settings, REGISTRAR, MINE, **VISIT | other)
    return newest_of(settings, REGISTRAR, "appointments", MINE)


def test_an_appointment_is_booked_with_anybody_moved_and_cancelled(
    ward: Settings,
) -> None:
    booked = book(ward, reason="Control")
    assert booked.values["practitioner_id"] == "D1"
    assert booked.values["reason_text"] == "Control"
    move_appointment(
        ward,
        REGISTRAR,
        booked,
        starts_at=TOMORROW + timedelta(days=1),
        minutes=30,
        reason="Asked for",
    )
    moved = newest_of(ward, REGISTRAR, "appointments", MINE)
    cancel_appointment(ward, REGISTRAR, moved, reason="Ill")
    cancelled = newest_of(ward, REGISTRAR, "appointments", MINE)
    assert cancelled.values["status_code"] == "cancelled"
    with pytest.raises(ActionError, match="only a booked appointment"):
        mark_arrived(ward, REGISTRAR, cancelled)


@pytest.mark.parametrize(
    "other",
    [
        {"starts_at": ago(minutes=1)},
        {"starts_at": ahead(days=800)},
        {"minutes": 0},
        {"minutes": 481},
        {"kind": " "},
        {"practitioner_id": ""},
    ],
)
def test_no_appointment_that_cannot_be(ward: Settings, other: dict[str, Any]) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        book(ward, **other)
    assert versions(ward, "appointments") == 0


@pytest.mark.parametrize(
    ("later", "minutes", "is_free"),
    [
        (0, 20, False),
        (19, 20, False),
        (20, 20, True),
        (-20, 20, True),
        (-20, 21, False),
    ],
)
def test_a_patient_is_at_one_place_at_a_time(
    ward: Settings, later: int, minutes: int, *, is_free: bool
) -> None:
    book(ward)
    starts = TOMORROW + timedelta(minutes=later)
    if is_free:
        assert book(ward, starts_at=starts, minutes=minutes)
        return
    with pytest.raises(ActionError, match="another appointment"):
        book(ward, starts_at=starts, minutes=minutes)


def test_a_cancelled_appointment_leaves_its_time_free(ward: Settings) -> None:
    cancel_appointment(ward, REGISTRAR, book(ward), reason="Ill")
    assert book(ward)


def test_who_has_come_has_not_missed_it(ward: Settings) -> None:
    booked = book(ward)
    with pytest.raises(ActionError, match="not over yet"):
        mark_missed(ward, REGISTRAR, booked)
    mark_arrived(ward, REGISTRAR, booked)
    arrived = newest_of(ward, REGISTRAR, "appointments", MINE)
    assert arrived.values["status_code"] == "arrived"
    with pytest.raises(ActionError, match="only a booked appointment"):
        mark_missed(ward, REGISTRAR, arrived)


def test_an_appointment_that_is_over_was_missed(ward: Settings) -> None:
    values = {
        "status_code": "booked",
        "starts_at": ago(hours=2),
        "ends_at": ago(hours=1),
    }
    save(ward, REGISTRAR, [Change("request appointment", MINE, values)])
    mark_missed(ward, REGISTRAR, newest_of(ward, REGISTRAR, "appointments", MINE))
    missed = newest_of(ward, REGISTRAR, "appointments", MINE)
    assert missed.values["status_code"] == "noshow"


def test_billing_books_nothing(ward: Settings) -> None:
    with pytest.raises(ActionError, match="your role, billing"):
        book_appointment(ward, BILLING, MINE, **VISIT)


def test_a_new_wish_ends_the_one_before_it(ward: Settings) -> None:
    take_consent(ward, REGISTRAR, MINE, scope="research", decision="permit")
    take_consent(ward, REGISTRAR, MINE, scope="sharing", decision="permit")
    take_consent(ward, REGISTRAR, MINE, scope="research", decision="deny")
    held = [
        (each.values["scope_code"], each.values["decision_code"])
        for each in entries(ward, REGISTRAR, "consents", [MINE])
        if is_held(each)
    ]
    assert sorted(held) == [("research", "deny"), ("sharing", "permit")]
    newest = newest_of(ward, REGISTRAR, "consents", MINE)
    assert newest.values["recorded_by_name"] == "Registrar"


def test_passing_on_is_decided_by_recipient(ward: Settings) -> None:
    for recipient in ("", "Registry"):
        take_consent(
            ward,
            REGISTRAR,
            MINE,
            scope="sharing",
            decision="permit",
            recipient=recipient,
        )
    with pytest.raises(ActionError, match="holds already"):
        take_consent(
            ward,
            REGISTRAR,
            MINE,
            scope="sharing",
            decision="permit",
            recipient="Registry",
        )
    take_consent(
        ward, REGISTRAR, MINE, scope="sharing", decision="deny", recipient="Registry"
    )
    held = {
        each.values["recipient_name"]: each.values["decision_code"]
        for each in entries(ward, REGISTRAR, "consents", [MINE])
        if is_held(each)
    }
    assert held == {None: "permit", "Registry": "deny"}


@pytest.mark.parametrize(
    "wish",
    [
        {"scope": "everything", "decision": "permit"},
        {"scope": "research", "decision": "perhaps"},
        {"scope": "research", "decision": "permit", "recipient": "Registry"},
    ],
)
def test_no_wish_that_nobody_could_follow(ward: Settings, wish: dict[str, str]) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        take_consent(ward, REGISTRAR, MINE, **wish)
    assert versions(ward, "consents") == 0


def test_a_wish_is_withdrawn_once_and_with_a_reason(ward: Settings) -> None:
    take_consent(ward, REGISTRAR, MINE, scope="research", decision="permit")
    seen = newest_of(ward, REGISTRAR, "consents", MINE)
    with pytest.raises(ActionError, match="reason"):
        withdraw_consent(ward, REGISTRAR, seen, reason="")
    withdraw_consent(ward, REGISTRAR, seen, reason="Letter")
    ended = newest_of(ward, REGISTRAR, "consents", MINE)
    with pytest.raises(ActionError, match="ended already"):
        withdraw_consent(ward, REGISTRAR, ended, reason="Letter")


@pytest.mark.parametrize("person", [DOCTOR, NURSE])
def test_the_ward_takes_no_wishes_down(ward: Settings, person: Any) -> None:
    with pytest.raises(ActionError, match="may not decide consent"):
        take_consent(ward, person, MINE, scope="research", decision="permit")
