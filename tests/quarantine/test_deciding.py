"""Replay, release, discard, close: what lands, what waits, and what is kept of it."""

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.refused.deciding import Action, DecisionError, Order, Outcome, decide
from pipelines.refused.mapping import Correction, Kind, correct
from pipelines.refused.selection import Selection
from pipelines.settings import Settings
from pipelines.write_back import is_release_waiting
from tests.landing.state import versions
from tests.quarantine.conftest import Deliver
from tests.quarantine.state import states, unreconciled

WHY = "agreed with the laboratory"
PAYMENTS = (
    "record_id,source_patient_id,claim_id,payment_type_code,status_code,amount,paid_at"
)
RESULTS = (
    "record_id,source_patient_id,test_code,code_system,value_text,value_number,unit,"
    "collected_at"
)


def payment(record: str, status: str = "posted", year: str = "2026") -> str:
    return f"{record},P1,C1,payment,{status},10,{year}-02-01T08:00:00Z"


def result(record: str, at: str = "2026-02-01T08:00:00Z", code: str = "2823-3") -> str:
    return f"{record},P1,{code},LOINC,4.1,4.1,mmol/L,{at}"


def decided(settings: Settings, action: str, **chosen: object) -> Outcome:
    order = Order.by(Action(action), "quality", "quality", WHY)
    return decide(settings, order, Selection(**chosen))


def corrected(
    settings: Settings, source: str, delivered: str, mapped: str | None
) -> None:
    correction = Correction(
        source, Kind.CODE, "payments", "status_code", delivered, mapped
    )
    correct(settings, correction, "quality", "quality", WHY)


def asked(settings: Settings, statement: str, *values: object) -> list[tuple]:
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(statement, values).fetchall()


def test_a_corrected_code_lands_as_if_it_had_come_clean(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    deliver("payments", PAYMENTS, payment("A"), payment("B", "POSTD"))
    corrected(installation, source, "POSTD", "posted")

    outcome = decided(installation, "replay", source=source)

    assert outcome == Outcome(1, released=1)
    assert states(installation, source) == {"released": 1}
    assert unreconciled(installation) == []
    before = versions(installation, source)
    deliver("payments", PAYMENTS, payment("B", "posted"))
    assert versions(installation, source) == before  # the very same version


def test_what_lands_keeps_line_and_receipt_and_names_its_file(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    deliver("payments", PAYMENTS, payment("A"), payment("B", "POSTD"))
    corrected(installation, source, "POSTD", "posted")
    decided(installation, "replay", source=source)

    rows = asked(
        installation,
        "select line_number, known_from, delivery_file.archive_address, "
        "coalesce(replayed_file_id, file_id), is_replay "
        "from raw.payments inner join raw.delivery_file using (file_id) "
        "inner join raw.delivery on raw.delivery.delivery_id = payments.delivery_id "
        "where payments.source_system = %s order by line_number",
        source,
    )
    assert [row[0] for row in rows] == [2, 3]
    assert rows[0][1:4] == rows[1][1:4]
    assert [row[4] for row in rows] == [False, True]


def test_later_deliveries_are_read_with_the_correction_until_it_is_taken_back(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    deliver("payments", PAYMENTS, payment("A"))
    corrected(installation, source, "POSTD", "posted")
    landed = deliver("payments", PAYMENTS, payment("B", "POSTD"))
    corrected(installation, source, "POSTD", None)
    refused = deliver("payments", PAYMENTS, payment("C", "POSTD"))

    assert landed.feeds["payments"].landed == 1
    assert refused.feeds["payments"].refused == 1
    with pytest.raises(DecisionError, match="no such correction"):
        corrected(installation, source, "POSTD", None)


def test_what_still_breaks_a_rule_waits_with_its_reason_of_now(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    deliver("payments", PAYMENTS, payment("A"), payment("B", "POSTD", "2999"))
    corrected(installation, source, "POSTD", "posted")

    outcome = decided(installation, "replay", source=source)

    assert outcome == Outcome(1, waiting=1)
    found = asked(
        installation,
        "select rules from quarantine.row where source_system = %s",
        source,
    )
    assert found == [("payments:expect_column_values_to_be_between:paid_at",)]
    deliveries = "select count(*) from raw.delivery where source_system = %s"
    assert asked(installation, deliveries, source) == [(1,)]
    assert unreconciled(installation) == []


def test_a_row_is_released_in_spite_of_a_limit_and_never_without_a_key(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    deliver(
        "lab_results",
        RESULTS,
        result("A"),
        result("B", at="2999-01-01T08:00:00Z"),
        result("C", code=""),
        result("D", at="yesterday"),
    )

    outcome = decided(installation, "release", source=source)

    assert outcome == Outcome(3, released=1, waiting=2)
    landed = "select record_id from raw.lab_results where source_system = %s order by 1"
    assert asked(installation, landed, source) == [("A",), ("B",)]
    assert states(installation, source) == {"released": 1, "waiting": 2}
    assert unreconciled(installation) == []


def test_a_released_row_marks_its_patient_for_the_next_build(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    deliver("lab_results", RESULTS, result("B", at="2999-01-01T08:00:00Z"))
    touched = (
        "select count(*) from raw.touched_patients inner join raw.delivery "
        "using (delivery_id) where source_system = %s"
    )
    assert asked(installation, touched, source) == [(0,)]

    decided(installation, "release", source=source)

    assert asked(installation, touched, source) == [(1,)]
    assert is_release_waiting(installation)  # so Dagster builds, asked by nobody


def test_who_why_and_what_is_kept(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    deliver("payments", PAYMENTS, payment("A"), payment("B", "POSTD"))

    assert decided(installation, "discard", source=source) == Outcome(1, discarded=1)
    kept = (
        "select action, decided_by, decided_by_role, reason, rows_count, "
        "discarded_count from quarantine.decision where source_system = %s"
    )
    assert asked(installation, kept, source) == [
        ("discard", "quality", "quality", WHY, 1, 1)
    ]
    with pytest.raises(DecisionError, match="no refused row that waits"):
        decided(installation, "discard", source=source)
    with pytest.raises(DecisionError, match="why"):
        Order.by(Action.DISCARD, "quality", "quality", "no")


def test_a_row_is_closed_only_where_its_record_came_again(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    deliver(
        "payments",
        PAYMENTS,
        payment("A", "POSTD"),
        payment("B", "POSTD"),
        payment("C"),
        payment("D"),
    )
    deliver("payments", PAYMENTS, payment("A", "posted"))

    outcome = decided(installation, "close", source=source)

    assert outcome == Outcome(2, discarded=1, waiting=1)
    assert unreconciled(installation) == []


def test_a_file_with_a_column_of_another_name_is_read_once_the_name_is_known(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    renamed = PAYMENTS.replace("payment_type_code", "kind_of_payment")
    deliver("payments", renamed, payment("A"), payment("B", "POSTD"))
    unchanged = decided(installation, "replay", source=source)
    correction = Correction(
        source, Kind.COLUMN, "payments", "", "kind_of_payment", "payment_type_code"
    )
    correct(installation, correction, "quality", "quality", WHY)

    outcome = decided(installation, "replay", source=source)

    assert unchanged == Outcome(1, waiting=1)
    assert outcome == Outcome(1, released=1)
    assert states(installation, source) == {"released": 2, "waiting": 1}
    assert sum(versions(installation, source).values()) == 1
    assert unreconciled(installation) == []


def test_a_held_delivery_lands_once_most_of_its_rows_are_right(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    lines = [payment(f"A{number}", "POSTD") for number in range(20)]
    deliver("payments", PAYMENTS, *lines, payment("B", year="2999"))
    assert states(installation, source) == {"waiting": 21}
    corrected(installation, source, "POSTD", "posted")

    outcome = decided(installation, "replay", source=source)

    assert outcome == Outcome(1, released=1)
    assert states(installation, source) == {"released": 21, "waiting": 1}
    assert sum(versions(installation, source).values()) == 20
    assert unreconciled(installation) == []
