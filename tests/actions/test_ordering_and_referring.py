"""Orders, referrals, appointments: complete, in their states, one's own to cancel."""

from datetime import timedelta

import pytest

from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.following_up import (
    book_follow_up,
    cancel_appointment,
    move_appointment,
)
from pipelines.record.actions.ordering import cancel_order, is_open, order_tests
from pipelines.record.actions.referring import cancel_referral, refer
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from tests.actions.conftest import (
    DOCTOR,
    MINE,
    NURSE,
    OTHER_DOCTOR,
    PATIENT,
    newest,
    written,
)
from tests.clock import ago, ahead, from_now
from tests.versions import versions

BASIC, BLOOD_COUNT, CHEST = "51990-0", "58410-2", "399208008"
BLOOD = {"category": "laboratory", "test_codes": [BASIC], "priority": "routine"}
IMAGE = {
    "category": "imaging",
    "test_codes": [CHEST],
    "priority": "urgent",
    "question": "pneumonia?",
}
TO_NEPHROLOGY = {
    "specialty": "Nephrology",
    "priority": "urgent",
    "question": "eGFR fell to 28",
}
FOLLOW_UP = {"minutes": 20, "kind": "Follow-up"}


@pytest.fixture
def order(ward: Settings) -> Entry:
    """Return an order of blood tests."""
    order_tests(ward, DOCTOR, MINE, **BLOOD)
    return newest(ward, "lab_orders")


@pytest.fixture
def referral(ward: Settings) -> Entry:
    """Return a referral."""
    refer(ward, DOCTOR, MINE, **TO_NEPHROLOGY)
    return newest(ward, "referrals")


@pytest.fixture
def appointment(ward: Settings) -> Entry:
    """Return an appointment of next week."""
    book_follow_up(ward, DOCTOR, MINE, starts_at=ahead(days=7), **FOLLOW_UP)
    return newest(ward, "appointments")


def test_each_test_is_an_order_of_the_catalogue(ward: Settings) -> None:
    order_tests(ward, DOCTOR, MINE, **BLOOD | {"test_codes": [BASIC, BLOOD_COUNT]})
    orders = {
        each.values["test_code"]: each.values for each in written(ward, "lab_orders")
    }

    assert set(orders) == {BASIC, BLOOD_COUNT}
    assert orders[BASIC]["test_name"] == "Basic metabolic panel"
    assert orders[BASIC]["code_system"] == "LOINC"
    assert {each["status_code"] for each in orders.values()} == {"ordered"}
    assert {each["practitioner_id"] for each in orders.values()} == {"D1"}


def test_a_test_chosen_twice_is_ordered_once(ward: Settings) -> None:
    order_tests(ward, DOCTOR, MINE, **BLOOD | {"test_codes": [BASIC, BASIC]})

    assert versions(ward, "lab_orders") == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (BLOOD | {"test_codes": []}, "one to 30 tests"),
        (BLOOD | {"test_codes": [str(n) for n in range(31)]}, "one to 30 tests"),
        (BLOOD | {"test_codes": [BASIC, "1-8"]}, "not in the catalogue"),
        (BLOOD | {"test_codes": [CHEST]}, "not in the catalogue"),
        (BLOOD | {"priority": "soon"}, "the priority is none of"),
        (BLOOD | {"category": "genetics"}, "the kind of order is none of"),
        (BLOOD | {"due_at": timedelta(hours=-1)}, "within the next year"),
        (BLOOD | {"due_at": timedelta(days=367)}, "within the next year"),
        (IMAGE | {"question": " "}, "radiology is to answer is missing"),
    ],
)
def test_no_order_is_made_that_cannot_be(
    ward: Settings, change: dict, why: str
) -> None:
    with pytest.raises(ActionError, match=why):
        order_tests(ward, DOCTOR, MINE, **from_now(change))

    assert versions(ward, "lab_orders") == 0


def test_an_image_is_ordered_with_its_question(ward: Settings) -> None:
    order_tests(ward, DOCTOR, MINE, **IMAGE)
    order = newest(ward, "lab_orders")

    assert order.values["question_text"] == "pneumonia?"
    assert order.values["category_code"] == "imaging"


def test_a_nurse_orders_nothing(ward: Settings, order: Entry) -> None:
    with pytest.raises(ActionError, match="may not order tests"):
        order_tests(ward, NURSE, MINE, **BLOOD)
    with pytest.raises(ActionError, match="may not cancel order"):
        cancel_order(ward, NURSE, order, why="no")


def test_one_cancels_ones_own_order(ward: Settings, order: Entry) -> None:
    with pytest.raises(ActionError, match="only its author corrects it"):
        cancel_order(ward, OTHER_DOCTOR, order, why="not needed")
    cancel_order(ward, DOCTOR, order, why="not needed")
    cancelled = newest(ward, "lab_orders")

    assert cancelled.values["status_code"] == "cancelled"
    assert cancelled.change_reason_text == "not needed"
    assert not is_open(cancelled)
    with pytest.raises(ActionError, match="done or cancelled"):
        cancel_order(ward, DOCTOR, cancelled, why="again")


@pytest.mark.parametrize("status", ["collected", "received", "in_progress", "done"])
def test_an_order_under_way_is_not_cancelled(
    ward: Settings, order: Entry, status: str
) -> None:
    under_way = Entry(
        **vars(order) | {"values": order.values | {"status_code": status}}
    )
    with pytest.raises(ActionError, match="is under way"):
        cancel_order(ward, DOCTOR, under_way, why="not needed")


def test_a_referral_says_where_to_and_what_is_asked(referral: Entry) -> None:
    assert referral.values["specialty_name"] == "Nephrology"
    assert referral.values["question_text"] == "eGFR fell to 28"
    assert referral.values["status_code"] == "requested"
    assert referral.values["practitioner_id"] == "D1"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"specialty": "Astrology"}, "not in the catalogue"),
        ({"priority": "stat"}, "the priority is none of"),
        ({"question": ""}, "the question is missing"),
    ],
)
def test_no_referral_is_made_that_cannot_be(
    ward: Settings, change: dict, why: str
) -> None:
    with pytest.raises(ActionError, match=why):
        refer(ward, DOCTOR, MINE, **TO_NEPHROLOGY | change)

    assert versions(ward, "referrals") == 0


def test_one_cancels_ones_own_open_referral(ward: Settings, referral: Entry) -> None:
    with pytest.raises(ActionError, match="may not refer"):
        refer(ward, NURSE, MINE, **TO_NEPHROLOGY)
    with pytest.raises(ActionError, match="only its author corrects it"):
        cancel_referral(ward, OTHER_DOCTOR, referral, why="no")
    cancel_referral(ward, DOCTOR, referral, why="seen on the ward")
    cancelled = newest(ward, "referrals")

    assert cancelled.values["status_code"] == "cancelled"
    assert cancelled.values["completed_at"] >= cancelled.values["requested_at"]
    with pytest.raises(ActionError, match="done with already"):
        cancel_referral(ward, DOCTOR, cancelled, why="again")


def test_a_follow_up_is_booked_with_oneself(appointment: Entry) -> None:
    values = appointment.values

    assert values["status_code"] == "booked"
    assert values["practitioner_id"] == "D1"
    assert values["ends_at"] - values["starts_at"] == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"starts_at": timedelta(minutes=-1)}, "in the future"),
        ({"starts_at": timedelta(days=733)}, "within two years"),
        ({"minutes": 0}, "1 to 480 minutes"),
        ({"minutes": 481}, "1 to 480 minutes"),
        ({"kind": " "}, "the kind is missing"),
    ],
)
def test_no_appointment_is_booked_that_cannot_be(
    ward: Settings, change: dict, why: str
) -> None:
    with pytest.raises(ActionError, match=why):
        book_follow_up(
            ward,
            DOCTOR,
            MINE,
            **{"starts_at": ahead(days=7)} | FOLLOW_UP | from_now(change),
        )

    assert versions(ward, "appointments") == 0


def test_what_a_patient_asks_for_gets_a_time(ward: Settings) -> None:
    asked = {
        "appointment_type_name": "Visit",
        "status_code": "requested",
        "requested_at": ago(minutes=5),
    }
    save(ward, PATIENT, [Change("request appointment", MINE, asked)])
    at = ahead(days=3)
    move_appointment(
        ward,
        DOCTOR,
        newest(ward, "appointments"),
        starts_at=at,
        minutes=30,
        reason="asked for",
    )
    booked = newest(ward, "appointments")

    assert booked.values["status_code"] == "booked"
    assert booked.values["starts_at"] == at


def test_what_is_over_is_neither_moved_nor_cancelled(
    ward: Settings, appointment: Entry
) -> None:
    cancel_appointment(ward, OTHER_DOCTOR, appointment, reason="ill")
    cancelled = newest(ward, "appointments")

    assert cancelled.values["status_code"] == "cancelled"
    for attempt in (
        lambda: cancel_appointment(ward, DOCTOR, cancelled, reason="again"),
        lambda: move_appointment(
            ward, DOCTOR, cancelled, starts_at=ahead(days=1), minutes=5, reason="again"
        ),
    ):
        with pytest.raises(ActionError, match="over or cancelled already"):
            attempt()
    with pytest.raises(ActionError, match="somebody changed"):
        cancel_appointment(ward, DOCTOR, appointment, reason="ill")


def test_a_nurse_books_nothing(ward: Settings, appointment: Entry) -> None:
    with pytest.raises(ActionError, match="may not request appointment"):
        book_follow_up(ward, NURSE, MINE, starts_at=ahead(days=7), **FOLLOW_UP)
    with pytest.raises(ActionError, match="may not change appointment"):
        cancel_appointment(ward, NURSE, appointment, reason="no")
