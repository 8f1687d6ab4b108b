"""Fingerprints of marts: by mart and patient the rows, and the sum of their hashes.

A sum does not depend on the order of the rows and counts each as often as it stands
there. Columns that say where a row came from (tag ``provenance``) are left out: which
of two equal deliveries a fact is shown with is no matter of what is true.
"""

import psycopg
from psycopg import sql

from expectations.marts.contracts import Mart, read_marts

MARTS = "marts"
# Zero is no patient: 63 bits of a keyed hash never gave it, and migrations refuse it.
NOBODY = 0
NUMERIC = "numeric"
# A row's hash is a sum over its columns, and is hashed once more: a sum of sums would
# not tell two values that changed places.
OF_MART = """
    select
        {name} as mart,
        cast({patient} as bigint) as patient_key,
        count(*) as rows_count,
        sum(hashint8extended(hash_record_extended(row({columns}), 0), 0)) as fingerprint
    from {mart}
    group by 2
"""
# A table made of a statement, as rows put into one are read by one process alone.
KEEP = "create temp table {table} as {marts}"
READING_AT_ONCE = "select set_config('max_parallel_workers_per_gather', '2', true)"


def enter_fingerprints(connection: psycopg.Connection, table: str) -> None:
    """Write the fingerprints of every mart into a new table of this session."""
    marts = sql.SQL(" union all ").join(map(_fingerprints_of, proved_marts()))
    with connection.transaction():
        connection.execute(READING_AT_ONCE)
        connection.execute(
            sql.SQL(KEEP).format(table=sql.Identifier(table), marts=marts)
        )


def _fingerprints_of(mart: Mart) -> sql.Composed:
    patient = "patient_key" if "patient_key" in mart.columns else str(NOBODY)
    columns = (
        _hashed(name, type_)
        for name, type_ in mart.columns.items()
        if name not in mart.provenance
    )
    return sql.SQL(OF_MART).format(
        name=sql.Literal(mart.name),
        patient=sql.SQL(patient),
        columns=sql.SQL(", ").join(columns),
        mart=sql.Identifier(MARTS, mart.name),
    )


def _hashed(name: str, type_: str) -> sql.Composable:
    """Return a column as it is hashed: 1.0 and 1.00 are one number and two texts."""
    column = sql.Identifier(name)
    is_number = type_.startswith(NUMERIC)
    return sql.SQL("cast({} as text)").format(column) if is_number else column


def proved_marts() -> list[Mart]:
    """Return the marts that are compared: all that people read about patients.

    Not those of research, whose rows are of random keys, nor the input of models.
    """
    return [mart for mart in read_marts().values() if mart.schema == MARTS]
