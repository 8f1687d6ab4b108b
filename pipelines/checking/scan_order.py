"""In which order relations are scanned: those first that take longest.

Several scans go on at once, and one that takes long and is begun last goes on alone.
Many checks alone do not make it long: every current fact is looked for in its mart by
one check, which reads all that was ever delivered.
"""

from collections.abc import Mapping

import psycopg

from expectations.marts.mart_check import MartCheck
from pipelines.checking.scan import facts_of

# Planned in less than a millisecond; with all its counts a scan would take twenty.
EXPLAIN = "explain (format json) {facts}\nselect 1 from fact"
# Of a check and a row: two counts, each at PostgreSQL's price of an operator.
OF_A_CHECK = 2 * 0.0025


def longest_first(
    connection: psycopg.Connection, relations: Mapping[str, tuple[MartCheck, ...]]
) -> list[str]:
    """Return the relations by the cost that PostgreSQL expects of their scans."""
    costs = {each: _cost(connection, each, relations[each]) for each in relations}
    return sorted(costs, key=lambda each: -costs[each])


def _cost(
    connection: psycopg.Connection, relation: str, checks: tuple[MartCheck, ...]
) -> float:
    """Return the cost of reading the rows and of counting them for each check."""
    explain = EXPLAIN.format(facts=facts_of(relation, checks))
    (((explained,),),) = connection.execute(explain).fetchall()
    plan = explained["Plan"]
    return plan["Total Cost"] + plan["Plan Rows"] * len(checks) * OF_A_CHECK
