"""What each check says, kept beside the results, so that pages and SQL can tell it."""

from dataclasses import astuple

import psycopg

from pipelines.checking.catalogue import Check, catalogue

RENEW = """
    insert into quality.check_definition (
        check_id, subject, level, sentence, severity, threshold, threshold_origin,
        owner, reason, kahn_category, dashboard_types
    )
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
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
        dashboard_types = excluded.dashboard_types
"""
FORGET = "delete from quality.check_definition where check_id <> all(%s)"
KEPT = """
    select
        check_id, subject, level, sentence, severity, threshold, threshold_origin,
        owner, reason, kahn_category, dashboard_types
    from quality.check_definition
"""


def enter_definitions(connection: psycopg.Connection) -> None:
    """Enter what changed since the definitions were last entered."""
    told = {check.check_id: _row(check) for check in catalogue()}
    kept = {row[0]: row for row in connection.execute(KEPT)}
    changed = [row for name, row in told.items() if kept.get(name) != row]
    with connection.cursor() as cursor:
        cursor.executemany(RENEW, changed)
    if kept.keys() - told.keys():
        connection.execute(FORGET, (list(told),))


def _row(check: Check) -> tuple[str, ...]:
    *texts, types = astuple(check)
    return (*texts, ", ".join(types))
