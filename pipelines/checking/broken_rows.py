"""What breaks the failed checks of a relation: how many patients, where it came from.

Asked of failed checks alone, after the scan: of hundreds of checks few fail. The rows
that break one of them are gathered once, in a table that ends with the transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from expectations.marts.mart_check import MartCheck
from pipelines.checking.scan import (
    facts_of,
    has_lineage,
    joins_of,
    names_patients,
    source_of,
)

MOST_ROWS = 20
Place = tuple[int, int | None, int | None]
Key = tuple[str, str]
PLACE = ("delivery_id", "file_id", "line_number")
PATIENTS = """
    select source_system, count(distinct patient_key)
    from pg_temp.broken_row
    where {broken}
    group by source_system
"""
PLACES = """
    select delivery_id, file_id, line_number
    from pg_temp.broken_row
    where source_system = %s and delivery_id is not null and {broken}
    limit {most}
"""


@dataclass(frozen=True)
class BrokenRows:
    """Of a check in one source: how many patients it hits, and some places.

    ``patients_count`` is null where rows name no patient; no place where a row comes
    from no line of its own.
    """

    patients_count: int | None = None
    places: tuple[Place, ...] = ()


def broken_rows_of(
    connection: psycopg.Connection,
    relation: str,
    failed: Sequence[tuple[MartCheck, str]],
) -> dict[Key, BrokenRows]:
    """Return what breaks checks of a relation, by check and source.

    ``failed`` are checks, each with the source that failed it.
    """
    checks = list({check.check_id: check for check, _ in failed}.values())
    if not checks or not (names_patients(relation) or has_lineage(relation)):
        return {}
    sources = sorted({source for _, source in failed})
    connection.execute(_gathering(relation, checks, sources))
    flags = {
        check.check_id: sql.Identifier(_flag(at)) for at, check in enumerate(checks)
    }
    patients = {
        check_id: _patients(connection, flag) if names_patients(relation) else {}
        for check_id, flag in flags.items()
    }
    return {
        (check.check_id, source): BrokenRows(
            patients[check.check_id].get(source),
            _places(connection, flags[check.check_id], source)
            if has_lineage(relation)
            else (),
        )
        for check, source in failed
    }


def _gathering(
    relation: str, checks: Sequence[MartCheck], sources: Sequence[str]
) -> str:
    """Return what gathers the rows of some sources that break any of some checks."""
    among = ", ".join(sql.quote(source) for source in sources)
    columns = [
        f"{source_of(relation)} as source_system",
        *(["fact.patient_key"] if names_patients(relation) else []),
        *([f"fact.{each}" for each in PLACE] if has_lineage(relation) else []),
        *(f"{check.condition} as {_flag(at)}" for at, check in enumerate(checks)),
    ]
    return "\n".join(
        (
            "create temporary table broken_row on commit drop as",
            facts_of(relation, checks),
            "select\n    " + ",\n    ".join(columns),
            "from fact",
            *joins_of(checks),
            f"where {source_of(relation)} in ({among}) and (",
            "\n    or ".join(f"({check.condition})" for check in checks),
            ")",
        )
    )


def _flag(place: int) -> str:
    return f"breaks_{place}"


def _patients(connection: psycopg.Connection, flag: sql.Identifier) -> dict[str, int]:
    return dict(connection.execute(sql.SQL(PATIENTS).format(broken=flag)).fetchall())


def _places(
    connection: psycopg.Connection, flag: sql.Identifier, source: str
) -> tuple[Place, ...]:
    statement = sql.SQL(PLACES).format(broken=flag, most=sql.Literal(MOST_ROWS))
    return tuple(connection.execute(statement, (source,)))
