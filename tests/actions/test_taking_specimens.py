"""A specimen is recorded for an order that waits for it, with all that a tube needs."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pipelines.access.people import Person
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.laboratory_work import set_order_status
from pipelines.record.actions.ordering import order_tests
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.taking_specimens import LONGEST_NUMBER, record_specimen
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE
from tests.actions.test_laboratory_work import TECHNICIAN, only, order, technician
from tests.clock import ago, from_now

__all__ = ["order", "technician"]  # fixtures


def taken(**other: Any) -> dict[str, Any]:
    """Return what the form of a specimen asks for."""
    return {
        "material": "Serum",
        "accession_number": " A-26-7 ",
        "collected_at": ago(minutes=10),
    } | other


def test_a_specimen_is_recorded_and_its_order_goes_on(
    ward: Settings, order: Entry
) -> None:
    at: datetime = ago(minutes=10)
    record_specimen(ward, TECHNICIAN, order, **taken(collected_at=at))

    specimen = only(ward, "specimens").values
    assert specimen["order_id"] == order.record_id
    assert specimen["accession_number"] == "A-26-7"
    assert specimen["specimen_type_name"] == "Serum"
    assert (specimen["status_code"], specimen["collected_at"]) == ("collected", at)
    assert only(ward, "lab_orders").values["status_code"] == "collected"


def test_a_second_specimen_leaves_an_order_that_is_further_where_it_is(
    ward: Settings, order: Entry
) -> None:
    set_order_status(ward, TECHNICIAN, order, status="in_progress")
    record_specimen(ward, TECHNICIAN, only(ward, "lab_orders"), **taken())

    assert only(ward, "lab_orders").values["status_code"] == "in_progress"
    assert only(ward, "specimens").values["status_code"] == "collected"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"material": "Tea"}, "the material is none of"),
        ({"accession_number": "  "}, "the number on the tube is missing"),
        ({"accession_number": "1" * (LONGEST_NUMBER + 1)}, "at most 40 signs"),
        ({"collected_at": timedelta(hours=1)}, "is still to come"),
    ],
)
def test_a_tube_that_cannot_be_is_refused(
    ward: Settings, order: Entry, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(ActionError, match=why):
        record_specimen(ward, TECHNICIAN, order, **taken(**from_now(wrong)))

    assert entries(ward, TECHNICIAN, "specimens", [MINE]) == []


def test_an_order_that_is_done_with_gets_no_specimen(
    ward: Settings, order: Entry
) -> None:
    set_order_status(ward, TECHNICIAN, order, status="done")

    with pytest.raises(ActionError, match="done with"):
        record_specimen(ward, TECHNICIAN, only(ward, "lab_orders"), **taken())


def test_an_order_of_imaging_gets_no_specimen(
    ward: Settings, technician: Person
) -> None:
    order_tests(
        ward,
        DOCTOR,
        MINE,
        category="imaging",
        test_codes=["399208008"],
        priority="routine",
        question="pneumonia?",
    )

    with pytest.raises(ActionError, match="imaging"):
        record_specimen(ward, technician, only(ward, "lab_orders"), **taken())
