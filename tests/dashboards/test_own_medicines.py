"""My medicines: each order that is current is told, and one renewed only once."""

from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.own_record.medicines import told_once

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


@pytest.mark.parametrize(
    "change",
    [
        {"drug_name": "levothyroxine 0.025 MG Oral Tablet"},
        {"dose_text": "50"},
        # A unit and a frequency for which there are no plain words.
        {"delivered_dose_unit": "puffs-x"},
        {"delivered_frequency": "q odd day"},
        {"doses_per_day": 2.0},
        {"route_words": "under the tongue"},
        {"is_in_hospital": True},
    ],
)
def test_an_order_that_says_something_else_is_told_beside_the_newest(
    change: dict[str, Any],
) -> None:
    told = told_once(pd.DataFrame([ORDER, {**ORDER, **EARLIER, **change}]))
    assert list(told["prescription_key"]) == ["newest", "earlier"]


@pytest.mark.parametrize(
    "silent", [{}, {"dose_text": None, "doses_per_day": None, "route_words": None}]
)
def test_an_order_renewed_in_the_same_words_is_told_once(
    silent: dict[str, Any],
) -> None:
    renewed = [{**ORDER, **silent}, {**ORDER, **silent, **EARLIER}]
    told = told_once(pd.DataFrame(renewed))
    assert list(told["prescription_key"]) == ["newest"]


def page(rows: list[dict]) -> None:
    """The list of medicines, with a way to a refill that only names its order."""
    from datetime import date  # noqa: PLC0415

    import pandas  # noqa: PLC0415
    import streamlit  # noqa: PLC0415

    from dashboards.own_record.medicines import show_medicines  # noqa: PLC0415

    show_medicines(
        pandas.DataFrame(rows),
        date(2026, 6, 2),
        lambda key: streamlit.markdown(f"refill of {key}"),
    )


def lines_on_the_page(*rows: dict[str, Any]) -> list[str]:
    app = AppTest.from_function(page, kwargs={"rows": list(rows)}, default_timeout=60)
    app.run()
    assert not app.exception
    return [each.value for each in app.markdown]


def test_both_strengths_of_one_medicine_stand_in_its_card_with_their_refills() -> None:
    lines = lines_on_the_page(ORDER, {**ORDER, **EARLIER, **OTHER_STRENGTH})
    assert [each for each in lines if each.startswith("#####")] == [
        "##### Levothyroxine"
    ]
    assert "2 prescriptions of this medicine are current:" in lines
    assert [each for each in lines if each.startswith("How to take it")] == [
        "How to take it: 100 micrograms, by mouth, once a day",
        "How to take it: 25 micrograms, by mouth, once a day",
    ]
    assert [each for each in lines if each.startswith("refill")] == [
        "refill of newest",
        "refill of earlier",
    ]


def test_the_order_of_a_stay_does_not_hide_the_refill_of_the_one_at_home() -> None:
    lines = lines_on_the_page({**ORDER, "is_in_hospital": True}, {**ORDER, **EARLIER})
    assert "Ordered during a stay in hospital" in lines
    assert [each for each in lines if each.startswith("refill")] == [
        "refill of earlier"
    ]


def test_an_order_that_is_over_is_no_second_current_one() -> None:
    over = {**ORDER, **EARLIER, **OTHER_STRENGTH, "is_taken_now": False}
    lines = lines_on_the_page(ORDER, over)
    assert not any("are current" in each for each in lines)
    assert len([each for each in lines if each.startswith("How to take it")]) == 1
    assert "First prescribed: 1 May 2026" in lines
