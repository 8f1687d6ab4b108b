"""Which signs a column's numbers hold, and what they can only mean."""

from dataclasses import dataclass

import polars as pl

BEGINNING = r"^[<>=≤≥~]{0,2}\s*[+-]?"
ANY_NUMBER = BEGINNING + r"\d+([.,]\d+)*$"
MOSTLY = 0.6  # share of numbers from which results are taken for measurements
ENOUGH = 0.98

# {0} is the sign in question, {1} the other one. One sign before exactly three digits
# says nothing: 1,250 is 1.25 in one country and 1250 in another.
FRACTION = r"(\d+{0}(\d{{1,2}}|\d{{4,}})|(0|\d{{4,}}){0}\d+)$"
GROUPED_FRACTION = r"\d{{1,3}}({1}\d{{3}})+{0}\d+$"
UNCLEAR = r"[1-9]\d{{0,2}}({0}\d{{3}})+$"
COMMA, POINT = ",", r"\."


@dataclass(frozen=True)
class NumberSigns:
    """What the signs in a column's numbers show."""

    is_number: bool = False
    is_mostly_number: bool = False
    has_decimal_comma: bool = False
    has_decimal_point: bool = False
    groups_by_comma: bool = False
    groups_by_point: bool = False
    has_unclear_comma: bool = False
    has_unclear_point: bool = False


def number_signs(text: pl.Series) -> NumberSigns:
    """Look at the numbers of one column."""
    if not len(text):
        return NumberSigns()

    def some(form: str, sign: str, other: str) -> bool:
        return bool(text.str.contains(BEGINNING + form.format(sign, other)).any())

    groups_by_point = some(GROUPED_FRACTION, COMMA, POINT)
    groups_by_comma = some(GROUPED_FRACTION, POINT, COMMA)
    numbers = float(text.str.contains(ANY_NUMBER).mean())
    return NumberSigns(
        is_number=numbers >= ENOUGH,
        is_mostly_number=numbers >= MOSTLY,
        has_decimal_comma=groups_by_point or some(FRACTION, COMMA, POINT),
        has_decimal_point=groups_by_comma or some(FRACTION, POINT, COMMA),
        groups_by_comma=groups_by_comma,
        groups_by_point=groups_by_point,
        has_unclear_comma=some(UNCLEAR, COMMA, POINT),
        has_unclear_point=some(UNCLEAR, POINT, COMMA),
    )
