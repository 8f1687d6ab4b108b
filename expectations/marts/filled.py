"""Columns are filled as they were in the records seen.

A column that every source seen fills in at least half of its rows may not be filled in
less than half of that. Which columns and shares is data, in ``filled_columns.csv``; a
column that a suite judges by share is not judged again.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

from expectations.expectation import Kahn
from expectations.marts.mart_check import (
    LEAST_ROWS_OF_A_SHARE,
    Limit,
    MartCheck,
    Words,
)
from expectations.thresholds import Origin

COLUMNS = Path(__file__).with_name("filled_columns.csv")
# By the end of a column's name: what is lost where it is empty.
LOST = {
    "_key": "The fact cannot be shown with what it belongs to.",
    "_code": "What has no code is counted in no group and found by no rule.",
    "_system": "A code outside its system maps to nothing.",
    "_name": "A reader sees a code where a name should stand.",
    "_text": "A reader finds the fact and not what was found.",
    "_number": "What is no number has no trend, no range and no order.",
    "_amount": "Sums leave it out, and nobody sees that.",
    "_at": "Lengths and order leave it out, and nobody sees that.",
    "_date": "Ages and lengths leave it out, and nobody sees that.",
}
OTHERWISE = "A reader cannot tell an empty value from one that was never recorded."


def filled_checks() -> Iterable[MartCheck]:
    """Return a check per column that the sources seen fill."""
    with COLUMNS.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield _filled(row["relation"], row["column"], int(row["least_percent"]))


def _filled(relation: str, column: str, least_percent: int) -> MartCheck:
    reasons = (reason for end, reason in LOST.items() if column.endswith(end))
    return MartCheck(
        relation,
        f"{column}:filled",
        Words(
            f"{column} of {relation} is filled in at least {least_percent} % of rows.",
            next(reasons, OTHERWISE),
        ),
        Kahn.COMPLETENESS,
        applies="true",
        breaks=f"fact.{column} is null",
        limit=Limit(
            (100 - least_percent) / 100,
            Origin.OBSERVED,
            least_rows=LEAST_ROWS_OF_A_SHARE,
        ),
        dashboard_types=("measureValueCompleteness",),
    )
