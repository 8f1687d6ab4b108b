"""Appointments and consents at the desk: no double booking, the last wish holds."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.booking import (
    book_appointment,
    mark_arrived,
    mark_missed,
)
from pipelines.record.actions.double_booking import bookings_at
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
from tests.actions.conftest import DOCTOR, MINE, NOT_MINE, NURSE
from tests.actions.desk import BILLING, REGISTRAR, newest_of
from tests.clock import ago, ahead, from_now
from tests.versions import versions


def visit(**other: Any) -> dict[str, Any]:
    """Return what is booked: in a day, if nothing else is said."""
    return {
        "practitioner_id": "D1",
        "specialty": "Nephrology",
        "starts_at": ahead(days=1),
        "minutes": 20,
        "kind": "Follow-up",
    } | other


def book(settings: Settings, **other: Any) -> Entry:
    book_appointment(settings, REGISTRAR, MINE, **visit(**other))
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
        starts_at=booked.values["starts_at"] + timedelta(days=1),
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
        {"starts_at": timedelta(minutes=-1)},
        {"starts_at": timedelta(days=800)},
        {"minutes": 0},
        {"minutes": 481},
        {"kind": " "},
        {"practitioner_id": ""},
    ],
)
def test_no_appointment_that_cannot_be(ward: Settings, other: dict[str, Any]) -> None:
    with pytest.raises(ActionError, match="nothing was saved"):
        book(ward, **from_now(other))
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
    starts = book(ward).values["starts_at"] + timedelta(minutes=later)
    if is_free:
        assert book(ward, starts_at=starts, minutes=minutes)
        return
    with pytest.raises(ActionError, match="another appointment"):
        book(ward, starts_at=starts, minutes=minutes)


def test_a_cancelled_appointment_leaves_its_time_free(ward: Settings) -> None:
    booked = book(ward)
    cancel_appointment(ward, REGISTRAR, booked, reason="Ill")
    assert book(ward, starts_at=booked.values["starts_at"])


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
        book_appointment(ward, BILLING, MINE, **visit())


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


@pytest.mark.parametrize(
    ("after", "minutes", "practitioner", "count"),
    [
        (0, 20, "D1", 1),
        (20, 20, "D1", 0),
        (19, 1, "D1", 1),
        (-20, 20, "D1", 0),
        (-20, 21, "D1", 1),
        (0, 20, "D2", 0),
    ],
)
def test_somebody_who_is_booked_at_a_time_is_known_to_be(
    ward: Settings, after: int, minutes: int, practitioner: str, count: int
) -> None:
    """Of another patient: touching times do not overlap."""
    booked = visit()
    book_appointment(ward, REGISTRAR, NOT_MINE, **booked)
    asked = {
        "practitioner_id": practitioner,
        "starts_at": booked["starts_at"] + timedelta(minutes=after),
        "minutes": minutes,
    }

    assert bookings_at(ward, REGISTRAR, **asked) == count
    assert bookings_at(ward, DOCTOR, **asked) == count


def test_what_was_cancelled_or_is_moved_itself_does_not_count(ward: Settings) -> None:
    booked = book(ward)
    asked = {
        "practitioner_id": "D1",
        "starts_at": booked.values["starts_at"],
        "minutes": 20,
    }

    assert bookings_at(ward, REGISTRAR, **asked, besides=booked.record_id) == 0
    cancel_appointment(ward, REGISTRAR, booked, reason="Ill")
    assert bookings_at(ward, REGISTRAR, **asked) == 0
    with pytest.raises(ActionError, match="cannot be read"):
        bookings_at(ward, BILLING, **asked)


def in_force(settings: Settings) -> set[tuple[str, str | None, str]]:
    with connect(settings, Role.OWNER) as owner:
        return set(
            owner.execute(
                "select scope_code, recipient_name, decision_code "
                "from access.consents_in_force() where patient_key = %s",
                (MINE,),
            ).fetchall()
        )


@pytest.fixture
def undecided(ward: Settings) -> Settings:
    """Return the ward, with nothing in the rules of access either."""
    with connect(ward, Role.OWNER) as owner:
        owner.execute("delete from access.consent")
    return ward


def test_what_the_desk_takes_down_holds_at_once(undecided: Settings) -> None:
    def take(scope: str, decision: str, recipient: str = "") -> None:
        take_consent(
            undecided, REGISTRAR, MINE, scope=scope, decision=decision,
            recipient=recipient,
        )  # fmt: skip

    take("treating_team_only", "permit")
    take("sharing", "permit", "Example Hospital")
    restricted = "select patient_key from access.restrictions_in_force()"
    with connect(undecided, Role.OWNER) as owner:
        assert owner.execute(restricted).fetchall() == [(MINE,)]
    assert in_force(undecided) == {
        ("treating_team_only", None, "permit"),
        ("sharing", "Example Hospital", "permit"),
    }
    take("treating_team_only", "deny")
    assert ("treating_team_only", None, "deny") in in_force(undecided)
    with connect(undecided, Role.OWNER) as owner:
        assert owner.execute(restricted).fetchall() == []


def test_what_the_desk_withdraws_ends_at_once_also_as_delivered(
    undecided: Settings,
) -> None:
    take_consent(undecided, REGISTRAR, MINE, scope="sharing", decision="permit")
    taken = newest_of(undecided, REGISTRAR, "consents", MINE)
    with connect(undecided, Role.OWNER) as owner:
        owner.execute(
            "insert into access.consent (patient_key, scope_code, decision_code, "
            "recorded_by, source_system, record_id, valid_from) values "
            "(1, 'sharing', 'permit', 'delivered', 'operational', 'x', "
            "now() - interval '1 hour')"
        )
    withdraw_consent(undecided, REGISTRAR, taken, reason="Changed my mind")

    assert in_force(undecided) == set()


@pytest.mark.parametrize("role", [Role.PATIENT, Role.DOCTOR, Role.BILLING])
def test_nobody_but_the_desk_takes_consents_down(ward: Settings, role: Role) -> None:
    with connect(ward, role) as connection:
        for statement in (
            "select access.take_consent(1, 'research', null, 'permit')",
            "select access.withdraw_consent(1, 'research', null)",
            "select access.end_consents(1, 'research', null, true)",
        ):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                connection.transaction(),
            ):
                connection.execute(statement)
