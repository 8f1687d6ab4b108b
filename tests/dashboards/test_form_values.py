"""What is typed becomes exactly that value, or an error at its field."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboards.forms.fields import (
    Code,
    Field,
    always,
    choice,
    code,
    day,
    line,
    moment,
    number,
    several,
    text,
    tick,
    whole,
)
from dashboards.forms.reading import read_values, told, unusual
from dashboards.ward.round import grid_of, read_round, typed_of, unusual_values

VIENNA = ZoneInfo("Europe/Vienna")
PULSE = number("pulse", "Pulse", unit="/min", possible=(10, 350), usual=(50, 120))
ROUTE = choice("route", "Route", {"oral": "By mouth", "iv": "Into a vein"})
KEY, OTHER = 1, 2
NAMES = {KEY: "Meyer, Ada", OTHER: "Anders, Bruno"}


def clock(text: str) -> datetime:
    """Return a time as a widget gives it, without a zone."""
    return datetime.fromisoformat(text)


def read(field: Field, typed: Any) -> Any:
    """Return the value or the error that a field makes of what was typed."""
    values, errors = read_values([field], {field.name: typed}, VIENNA)
    return errors.get(field.name, values.get(field.name))


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (line("a", "A"), "  so  ", "so"),
        (line("a", "A"), "   ", None),
        (text("a", "A"), "one\ntwo", "one\ntwo"),
        (PULSE, "64", Decimal(64)),
        (PULSE, "64.50", Decimal("64.50")),
        (number("a", "A"), "0.1", Decimal("0.1")),
        (number("a", "A"), "-2.5", Decimal("-2.5")),
        (PULSE, "10", Decimal(10)),
        (PULSE, "350", Decimal(350)),
        (whole("a", "A"), "3", 3),
        (ROUTE, "oral", "oral"),
        (several("a", "A", {"x": "X", "y": "Y"}), ["x", "y"], ["x", "y"]),
        (several("a", "A", {"x": "X"}), [], None),
        (day("a", "A"), date(2026, 2, 1), date(2026, 2, 1)),
        (
            code("a", "A", lambda _: []),
            ["ICD-10-CM", "E11.9", "Diabetes"],
            Code("ICD-10-CM", "E11.9", "Diabetes"),
        ),
        (tick("a", "A"), True, True),
        (tick("a", "A"), False, False),
    ],
)
def test_a_value_is_exactly_what_was_typed(
    field: Field, typed: Any, value: Any
) -> None:
    found = read(field, typed)

    assert (found, str(found)) == (value, str(value))


@pytest.mark.parametrize(
    ("field", "typed", "why"),
    [
        (line("a", "A", is_required=True), " ", "has to be filled in"),
        (line("a", "A", longest=3), "long", "At most 3 characters; this has 4"),
        (PULSE, "9.9", "at least 10, at most 350 /min"),
        (PULSE, "350.1", "at least 10, at most 350 /min"),
        (PULSE, "64,5", "A number with a point"),
        (PULSE, "1e2", "A number with a point"),
        (PULSE, "NaN", "A number with a point"),
        (PULSE, "٦٤", "A number with a point"),
        (number("a", "A", possible=(0, None)), "-1", "Possible is at least 0."),
        (number("a", "A", possible=(None, 5)), "6", "Possible is at most 5."),
        (whole("a", "A"), "3.0", "A whole number"),
        (ROUTE, "rectal", "Choose one of the options"),
        (several("a", "A", {"x": "X"}), ["x", "z"], "Choose one of the options"),
        (several("a", "A", {"x": "X"}, is_required=True), [], "has to be filled in"),
        (day("a", "A", is_past=True), date(2199, 1, 1), "still to come"),
        (tick("a", "A", is_required=True), False, "has to be ticked"),
    ],
)
def test_what_is_no_value_is_named(field: Field, typed: Any, why: str) -> None:
    assert why in read(field, typed)


def test_a_field_that_is_not_shown_is_neither_read_nor_missed() -> None:
    hidden = line("a", "A", is_required=True, is_shown=lambda typed: "b" in typed)

    assert read_values([hidden], {"a": "typed before"}, VIENNA) == ({}, {})
    assert always({})


def test_a_time_is_of_the_sites_clock() -> None:
    winter = read(moment("at", "At"), clock("2026-01-05T09:00"))
    summer = read(moment("at", "At"), clock("2026-07-05T09:00"))

    assert winter.astimezone(UTC) == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    assert summer.astimezone(UTC) == datetime(2026, 7, 5, 7, 0, tzinfo=UTC)


def test_a_time_that_the_clock_skipped_is_refused() -> None:
    assert "put forward" in read(moment("at", "At"), clock("2026-03-29T02:30"))
    assert isinstance(read(moment("at", "At"), clock("2026-03-29T03:00")), datetime)


def test_a_time_that_comes_twice_is_told_with_its_clock() -> None:
    twice = read(moment("at", "At"), clock("2026-10-25T02:30"))
    once = read(moment("at", "At"), clock("2026-10-25T03:30"))

    assert told(moment("at", "At"), twice) == "25 Oct 2026, 02:30 CEST"
    assert told(moment("at", "At"), once) == "25 Oct 2026, 03:30"


def test_an_empty_time_is_now_where_that_is_meant() -> None:
    before = datetime.now(UTC)
    now = read(moment("at", "At", is_now=True, is_past=True), None)

    assert timedelta(0) <= before - now < timedelta(minutes=2)
    assert read(moment("at", "At"), None) is None


def test_what_is_to_come_is_refused_where_it_must_have_been() -> None:
    past = moment("at", "At", is_past=True)
    local = datetime.now(VIENNA).replace(tzinfo=None)

    assert "still to come" in read(past, local + timedelta(minutes=5))
    assert isinstance(read(past, local - timedelta(minutes=5)), datetime)


@pytest.mark.parametrize(
    ("value", "is_unusual"),
    [("49", True), ("50", False), ("120", False), ("120.1", True)],
)
def test_what_is_seldom_is_asked_about(value: str, is_unusual: bool) -> None:  # noqa: FBT001
    values, _ = read_values([PULSE], {"pulse": value}, VIENNA)

    assert bool(unusual([PULSE], values)) == is_unusual


def test_a_grid_gives_back_what_was_typed_into_it() -> None:
    typed = {str(KEY): {"8310-5": "37.2", "8867-4": "64"}}

    assert typed_of(grid_of(NAMES, typed)) == typed
    assert typed_of(grid_of(NAMES, {})) == {}


def test_a_round_names_the_patient_of_each_wrong_value() -> None:
    now = datetime.now(UTC)
    typed = {
        str(KEY): {"8480-6": "120"},
        str(OTHER): {"8867-4": "640"},
        "3": {"8867-4": "64"},
    }
    measured, wrong = read_round(typed, NAMES, now)

    assert [told_of.split(",")[0] for told_of in wrong] == [
        "Meyer",
        "Anders",
        "A patient has left your list; load the page again.",
    ]
    assert {each.patient_key for each in measured} == {KEY, OTHER}


def test_a_round_asks_about_what_is_seldom() -> None:
    typed = {str(KEY): {"8867-4": "121"}, str(OTHER): {"8867-4": "120"}}
    measured, wrong = read_round(typed, NAMES, datetime.now(UTC))

    assert wrong == []
    assert unusual_values(measured, NAMES) == [
        "Meyer, Ada: Heart rate 121 is unusual. Is it right?"
    ]


def test_a_label_is_no_markdown() -> None:
    named = choice("a", "![x](http://evil/p.png)", {}, is_required=True)

    assert r"\[x\](http" in named.asked
    assert named.asked.endswith(" *")
