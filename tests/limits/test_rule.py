"""The rule that proposes limits, and the sign of two units: pure, by cases."""

import random
from collections import Counter
from decimal import Decimal
from math import floor, log2

import pytest

from pipelines.limits.groups import Bar, factor_between
from pipelines.limits.rule import Known, Measured, propose

USUAL = Measured(2.0, 3.8, 4.1, 4.5, 7.0)
# Outermost thousandths around the quartiles; what is known; the ends proposed.
CASES = {
    # 4.1 * (3.8 / 4.5) ** 6 and its inverse, rounded outwards.
    "by the spread": (USUAL, Known(), "1.4", "12"),
    "never inside the outermost thousandth": (
        Measured(1.23, 3.8, 4.1, 4.5, 13.71), Known(), "1.2", "14"
    ),
    "nor the outermost thousandth itself, which may be one patient's": (
        Measured(1.2, 3.8, 4.1, 4.5, 14.0), Known(), "1.1", "15"
    ),
    "a step over a power of ten": (
        Measured(1.0, 3.8, 4.1, 4.5, 99), Known(), "0.9", "100"
    ),
    "below zero, too": (
        Measured(-35, -3, 0, 2, 99), Known(), "-36", "100"
    ),
    "at most ten times beyond it": (
        Measured(0.5, 1, 10, 100, 500), Known(), "0.05", "5000"
    ),
    # 139 * (120 / 139) ** 2.5 and 139 * (158 / 139) ** 2.5.
    "beyond critical limits": (
        Measured(130, 138, 139, 140, 150), Known(120, 158), "96", "200"
    ),
    "a critical limit inside changes nothing": (USUAL, Known(3.9, 4.3), "1.4", "12"),
    "what was survived takes the place of the spread": (
        Measured(115, 136, 139, 142, 155), Known(120, 158, 90, 200), "90", "200"
    ),
    "and not of the outermost thousandth": (
        Measured(80, 136, 139, 142, 210), Known(120, 158, 90, 200), "79", "220"
    ),
    "around zero by differences": (
        Measured(-20, -3, 0, 2, 15), Known(), "-30", "30"
    ),
    "from zero on": (Measured(0, 0, 1, 2, 9), Known(), "0", "13"),
    "zero stays the lower end where few are zero": (
        Measured(0, 0.5, 1, 2, 20), Known(), "0", "200"
    ),
    "a share has no more than 100 %": (
        Measured(50, 73, 94, 97, 100), Known(most=100), "17", "100"
    ),
    "which is no value of anybody's": (
        Measured(50, 93, 94, 95, 99), Known(most=100), "49", "100"
    ),
    "unless it has": (
        Measured(50, 90, 94, 97, 120), Known(most=100), "49", "150"
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("measured", "known", "low", "high"), CASES.values(), ids=CASES
)
def test_limits_are_proposed_by_the_rule(
    measured: Measured, known: Known, low: str, high: str
) -> None:
    assert propose(measured, known) == (Decimal(low), Decimal(high))


def test_where_there_are_two_groups_the_wrong_one_widens_nothing() -> None:
    mixed = Measured(2.0, 3.8, 4.1, 4.5, 74.0)

    assert propose(mixed, Known()).high == Decimal(75)
    assert propose(mixed, Known(), has_two_groups=True) == (Decimal("1.4"), 12)


def test_of_one_number_nothing_is_proposed() -> None:
    assert propose(Measured(1, 1, 1, 1, 9), Known()) is None


def bars_of(values: list[float], patients: int = 30) -> dict[int, Bar]:
    """Return values as bars of half an octave."""
    rows = Counter(floor(2 * log2(value)) for value in values)
    return {at: Bar(count, min(count, patients)) for at, count in rows.items()}


def drawn(median: float, spread: float, how_many: int) -> list[float]:
    chance = random.Random(3)  # noqa: S311 - values of tests, no secrets
    return [median * chance.lognormvariate(0, spread) for _ in range(how_many)]


@pytest.mark.parametrize("factor", [18, 1 / 18, 10, 1000])
def test_a_tenth_in_another_unit_is_seen(factor: float) -> None:
    others = [value * factor for value in drawn(120, 0.3, 200)]

    found = factor_between(bars_of(drawn(120, 0.3, 1800) + others))

    assert found == pytest.approx(factor, rel=0.5)


@pytest.mark.parametrize("spread", [0.05, 0.3, 1.0, 2.0])
def test_what_is_skewed_is_one_group(spread: float) -> None:
    assert factor_between(bars_of(drawn(5, spread, 3000))) is None


def test_steps_of_rounded_values_are_no_groups() -> None:
    values = [round(value, 2) or 0.01 for value in drawn(0.03, 0.8, 1000)]

    assert factor_between(bars_of(values)) is None


def test_values_of_two_patients_are_no_unit() -> None:
    usual = bars_of(drawn(120, 0.3, 1800))
    odd = {
        at + 12: Bar(bar.rows, 2) for at, bar in bars_of(drawn(120, 0.1, 200)).items()
    }

    assert factor_between(usual | odd) is None
    assert factor_between(usual | {at: Bar(bar.rows, 5) for at, bar in odd.items()})


def test_a_fiftieth_is_needed() -> None:
    usual = [*drawn(120, 0.3, 1000), 280, 400, 560, 800, 1100]

    assert factor_between(bars_of(usual + drawn(4000, 0.1, 15))) is None
    assert factor_between(bars_of(usual + drawn(4000, 0.1, 40)))


# Half octaves begin at 128, 181, 256, 362, 512 and 724: three or four are empty.
@pytest.mark.parametrize(("at", "is_group"), [(600, False), (800, True)])
def test_a_few_are_a_group_where_nobody_is_between(
    at: float, *, is_group: bool
) -> None:
    apart = [120.0] * 1000 + [150.0] * 400 + [float(at)] * 12

    assert bool(factor_between(bars_of(apart))) is is_group
    assert factor_between(bars_of(apart[:-3])) is None


def test_nothing_is_no_group() -> None:
    assert factor_between({}) is None
