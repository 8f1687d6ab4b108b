"""The words of delta checks and of a result's conversion."""

from types import SimpleNamespace

import pytest

from dashboards.quality.delta_checks import limit_text
from dashboards.viewer.origin import conversion_told

CONVERTED = {
    "conversion_code": "converted",
    "value_number": 5.55,
    "comparator": None,
    "comparator_number": None,
    "unit": "mmol/L",
    "converted_value_number": 99.986668473,
    "converted_comparator_number": None,
    "converted_unit": "mg/dL",
    "conversion_rule_name": "Glucose mg/dL to mmol/L",
    "conversion_basis": "molar mass: 180.156 g/mol",
    "conversion_factor": 0.0555074,
    "conversion_increment": 0,
    "is_conversion_reversed": True,
}


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (("absolute", 13, "mmol/L", 72), "more than 13 mmol/L within 3 days"),
        (("percent", 60, "%", None), "more than 60 %"),
        (("rcv", 12.81, "%", 1464), "more than 12.81 % within 61 days"),
        (("per_day", 2, "g/dL", 30), "more than 2 g/dL a day within 30 hours"),
    ],
)
def test_a_limit_is_told_with_its_unit_and_window(check: tuple, words: str) -> None:
    names = ("kind_code", "change_limit", "limit_unit", "window_hours")

    assert limit_text(SimpleNamespace(**dict(zip(names, check, strict=True)))) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "5.55 mmol/L is shown as 99.99 mg/dL: divided by 0.0555074, by the rule"),
        (
            {"is_conversion_reversed": False, "conversion_factor": 10},
            "99.99 mg/dL: times 10, by",
        ),
        (
            {"is_conversion_reversed": False, "conversion_increment": 2.152},
            "times 0.0555074, then plus 2.152, by",
        ),
        ({"conversion_increment": -23.5}, "less -23.5, then divided by 0.0555074, by"),
        (
            {
                "value_number": None,
                "comparator": "<",
                "comparator_number": 1.1,
                "converted_value_number": None,
                "converted_comparator_number": 19.82,
            },
            "<1.1 mmol/L is shown as <19.82 mg/dL",
        ),
        ({"conversion_code": "dimensions_differ"}, "refused, no factor of this test"),
        ({"conversion_code": "not_needed"}, "none needed"),
        ({"conversion_code": None}, "none, it is no number"),
    ],
)
def test_the_origin_tells_the_arithmetic_or_why_there_is_none(
    changes: dict[str, object], words: str
) -> None:
    assert words in conversion_told(SimpleNamespace(**CONVERTED | changes))
