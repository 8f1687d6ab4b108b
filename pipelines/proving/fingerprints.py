"""Fingerprints of marts: by mart and patient the rows, and the sum of their hashes.

A sum does not depend on the order of the rows and counts each as often as it stands
there. Columns that say where a row came from (tag ``provenance``) are left out: which
of two equal deliveries a fact is shown with is no matter of what is true.
"""

import psycopg
from psycopg import sql

from expectations.marts.contracts import Mart, read_marts

MARTS = "marts"
EMPTY = """
    create temp table {table} (
        mart text not null,
        patient_key bigint not null,
        rows_count bigint not null,
        fingerprint numeric not null
    )
"""
# Zero is no patient: 63 bits of a keyed hash never gave it, and migrations refuse it.
ENTER = """
    insert into {table}
    select
        {name},
        {patient},
        count(*),
        sum(hashtextextended(cast(row({columns}) as text), 0))
    from {mart}
    group by 2
"""
NOBODY = 0


def enter_fingerprints(connection: psycopg.Connection, table: str) -> None:
    """Write the fingerprints of every mart into a table of this session."""
    connection.execute(sql.SQL(EMPTY).format(table=sql.Identifier(table)))
    for mart in proved_marts():
        patient = "patient_key" if "patient_key" in mart.columns else str(NOBODY)
        columns = (name for name in mart.columns if name not in mart.provenance)
        connection.execute(
            sql.SQL(ENTER).format(
                table=sql.Identifier(table),
                name=sql.Literal(mart.name),
                patient=sql.SQL(patient),
                columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                mart=sql.Identifier(MARTS, mart.name),
            )
        )


def proved_marts() -> list[Mart]:
    """Return the marts that are compared: all that people read about patients.

    Not those of research, whose rows are of random keys, nor the input of models.
    """
    return [mart for mart in read_marts().values() if mart.schema == MARTS]
