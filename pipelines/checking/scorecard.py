"""The scorecard: how the checks of each source stood at the end of each day.

Counted from results in the transaction that enters them, as results of passed checks
are forgotten later.
"""

import psycopg

KEEP = "select quality.keep_scorecard(%s, %s, %s)"


def keep_scorecard(
    connection: psycopg.Connection, measured_in: str, run_number: int, time_zone: str
) -> None:
    """Count what a load or build found into the day it was found on.

    ``measured_in``: "load", "series" (both of a delivery) or "build".
    """
    connection.execute(KEEP, (measured_in, run_number, time_zone))
