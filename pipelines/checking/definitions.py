"""What each check says, kept beside the results, so that pages and SQL can tell it."""

from dataclasses import astuple
from decimal import Decimal

import psycopg

from expectations.marts.catalogue import mart_checks
from expectations.marts.mart_check import NONE_MAY, Limit
from pipelines.checking.catalogue import Check, catalogue
from pipelines.limits.signed import LEVEL, signed_checks

RENEW = """
    insert into quality.check_definition (
        check_id, subject, level, sentence, severity, threshold, threshold_origin,
        owner, reason, kahn_category, dashboard_types, share, least_rows
    )
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    on conflict (check_id) do update set
        subject = excluded.subject,
        level = excluded.level,
        sentence = excluded.sentence,
        severity = excluded.severity,
        threshold = excluded.threshold,
        threshold_origin = excluded.threshold_origin,
        owner = excluded.owner,
        reason = excluded.reason,
        kahn_category = excluded.kahn_category,
        dashboard_types = excluded.dashboard_types,
        share = excluded.share,
        least_rows = excluded.least_rows
"""
FORGET = "delete from quality.check_definition where check_id <> all(%s)"
KEPT = """
    select
        check_id, subject, level, sentence, severity, threshold, threshold_origin,
        owner, reason, kahn_category, dashboard_types, share, least_rows
    from quality.check_definition
"""
# Who decides changes what is said of a check, too.
LOCK = "select pg_advisory_xact_lock(hashtextextended('quality limits', 0))"
# What people decided stands beside it: which version is in force, by whom and when.
SHOW_DECIDED = "select quality.show_limits(), quality.show_thresholds(null)"


def enter_definitions(connection: psycopg.Connection) -> None:
    """Enter what changed since the definitions were last entered.

    Those of the catalogue and of the limits that were signed; others are forgotten.
    Whoever decides about one waits for the end of the transaction.
    """
    connection.execute(LOCK)
    limits = _limits()
    every = (*catalogue(), *signed_checks(connection))
    told = {check.check_id: _row(check, limits) for check in every}
    kept = {row[0]: row for row in connection.execute(KEPT)}
    changed = [row for name, row in told.items() if kept.get(name) != row]
    with connection.cursor() as cursor:
        cursor.executemany(RENEW, changed)
    if kept.keys() - told.keys():
        connection.execute(FORGET, (list(told),))
    connection.execute(SHOW_DECIDED)


def _limits() -> dict[str, Limit]:
    """Return which share of rows may break each check of a mart."""
    return {
        check.check_id: check.limit
        for checks in mart_checks().values()
        for check in checks
    }


def _row(check: Check, limits: dict[str, Limit]) -> tuple[object, ...]:
    *texts, types = astuple(check)
    limit = NONE_MAY if check.level == LEVEL else limits.get(check.check_id)
    counted = (Decimal(str(limit.share)), limit.least_rows) if limit else (None, None)
    return (*texts, ", ".join(types), *counted)
