"""What is worked out from results, in words."""

from types import SimpleNamespace

import pandas as pd
import pytest

from dashboards.chart.measures import CAUTIONS, REASONS, latest_of_each, told_of

RATE = {
    "measure_code": "egfr",
    "value_number": 43.0,
    "unit": "mL/min/{1.73_m2}",
    "class_name": "G3b",
    "is_lasting": False,
    "caution_code": None,
    "not_computed_reason": None,
}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, "43 mL/min/1.73 m2, G3b"),
        (
            {"is_lasting": True},
            "43 mL/min/1.73 m2, G3b, below 60 for at least 90 days",
        ),
        (
            {"caution_code": "acute_kidney_injury"},
            f"43 mL/min/1.73 m2, G3b, {CAUTIONS['acute_kidney_injury']}",
        ),
        (
            {"value_number": None, "not_computed_reason": "child"},
            f"not worked out: {REASONS['child']}",
        ),
        (
            {"measure_code": "aki_stage", "value_number": 2.0, "class_name": "stage 2"},
            "stage 2",
        ),
        (
            {"value_number": 1.3, "unit": "{score}", "class_name": "indeterminate"},
            "1.3, indeterminate",
        ),
        (
            {
                "measure_code": "fib4",
                "value_number": None,
                "not_computed_reason": "too_young",
            },
            "not worked out: the rule holds from 35 years on",
        ),
        (
            {
                "measure_code": "news2",
                "value_number": None,
                "not_computed_reason": "too_young",
            },
            "not worked out: the rule holds from 16 years on",
        ),
        (
            {
                "measure_code": "news2",
                "value_number": 3.0,
                "unit": "{score}",
                "class_name": "low-medium",
            },
            "3, low-medium",
        ),
        (
            {"value_number": 9.6, "unit": "mg/dL", "class_name": None},
            "9.6 mg/dL",
        ),
    ],
)
def test_a_measure_is_told_with_its_class_or_why_there_is_none(
    other: dict[str, object], words: str
) -> None:
    assert told_of(SimpleNamespace(**RATE | other)) == words


def test_the_latest_of_each_measure_stands_first() -> None:
    measures = pd.DataFrame(
        {
            "measure_code": ["egfr", "fib4", "egfr"],
            "measure_name": ["Filtration rate", "FIB-4", "Filtration rate"],
            "measured_at": pd.to_datetime(["2026-02-01", "2026-01-01", "2026-03-01"]),
            "value_number": [60.0, 1.2, 43.0],
        }
    )

    latest = latest_of_each(measures)

    assert list(latest["measure_code"]) == ["fib4", "egfr"]
    assert list(latest["value_number"]) == [1.2, 43.0]


def test_every_reason_and_caution_of_the_mart_has_words() -> None:
    """The words of fct_derived_measures.yml; another one would break a chart."""
    assert {*REASONS} == {
        *("unit", "not_above_zero", "age_unknown", "child"),
        *("too_young", "sex_unknown", "dialysis", "parameter_missing"),
    }
    assert {*CAUTIONS} == {"acute_kidney_injury"}
