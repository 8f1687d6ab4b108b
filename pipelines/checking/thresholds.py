"""Thresholds that people decided: they take the place of those of the code."""

from collections.abc import Mapping
from dataclasses import replace

import psycopg

from expectations.marts.mart_check import MartCheck
from expectations.thresholds import Origin

DECIDED = "select check_id, share from quality.threshold_in_force"
Checks = Mapping[str, tuple[MartCheck, ...]]


def in_force(connection: psycopg.Connection, checks: Checks) -> Checks:
    """Return the checks of each relation with the thresholds that are in force."""
    shares = dict(connection.execute(DECIDED).fetchall())
    return {
        relation: tuple(_signed(check, shares) for check in of_relation)
        for relation, of_relation in checks.items()
    }


def _signed(check: MartCheck, shares: Mapping[str, object]) -> MartCheck:
    share = shares.get(check.check_id)
    if share is None:
        return check
    limit = replace(check.limit, share=share, origin=Origin.SIGNED_OFF)
    return replace(check, limit=limit)
