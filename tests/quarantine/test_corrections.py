"""Which corrections can be made, and which may not be kept."""

import pytest

from expectations.catalogue import SUITES
from expectations.expectation import Severity
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Identifier
from pipelines.refused.deciding import DecisionError
from pipelines.refused.delivered_values import delivered_values
from pipelines.refused.mapping import Correction, Kind, correct, correctable_columns
from pipelines.refused.releasable import may_be_overruled
from pipelines.refused.selection import Selection
from pipelines.settings import Settings
from tests.quarantine.conftest import Deliver
from tests.quarantine.test_deciding import PAYMENTS, WHY, payment

WRONG = [
    ("nowhere", "code", "payments", "status_code", "POSTD", "posted", "nothing has"),
    ("", "code", "payments", "status_code", "POSTD", "done", "posted, voided"),
    ("", "code", "payments", "status_code", "posted", "posted", "the same"),
    ("", "code", "payments", "status_code", " ", "posted", "empty text"),
    ("", "code", "payments", "amount", "1", "2", "only codes and units"),
    ("", "code", "patients", "family_name", "Meyer", "Maier", "only codes and units"),
    ("", "code", "payments", "status_code", "555-12-3456", "posted", "identifier"),
    ("", "unit", "payments", "status_code", "POSTD", "posted", "a unit stands"),
    ("", "unit", "lab_results", "unit", "mmol", "my own unit", "do not know this unit"),
    ("", "code", "no_feed", "code", "a", "b", "no such feed"),
    ("", "column", "no_table", "", "a", "b", "no table of this name"),
    ("", "column", "payments", "", "kind", "no_column", "no such column"),
    ("", "column", "payments", "", "amount", "claim_id", "is read as such"),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_correction_that_cannot_be_right_is_refused(
    installation: Settings, deliver: Deliver, source: str, wrong: tuple[str, ...]
) -> None:
    named, kind, subject, column, delivered, mapped, words = wrong
    deliver("payments", PAYMENTS, payment("A"))
    made = Correction(named or source, Kind(kind), subject, column, delivered, mapped)

    with pytest.raises(DecisionError, match=words):
        correct(installation, made, "quality", "quality", WHY)


def test_no_column_that_may_name_somebody_can_be_corrected() -> None:
    offered = {feed: correctable_columns(feed) for feed in FEEDS}

    assert offered["lab_results"] == [
        *("test_code", "code_system", "unit", "laboratory_flag", "status_code"),
        "priority_code",
    ]
    assert [
        column.name
        for feed, columns in offered.items()
        for column in FEEDS[feed].columns
        if column.name in columns and column.identifier is not Identifier.NONE
    ] == []


def test_only_limits_and_orders_of_times_can_be_overruled() -> None:
    refusing = {
        suite.name_of(rule)
        for suite in SUITES.values()
        for rule in suite.expectations
        if rule.is_row_level and rule.severity is Severity.CRITICAL
    }
    overruled = {rule for rule in refusing if may_be_overruled(rule)}

    kinds = {rule.split(":")[1] for rule in overruled}
    assert kinds == {
        "expect_column_values_to_be_between",
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_values_to_not_match_regex",
    }
    assert not {rule for rule in overruled if rule.endswith((":nobody", ":identifier"))}
    assert not any(
        may_be_overruled(rule)
        for rule in ("record", "file", "record_id:missing", "amount:unreadable")
    )


def test_the_number_of_a_patient_is_no_code_whatever_slipped(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    slipped = [
        f"x,A{number},P1,payment,P1,10,2026-02-01T08:00:00Z" for number in range(3)
    ]
    sound = [payment(f"S{number}") for number in range(9)]
    deliver("payments", PAYMENTS, *sound, *slipped)

    found = delivered_values(installation, Selection(source=source))
    told = {(each.text, each.rows) for each in found if each.column == "status_code"}

    assert told == {(None, 3)}


def test_texts_show_only_where_several_patients_have_them(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    shared = [
        payment(f"A{number}", "POSTD").replace(",P1,", f",P{number},")
        for number in range(3)
    ]
    sound = [payment(f"S{number}") for number in range(9)]
    deliver("payments", PAYMENTS, *sound, *shared, payment("N", "Meyer, Ada"[:5]))

    found = delivered_values(installation, Selection(source=source))
    told = {(each.text, each.rows) for each in found if each.column == "status_code"}

    assert told == {("POSTD", 3), (None, 1)}
