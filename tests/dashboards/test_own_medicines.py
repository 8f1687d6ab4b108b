"""My medicines: each order that is current is told, and one renewed only once."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.own_record.medicine_card import SEVERAL, orders_told
from tests.dashboards.entering import PATIENCE

ORDER = {
    "prescription_key": "newest",
    "drug_name": "levothyroxine 0.1 MG Oral Tablet",
    "reason_name": None,
    "dose_text": "100",
    "delivered_dose_unit": "ug",
    "dose_unit_words": "micrograms",
    "delivered_frequency": "daily",
    "frequency_words": "once a day",
    "doses_per_day": 1.0,
    "route_words": "by mouth",
    "refills_left": None,
    "next_refill_on": None,
    "is_taken_now": True,
    "is_in_hospital": False,
    "started_at": pd.Timestamp("2026-06-01", tz="UTC"),
    "ended_at": pd.NaT,
    "is_end_worked_out": True,
}
EARLIER = {
    "prescription_key": "earlier",
    "started_at": pd.Timestamp("2026-05-01", tz="UTC"),
}
OTHER_STRENGTH = {
    "drug_name": "levothyroxine 0.025 MG Oral Tablet",
    "dose_text": "25",
}


UNWORDED = {"dose_unit_words": None, "frequency_words": None}


def told(*orders: dict[str, Any]) -> list[list[str]]:
    """Return the keys of orders that are told together."""
    return [
        list(same["prescription_key"])
        for same in orders_told(pd.DataFrame(orders, dtype=object))
    ]


@pytest.mark.parametrize(
    ("of_both", "change"),
    [
        ({}, {"drug_name": "levothyroxine 0.025 MG Oral Tablet"}),
        ({}, {"reason_name": "Goitre"}),
        ({}, {"dose_text": "50"}),
        ({}, {"frequency_words": "twice a day"}),
        ({}, {"route_words": "under the tongue"}),
        ({}, {"is_in_hospital": True}),
        # What was sent without plain words for it.
        (UNWORDED, {"dose_text": "50"}),
        (UNWORDED, {"delivered_dose_unit": "puffs-x"}),
        (UNWORDED, {"delivered_frequency": "q odd day"}),
        (
            {"frequency_words": None, "delivered_frequency": None},
            {"doses_per_day": 2.0},
        ),
    ],
)
def test_an_order_that_says_something_else_is_told_beside_the_newest(
    of_both: dict[str, Any], change: dict[str, Any]
) -> None:
    both = {**ORDER, **of_both}
    assert told(both, {**both, **EARLIER, **change}) == [["newest"], ["earlier"]]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"dose_text": "100.0"},
        {"delivered_dose_unit": "UG"},
        {"delivered_frequency": "qd"},
        {"drug_name": "LEVOTHYROXINE 0.1 MG ORAL TABLET"},
        {"refills_left": 2},
    ],
)
def test_an_order_in_the_same_words_is_told_once(change: dict[str, Any]) -> None:
    assert told(ORDER, {**ORDER, **EARLIER, **change}) == [["newest", "earlier"]]


def page(rows: list[dict]) -> None:
    """The list of medicines, with a way to a refill that only names its order."""
    from datetime import date  # noqa: PLC0415

    import pandas  # noqa: PLC0415
    import streamlit  # noqa: PLC0415

    from dashboards.own_record.medicines import show_medicines  # noqa: PLC0415

    show_medicines(
        pandas.DataFrame(rows),
        date(2026, 6, 2),
        lambda keys: streamlit.markdown(f"refill of {' or '.join(keys)}"),
    )


def lines_on_the_page(*rows: dict[str, Any]) -> list[str]:
    app = AppTest.from_function(
        page, kwargs={"rows": list(rows)}, default_timeout=PATIENCE
    )
    app.run()
    assert not app.exception
    return [each.value for each in (*app.markdown, *app.caption)]


def beginning(lines: list[str], words: str) -> list[str]:
    return [each for each in lines if each.startswith(words)]


def test_both_strengths_of_one_medicine_stand_in_its_card_with_their_refills() -> None:
    of_the_medicine = {"next_refill_on": date(2026, 6, 20)}
    lines = lines_on_the_page(
        {**ORDER, **of_the_medicine, "refills_left": 1},
        {**ORDER, **EARLIER, "prescription_key": "renewed"},
        {**ORDER, **EARLIER, **OTHER_STRENGTH, **of_the_medicine, "refills_left": 3},
    )

    assert beginning(lines, "#####") == ["##### Levothyroxine"]
    assert SEVERAL.format(count=2) in lines
    assert beginning(lines, "How to take it") == [
        "How to take it: 100 micrograms, by mouth, once a day",
        "How to take it: 25 micrograms, by mouth, once a day",
    ]
    assert beginning(lines, "Refills") == ["Refills: 1 left", "Refills: 3 left"]
    assert beginning(lines, "refill of") == [
        "refill of newest or renewed",
        "refill of earlier",
    ]
    # Of the medicine, and not of each order.
    assert beginning(lines, "Next refill") == ["Next refill: 20 June 2026"]
    prescribed = [each for each in lines if "On the prescription" in each]
    assert len(prescribed) == 2
    assert "0.025" in prescribed[1]


def test_what_was_sent_without_plain_words_is_quoted_where_orders_differ() -> None:
    lines = lines_on_the_page(
        {**ORDER, **UNWORDED},
        {**ORDER, **UNWORDED, **EARLIER, "delivered_frequency": "q odd day"},
    )

    prescribed = [each for each in lines if "On the prescription" in each]
    assert prescribed[0].endswith(" Tablet, 100 ug, daily]")
    assert prescribed[1].endswith(" Tablet, 100 ug, q odd day]")


def test_the_order_of_a_stay_does_not_hide_the_refill_of_the_one_at_home() -> None:
    lines = lines_on_the_page({**ORDER, "is_in_hospital": True}, {**ORDER, **EARLIER})

    assert "Ordered during a stay in hospital" in lines
    assert beginning(lines, "refill of") == ["refill of earlier"]


def test_an_order_that_is_over_is_no_second_current_one() -> None:
    over = {**ORDER, **EARLIER, **OTHER_STRENGTH, "is_taken_now": False}
    lines = lines_on_the_page(ORDER, over)

    assert not any("are current" in each for each in lines)
    assert len(beginning(lines, "How to take it")) == 1
    assert "First prescribed: 1 May 2026" in lines
    assert not any("On the prescription" in each for each in lines)
