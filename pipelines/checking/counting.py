"""How many checks ran on what is loaded, and what they found."""

from collections.abc import Mapping

import psycopg

# Of one check that several sources are judged by, the worst counts. That a load has
# rows is not counted: a feed without any is not judged, so what landed always keeps it.
COUNTS = r"""
    with

    by_check as (
        select
            check_id,
            count(*) filter (where state = 'failed') as failed,
            count(*) filter (where state = 'passed') as passed
        from quality.latest_check
        where check_id not like '%:expect\_table\_row\_count\_to\_be\_between'
        group by check_id
    )

    select
        count(*) filter (where failed + passed > 0) as checks,
        count(*) filter (where failed = 0 and passed > 0) as passed,
        count(*) filter (where failed > 0) as failed,
        count(*) filter (where failed + passed = 0) as not_applicable
    from by_check
"""


def told(counts: Mapping[str, int]) -> str:
    """Return the counts as a line for a person."""
    return (
        f"checks: {counts['checks']:,} ran, {counts['passed']:,} passed, "
        f"{counts['failed']:,} failed; {counts['not_applicable']:,} had no rows"
    )


def count_checks(connection: psycopg.Connection) -> dict[str, int]:
    """Return how many checks had something to judge, and how they ended.

    A check of several sources is one; what had no rows is no check that ran.
    """
    found = connection.execute(COUNTS)
    names = [column.name for column in found.description or ()]
    return dict(zip(names, found.fetchone() or (), strict=True))
