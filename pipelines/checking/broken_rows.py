"""What breaks a failed check of a mart: how many patients, and where it was delivered.

Asked of failed checks alone, after the scan: of hundreds of checks few fail, and a
count of distinct patients for each would cost more than the scan itself.
"""

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql

from expectations.marts.joins import join_of
from expectations.marts.mart_check import MartCheck
from pipelines.checking.scan import (
    CONDITION,
    facts_of,
    has_lineage,
    names_patients,
    source_of,
)

MOST_ROWS = 20
Place = tuple[int, int | None, int | None]


def patients_of(
    connection: psycopg.Connection, relation: str, checks: Sequence[MartCheck]
) -> dict[tuple[str, str], int]:
    """Return, by check and source, how many patients have a row that breaks it.

    Empty where the relation names no patient.
    """
    if not checks or not names_patients(relation):
        return {}
    counts = [
        f"count(distinct case when {CONDITION.format(check=check)} "
        "then fact.patient_key end)"
        for check in checks
    ]
    columns = ",\n    ".join([f"{source_of(relation)} as source_system", *counts])
    statement = (
        f"{facts_of(relation, checks)}\nselect\n    {columns}\nfrom fact\n"
        f"{_joined(checks)}group by 1"
    )
    return {
        (check.check_id, source): count
        for source, *found in connection.execute(statement)
        for check, count in zip(checks, found, strict=True)
    }


def places_of(
    connection: psycopg.Connection, check: MartCheck, source_system: str
) -> list[Place]:
    """Return delivery, file and line of some rows that break a check; at most 20.

    None where the relation's rows come from no line of their own.
    """
    if not has_lineage(check.relation):
        return []
    source = sql.Literal(source_system).as_string(connection)
    statement = (
        f"{facts_of(check.relation, [check])}\n"
        "select fact.delivery_id, fact.file_id, fact.line_number\nfrom fact\n"
        f"{_joined([check])}"
        f"where {source_of(check.relation)} = {source}\n"
        f"    and fact.delivery_id is not null and {CONDITION.format(check=check)}\n"
        f"limit {MOST_ROWS}"
    )
    return list(connection.execute(statement))


def _joined(checks: Iterable[MartCheck]) -> str:
    joins = dict.fromkeys(join for check in checks for join in check.joins)
    return "".join(f"{join_of(join)}\n" for join in joins)
