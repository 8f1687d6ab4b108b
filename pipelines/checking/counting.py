"""How many checks ran on what is loaded, and what they found."""

from typing import Any

import psycopg

# Of one check that several sources are judged by, the worst counts.
COUNTS = """
    with

    by_check as (
        select
            check_id,
            count(*) filter (where state = 'failed') as failed,
            count(*) filter (where state = 'passed') as passed
        from quality.latest_check
        group by check_id
    )

    select
        count(*) filter (where failed + passed > 0) as checks,
        count(*) filter (where failed = 0 and passed > 0) as passed,
        count(*) filter (where failed > 0) as failed,
        count(*) filter (where failed + passed = 0) as not_applicable
    from by_check
"""


def count_checks(connection: psycopg.Connection) -> dict[str, Any]:
    """Return how many checks had something to judge, and how they ended.

    A check of several sources is one; what had no rows is no check that ran.
    """
    found = connection.execute(COUNTS)
    names = [column.name for column in found.description or ()]
    return dict(zip(names, found.fetchone() or (), strict=True))
