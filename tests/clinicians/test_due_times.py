"""When a medicine is due, whose shift that is, and which dose was given for it."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.shift.hours import Shift, due_between, shifts_around, times_of_day
from dashboards.shift.matching import (
    DUE,
    MISSED,
    OVERDUE,
    OVERDUE_AFTER,
    Slot,
    matched,
    planned,
)
from dashboards.shift.medicines import Ordered, Recorded
from dashboards.shift.patient import patient_of
from dashboards.shift.words import LEGEND, dose_words, sign_of
from pipelines.record.actions.catalogue import rows
from pipelines.record.actions.giving import STATUSES

DBT_PROJECT = Path(__file__).parents[2] / "dbt_project" / "dbt_project.yml"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ORDERED = Ordered(
    patient_key=1,
    key="operational:P1",
    drug_name="metformin 500 MG Oral Tablet",
    drug_code="861007",
    dosage="500 mg, three times daily, oral",
    frequency_text="three times daily",
    doses_per_day=3.0,
    is_as_needed=False,
    started_at=datetime.fromisoformat("2026-06-01 10:00"),
    ended_at=None,
    is_running=True,
)
GIVEN = Recorded(
    patient_key=1,
    key="operational:D1",
    prescription_key="operational:P1",
    drug_name=ORDERED.drug_name,
    drug_code=ORDERED.drug_code,
    status="given",
    amount="500 mg",
    reason="",
    who="Nurse One",
    scheduled_at=None,
    at=datetime.fromisoformat("2026-06-10 14:00"),
)


def at(clock: str, day: int = 10) -> datetime:
    """Return an instant of June."""
    return datetime.combine(datetime(2026, 6, day).date(), time.fromisoformat(clock))  # noqa: DTZ001 - the site's clock


def given(clock: str, day: int = 10, **other: Any) -> Recorded:
    """Return a dose at an hour."""
    moment = at(clock, day)
    return replace(GIVEN, **{"key": str(moment), "at": moment, **other})


def shift_at(clock: str, day: int = 10) -> Shift:
    """Return the shift of an hour."""
    return shifts_around(at(clock, day))[1]


def hours_of(taken: dict[datetime, list[Recorded]]) -> dict[str, list[str]]:
    """Return the hours of doses by those at which they were due."""
    return {
        f"{due:%H:%M}": [f"{dose.at:%H:%M}" for dose in doses]
        for due, doses in sorted(taken.items())
    }


def test_a_due_time_at_the_boundary_belongs_to_exactly_one_shift() -> None:
    offered, current = shifts_around(at("14:00"))
    moments = due_between(
        times_of_day(24, None), offered[0].begins_at, offered[-1].ends_at
    )
    holding = [[each.name for each in offered if each.holds(due)] for due in moments]

    assert {len(names) for names in holding} == {1}
    assert len(moments) == 2 * 24
    assert all(before.ends_at == after.begins_at for before, after in pairwise(offered))
    assert (current.name, current.words) == (
        "Late",
        "Late, 10 Jun 2026, 14:00 to 22:00",
    )
    assert shift_at("13:59").name == "Early"


@pytest.mark.parametrize(
    ("clock", "name", "begins"),
    [
        ("05:59", "Night", "2026-06-09 22:00"),
        ("06:00", "Early", "2026-06-10 06:00"),
        ("21:59", "Late", "2026-06-10 14:00"),
        ("22:00", "Night", "2026-06-10 22:00"),
        ("00:00", "Night", "2026-06-09 22:00"),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(
    clock: str, name: str, begins: str
) -> None:
    shift = shift_at(clock)

    assert (shift.name, f"{shift.begins_at:%Y-%m-%d %H:%M}") == (name, begins)


@pytest.mark.parametrize(
    ("per_day", "text", "hours"),
    [
        (1.0, "once daily", ["08:00"]),
        (1.0, "Once Daily at Bedtime", ["21:00"]),
        (2.0, None, ["08:00", "20:00"]),
        (2.9999, "three times daily", ["06:00", "14:00", "22:00"]),
        (4.0, "four times daily", ["08:00", "12:00", "18:00", "22:00"]),
        (4.0, "every 6 hours", ["00:00", "06:00", "12:00", "18:00"]),
        (0.5, "every other day", None),
        (0.142857, "once weekly", None),
        (5.0, "five times daily", None),
        (None, "as directed", None),
    ],
)
def test_the_house_has_times_for_what_is_read_and_for_nothing_else(
    per_day: float | None, text: str | None, hours: list[str] | None
) -> None:
    times = times_of_day(per_day, text)

    assert (times and [f"{each:%H:%M}" for each in times]) == hours


def test_each_list_of_times_has_as_many_as_it_says() -> None:
    for row in rows("dose_times"):
        assert len(set(row["times"].split())) == int(row["doses_per_day"]), row


def test_an_order_is_due_from_its_beginning_on_and_not_at_its_end() -> None:
    plan = planned(
        replace(ORDERED, started_at=at("14:00"), ended_at=at("22:00")),
        [],
        replace(shift_at("14:00"), begins_at=at("00:00"), ends_at=at("23:59")),
    )

    assert [f"{slot.due_at:%H:%M}" for slot in plan.slots] == ["14:00"]


def test_it_is_overdue_after_the_minutes_of_the_marts_and_not_at_them() -> None:
    slot = Slot(at("14:00"), at("22:00"), ())
    limit = slot.due_at + OVERDUE_AFTER
    of_marts = yaml.safe_load(DBT_PROJECT.read_text())["vars"]

    assert of_marts["administration_window_minutes"] * MINUTE == OVERDUE_AFTER
    assert slot.state(limit, is_running=True) == DUE
    assert slot.state(limit + SECOND, is_running=True) == OVERDUE
    assert slot.state(at("22:00") - SECOND, is_running=True) == OVERDUE
    assert slot.state(at("22:00"), is_running=True) == MISSED
    assert slot.state(limit + SECOND, is_running=False) == MISSED
    assert "an hour after its time" in LEGEND


@pytest.mark.parametrize(
    ("next_at", "minutes"), [("18:00", 60), ("17:59", 30), (None, 60)]
)
def test_what_is_given_more_often_than_every_four_hours_is_overdue_sooner(
    next_at: str | None, minutes: int
) -> None:
    slot = Slot(at("14:00"), at(next_at) if next_at else None, ())

    assert slot.overdue_after - slot.due_at == minutes * MINUTE


@pytest.mark.parametrize(
    ("next_at", "minutes"), [("22:00", 60), ("18:00", 60), ("15:00", 15), (None, 60)]
)
def test_a_dose_may_be_given_as_early_as_the_record_lets_it_be(
    next_at: str | None, minutes: int
) -> None:
    slot = Slot(at("14:00"), at(next_at) if next_at else None, ())

    assert slot.due_at - slot.opens_at == minutes * MINUTE


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        ("14:00", "14:00"),
        ("13:00", "14:00"),  # early
        ("12:00", "14:00"),  # a quarter of the way is left
        ("11:59", "06:00"),  # late
        ("15:30", "14:00"),
        ("19:59", "14:00"),
        ("20:00", "22:00"),
    ],
)
def test_a_dose_early_or_late_belongs_to_one_due_time(clock: str, due: str) -> None:
    hours = [at("06:00"), at("14:00"), at("22:00")]
    taken, besides = matched(hours, [given(clock)])

    assert hours_of(taken) == {due: [clock]}
    assert besides == []


def test_once_a_time_has_its_dose_half_of_the_way_is_enough() -> None:
    hours = [at("06:00"), at("14:00"), at("22:00")]
    taken, _ = matched(hours, [given("06:10"), given("10:01")])
    assert hours_of(taken) == {"06:00": ["06:10"], "14:00": ["10:01"]}

    taken, _ = matched(hours, [given("06:10"), given("10:00")])
    assert hours_of(taken) == {"06:00": ["06:10", "10:00"]}


def test_two_doses_for_one_time_show_both() -> None:
    plan = planned(ORDERED, [given("14:05"), given("14:20")], shift_at("14:00"))
    (slot,) = plan.slots

    assert [f"{dose.at:%H:%M}" for dose in slot.doses] == ["14:05", "14:20"]
    assert slot.given_count == 2
    assert slot.state(at("14:30"), is_running=True) == "given"


def test_whoever_recorded_for_which_time_it_was_is_believed() -> None:
    hours = [at("06:00"), at("14:00"), at("22:00")]
    late = given("13:30", scheduled_at=at("06:00"))

    assert hours_of(matched(hours, [late])[0]) == {"06:00": ["13:30"]}


def test_a_dose_before_the_first_time_is_beside_the_rounds() -> None:
    taken, besides = matched([at("20:00")], [given("18:59"), given("19:00")])

    assert hours_of(taken) == {"20:00": ["19:00"]}
    assert [f"{dose.at:%H:%M}" for dose in besides] == ["18:59"]


def test_a_dose_of_the_next_shift_given_early_is_not_one_of_this() -> None:
    doses = [given("06:10"), given("13:50")]
    early, late = (planned(ORDERED, doses, shift_at(c)) for c in ("06:00", "14:00"))

    assert [[dose.at for dose in slot.doses] for slot in early.slots] == [[at("06:10")]]
    assert [[dose.at for dose in slot.doses] for slot in late.slots] == [[at("13:50")]]
    assert early.besides == late.besides == ()


@pytest.mark.parametrize("status", ["withheld", "refused", "missed"])
def test_what_was_not_given_says_so_until_it_is_given(status: str) -> None:
    slot = Slot(at("14:00"), at("22:00"), (given("14:01", status=status),))
    assert slot.state(at("16:00"), is_running=True) == status

    made_up_for = replace(slot, doses=(*slot.doses, given("15:00")))
    assert made_up_for.state(at("16:00"), is_running=True) == "given"


def test_no_medicine_and_no_dose_is_left_out() -> None:
    scheduled = ORDERED
    as_needed = replace(
        ORDERED, key="P2", drug_name="b", drug_code="2", is_as_needed=True
    )
    unread = replace(
        ORDERED, key="P3", drug_name="c", drug_code="3", doses_per_day=None
    )
    stray = given("15:00", prescription_key="x", drug_name="d", drug_code="4")
    old = given("15:10", prescription_key="replaced")
    patient = patient_of(
        [scheduled, as_needed, unread], [stray, old], shift_at("14:00"), at("15:30")
    )

    assert [each.ordered.key for each in patient.planned] == [scheduled.key]
    assert [each.key for each in patient.as_needed] == ["P2"]
    assert [each.key for each in patient.timeless] == ["P3"]
    assert patient.without_order == [stray]
    assert patient.planned[0].slots[0].doses == (old,)


def test_each_state_has_a_sign_and_a_word_of_its_own() -> None:
    told = [sign_of(each) for each in (DUE, OVERDUE, MISSED, *STATUSES)]

    assert len({words.split()[0] for words in told}) == len(told)
    assert len({words.split()[1] for words in told}) == len(told)
    assert sign_of("charted") == "? Charted"


def test_a_dose_is_told_with_when_by_whom_and_why() -> None:
    refused = given(
        "14:05", status="refused", reason="the patient refuses", is_pending=True
    )

    assert dose_words(given("14:05"), at("14:00")) == (
        ":blue[**✓ Given**] 14:05, 500 mg, by Nurse One"
    )
    assert dose_words(refused) == (
        ":violet[**⊘ Refused**] 10 Jun 2026, 14:05, The patient refuses, "
        "by Nurse One, being processed"
    )
