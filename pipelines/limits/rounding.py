"""Rounding away from the values, so that what is kept is no value of one patient."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

DIGITS = 2
FURTHER = {ROUND_FLOOR: -1, ROUND_CEILING: 1}


def outward(number: float, rounding: str, *, apart_from: float) -> Decimal:
    """Return a number with two digits, a step further where that leaves a value.

    Zero stays where it is: it has no digits, and is the end of most values.
    """
    rounded = _rounded(exact(number), rounding)
    if rounded and rounded == exact(apart_from):
        rounded += FURTHER[rounding] * _step(rounded)
    return Decimal(f"{rounded.normalize():f}")


def exact(number: float) -> Decimal:
    """Return a number without what arithmetic did: 20 times 10 must stay 200."""
    return Decimal(f"{number:.12g}")


def _rounded(number: Decimal, rounding: str) -> Decimal:
    if not number:
        return Decimal(0)
    step = _step(number)
    if step < 1:
        return number.quantize(step, rounding)
    return (number / step).to_integral_value(rounding) * step


def _step(number: Decimal) -> Decimal:
    return Decimal(1).scaleb(number.adjusted() - DIGITS + 1)
