"""A relation between columns of one row of a mart, and the check that is made of it."""

from typing import NamedTuple

from expectations.expectation import Kahn, Severity
from expectations.marts.mart_check import MartCheck, Words

# Reasons that several subjects give.
LENGTHS = "Lengths of stay and rates per day would be wrong, and look exact."
SHARES = "A share outside 0 to 1 has lost its numerator or its denominator."


class Computed(NamedTuple):
    """A relation between columns of one row of a mart."""

    relation: str
    name: str
    sentence: str
    reason: str
    applies: str
    breaks: str
    severity: Severity = Severity.WARNING


def computed_check(each: Computed) -> MartCheck:
    """Return the check of a relation between columns."""
    return MartCheck(
        each.relation,
        each.name,
        Words(each.sentence, each.reason),
        Kahn.COMPUTATIONAL_CONFORMANCE,
        applies=each.applies,
        breaks=each.breaks,
        severity=each.severity,
    )
