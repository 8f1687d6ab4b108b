"""Laboratory: a status moves forward only; a result is replaced, never lost."""

from decimal import Decimal

import pytest

from pipelines.access.people import Person, create_person, find_person
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.laboratory_work import (
    correct_result,
    next_statuses,
    set_order_status,
    set_specimen_status,
    withdraw_result,
)
from pipelines.record.actions.ordering import order_tests
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE, NURSE, PASSWORD, PATIENT
from tests.clock import ago
from tests.versions import versions

TECHNICIAN = Person("technician", "Technician", "lab_technician")
RESULT = """
    insert into laboratory.lab_results (
        version_id, record_id, changed_by_user_id, changed_by_name, patient_key,
        test_code, code_system, test_name, value_text, value_number, unit,
        laboratory_flag, status_code, collected_at
    )
    values (
        gen_random_uuid(), 'R1', 'import', 'Import', 1, '2823-3', 'LOINC', 'Potassium',
        %s, %s, 'mmol/L', 'H', 'final', now() - interval '1 hour'
    )
"""


@pytest.fixture(scope="module")
def technician(shared_ward: Settings) -> Person:
    """Return a technician of the ward's laboratory."""
    with connect(shared_ward, Role.OWNER) as owner:
        if find_person(owner, TECHNICIAN.user_id) is None:
            create_person(owner, TECHNICIAN, PASSWORD)
    return TECHNICIAN


def only(ward: Settings, feed: str) -> Entry:
    """Return the one entry of a feed about the patient."""
    (found,) = entries(ward, TECHNICIAN, feed, [MINE])
    return found


@pytest.fixture
def order(ward: Settings, technician: Person) -> Entry:
    """Return an order that waits for its specimen."""
    assert technician
    order_tests(
        ward,
        DOCTOR,
        MINE,
        category="laboratory",
        test_codes=["2823-3"],
        priority="routine",
    )
    return only(ward, "lab_orders")


@pytest.fixture
def specimen(ward: Settings, order: Entry) -> Entry:
    """Return the order's specimen, taken an hour ago."""
    values = {
        "order_id": order.record_id,
        "specimen_type_name": "Venous blood",
        "status_code": "collected",
        "collected_at": ago(hours=1),
        "status_at": ago(hours=1),
    }
    save(ward, TECHNICIAN, [Change("record specimen", MINE, values)])
    return only(ward, "specimens")


def result(ward: Settings, text: str, number: Decimal | None) -> Entry:
    """Return a result that an import brought."""
    with connect(ward, Role.OWNER, RECORD) as owner:
        owner.execute(RESULT, (text, number))
    return only(ward, "lab_results")


def test_a_specimen_moves_forward_and_takes_its_order_along(
    ward: Settings, order: Entry, specimen: Entry
) -> None:
    set_specimen_status(ward, TECHNICIAN, specimen, status="received", order=order)

    received = only(ward, "specimens")
    assert received.values["received_at"] is not None
    assert received.values["collected_at"] == specimen.values["collected_at"]
    assert only(ward, "lab_orders").values["status_code"] == "received"
    for back in ("ordered", "collected", "received", "lost"):
        with pytest.raises(ActionError, match="only moves forward"):
            set_specimen_status(ward, TECHNICIAN, received, status=back)
    set_specimen_status(ward, TECHNICIAN, received, status="done")
    done = only(ward, "specimens")
    assert next_statuses(done) == {}
    for status in ("done", "rejected", "ordered"):
        with pytest.raises(ActionError, match="done with"):
            set_specimen_status(ward, TECHNICIAN, done, status=status)


def test_a_done_specimen_does_not_end_its_order(
    ward: Settings, order: Entry, specimen: Entry
) -> None:
    set_specimen_status(ward, TECHNICIAN, specimen, status="done", order=order)

    assert only(ward, "lab_orders").values["status_code"] == "ordered"


def test_a_rejected_specimen_needs_its_reason_and_ends(
    ward: Settings, order: Entry, specimen: Entry
) -> None:
    with pytest.raises(ActionError, match="the reason"):
        set_specimen_status(ward, TECHNICIAN, specimen, status="rejected")

    set_specimen_status(
        ward, TECHNICIAN, specimen, status="rejected", reason="clotted", order=order
    )

    rejected = only(ward, "specimens")
    assert rejected.values["rejection_reason_name"] == "clotted"
    assert only(ward, "lab_orders").values["status_code"] == "rejected"
    with pytest.raises(ActionError, match="done with"):
        set_specimen_status(ward, TECHNICIAN, rejected, status="done")


def test_a_rejected_specimen_can_be_asked_for_again(
    ward: Settings, order: Entry, specimen: Entry
) -> None:
    set_specimen_status(ward, TECHNICIAN, specimen, status="received", order=order)
    set_specimen_status(
        ward,
        TECHNICIAN,
        only(ward, "specimens"),
        status="rejected",
        reason="haemolysed",
        order=only(ward, "lab_orders"),
        is_to_be_repeated=True,
    )

    found = entries(ward, TECHNICIAN, "specimens", [MINE])
    by_status = {each.values["status_code"]: each for each in found}
    assert by_status.keys() == {"rejected", "ordered"}
    again = by_status["ordered"].values
    assert again["order_id"] == order.record_id
    assert again["specimen_type_name"] == "Venous blood"
    assert again["collected_at"] is None
    assert only(ward, "lab_orders").values["status_code"] == "ordered"


def test_no_other_order_goes_on_with_a_specimen(
    ward: Settings, specimen: Entry
) -> None:
    order_tests(
        ward,
        DOCTOR,
        MINE,
        category="laboratory",
        test_codes=["2951-2"],
        priority="routine",
    )
    found = entries(ward, TECHNICIAN, "lab_orders", [MINE])
    other = next(
        each for each in found if each.record_id != specimen.values["order_id"]
    )

    with pytest.raises(ActionError, match="another order"):
        set_specimen_status(ward, TECHNICIAN, specimen, status="received", order=other)
    assert versions(ward, "specimens") == 1


def test_an_order_moves_forward_to_its_end(ward: Settings, order: Entry) -> None:
    set_order_status(ward, TECHNICIAN, order, status="done")

    done = only(ward, "lab_orders")
    assert done.values["completed_at"] is not None
    with pytest.raises(ActionError, match="done with"):
        set_order_status(ward, TECHNICIAN, done, status="rejected", reason="clotted")
    with pytest.raises(ActionError, match="changed this entry meanwhile"):
        set_order_status(ward, TECHNICIAN, order, status="received")


@pytest.mark.parametrize("person", [DOCTOR, NURSE, PATIENT])
def test_only_technicians_set_a_status_or_correct_a_result(
    ward: Settings, order: Entry, specimen: Entry, person: Person
) -> None:
    found = result(ward, "6.1", Decimal("6.1"))

    with pytest.raises(ActionError, match="may not"):
        set_order_status(ward, person, order, status="done")
    with pytest.raises(ActionError, match="may not"):
        set_specimen_status(ward, person, specimen, status="received")
    with pytest.raises(ActionError, match="may not"):
        correct_result(ward, person, found, value="4.1", reason="swapped")
    with pytest.raises(ActionError, match="may not"):
        withdraw_result(ward, person, found, reason="swapped")


@pytest.mark.usefixtures("technician")
@pytest.mark.parametrize(
    ("typed", "text", "number"),
    [
        ("4.1", "4.1", Decimal("4.1")),
        (" 4.10 ", "4.10", Decimal("4.10")),
        ("< 0.5", "<0.5", None),
        ("-2", "-2", Decimal(-2)),
    ],
)
def test_a_result_is_corrected_without_the_old_flag(
    ward: Settings, typed: str, text: str, number: Decimal | None
) -> None:
    found = result(ward, "6.1", Decimal("6.1"))

    correct_result(ward, TECHNICIAN, found, value=typed, reason="swapped tubes")

    corrected = only(ward, "lab_results")
    assert corrected.values["value_text"] == text
    assert corrected.values["value_number"] == number
    assert corrected.values["laboratory_flag"] is None
    assert corrected.values["status_code"] == "corrected"
    assert corrected.change_reason_text == "swapped tubes"
    assert versions(ward, "lab_results") == 2
    with pytest.raises(ActionError, match="changed this entry meanwhile"):
        correct_result(ward, TECHNICIAN, found, value="5.5", reason="again")


@pytest.mark.usefixtures("technician")
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "value is missing"),
        ("6.1", "nothing would change"),
        ("4,1", "is a number"),
        ("high", "is a number"),
        ("4.1 mmol/L", "is a number"),
        ("9" * 13, "is a number"),
        ("9" * 201, "at most 200"),
    ],
)
def test_what_is_no_value_corrects_nothing(
    ward: Settings, typed: str, why: str
) -> None:
    found = result(ward, "6.1", Decimal("6.1"))

    with pytest.raises(ActionError, match=why):
        correct_result(ward, TECHNICIAN, found, value=typed, reason="swapped")
    with pytest.raises(ActionError, match="reason is missing"):
        correct_result(ward, TECHNICIAN, found, value="4.1", reason=" ")
    assert versions(ward, "lab_results") == 1


@pytest.mark.usefixtures("technician")
def test_a_result_in_words_may_become_other_words(ward: Settings) -> None:
    found = result(ward, "no growth", None)

    correct_result(ward, TECHNICIAN, found, value="growth", reason="read again")

    assert only(ward, "lab_results").values["value_text"] == "growth"


@pytest.mark.usefixtures("technician")
def test_a_withdrawn_result_stays_readable_as_such(ward: Settings) -> None:
    found = result(ward, "6.1", Decimal("6.1"))

    withdraw_result(ward, TECHNICIAN, found, reason="another patient's")

    withdrawn = only(ward, "lab_results")
    assert withdrawn.is_entered_in_error
    assert withdrawn.values["value_text"] == "6.1"
    with pytest.raises(ActionError, match="made in error"):
        correct_result(ward, TECHNICIAN, withdrawn, value="4.1", reason="swapped")
