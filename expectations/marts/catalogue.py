"""All checks of the marts, and of staging against them, by relation."""

from functools import cache
from itertools import chain

from expectations.marts.computed.checks import computed_checks
from expectations.marts.concepts import concept_checks
from expectations.marts.contracts import read_marts
from expectations.marts.filled import filled_checks
from expectations.marts.kept import kept_checks
from expectations.marts.keys import key_checks
from expectations.marts.mart_check import MartCheck
from expectations.marts.numbers import number_checks
from expectations.marts.owners_of_visits import visit_owner_checks
from expectations.marts.persons import person_checks
from expectations.marts.repeated import repeated_checks
from expectations.marts.sexes import sex_checks
from expectations.marts.shown_counts import shown_checks
from expectations.marts.times import time_checks


@cache
def mart_checks() -> dict[str, tuple[MartCheck, ...]]:
    """Return the checks of each relation.

    Raises:
        ValueError: two checks have one name.
    """
    marts = read_marts()
    checks = list(
        chain(
            key_checks(marts),
            visit_owner_checks(),
            time_checks(marts),
            filled_checks(),
            person_checks(),
            kept_checks(),
            repeated_checks(),
            concept_checks(),
            number_checks(),
            sex_checks(),
            computed_checks(),
            shown_checks(),
        )
    )
    names = [check.check_id for check in checks]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        message = f"two checks of one name: {repeated}"
        raise ValueError(message)
    relations = dict.fromkeys(check.relation for check in checks)
    return {
        relation: tuple(check for check in checks if check.relation == relation)
        for relation in relations
    }
