"""What a result means against limits, told anew: by trying what value it may be.

A result with a comparator stands for many values. Here points around each limit are
tried one by one, and only what all of them are is said.
"""

from dataclasses import dataclass
from decimal import Decimal

UNKNOWN = "INDETERMINATE"
STEP, FAR = Decimal("0.001"), Decimal(10**6)
HOLDS = {
    None: lambda x, v: x == v,
    "<": lambda x, v: x < v,
    "<=": lambda x, v: x <= v,
    ">": lambda x, v: x > v,
    ">=": lambda x, v: x >= v,
}


@dataclass(frozen=True)
class Limits:
    """Limits of a range, inclusive, and the critical ones beyond it."""

    low: Decimal | None = None
    high: Decimal | None = None
    critical_low: Decimal | None = None
    critical_high: Decimal | None = None
    is_high_inside: bool = True

    def flag_at(self, x: Decimal) -> str:
        """Return the flag of one exact value."""
        is_low = self.low is not None and x < self.low
        is_high = self.high is not None and (
            x > self.high or (x == self.high and not self.is_high_inside)
        )
        may_be_low = is_low or self.low is None
        may_be_high = is_high or self.high is None
        if may_be_low and self.critical_low is not None and x < self.critical_low:
            return "CRITICAL_LOW"
        if may_be_high and self.critical_high is not None and x > self.critical_high:
            return "CRITICAL_HIGH"
        if is_low or is_high:
            return "LOW" if is_low else "HIGH"
        return UNKNOWN if self.low is None and self.high is None else "NORMAL"

    def flag_of(self, comparator: str | None, value: Decimal) -> str:
        """Return the flag of all values that a result may stand for."""
        if self.low is not None and self.high is not None and self.low > self.high:
            return UNKNOWN
        known = (self.low, self.high, self.critical_low, self.critical_high, value)
        points = {at + by for at in known if at is not None for by in (-STEP, 0, STEP)}
        points |= {FAR, -FAR}
        # What is measured from 0 is never less, unless somebody says just that.
        if self.low == 0 and comparator and (comparator, value) != ("<", 0):
            points = {x for x in points if x >= 0}
        flags = {self.flag_at(x) for x in points if HOLDS[comparator](x, value)}
        for side in ("LOW", "HIGH"):
            if flags == {side, f"CRITICAL_{side}"}:
                return side
        return flags.pop() if len(flags) == 1 else UNKNOWN
