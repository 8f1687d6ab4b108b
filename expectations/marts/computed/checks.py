"""Every relation between columns that a check asks, of all subjects."""

from collections.abc import Iterable

from expectations.marts.computed.medicines import MEDICINES
from expectations.marts.computed.money import PAYMENTS
from expectations.marts.computed.relation import computed_check
from expectations.marts.computed.results import RESULTS
from expectations.marts.computed.visits import VISITS
from expectations.marts.computed.vital_signs import VITAL_SIGNS
from expectations.marts.mart_check import MartCheck


def computed_checks() -> Iterable[MartCheck]:
    """Return a check per relation between columns."""
    return map(computed_check, (*VISITS, *RESULTS, *VITAL_SIGNS, *MEDICINES, *PAYMENTS))
