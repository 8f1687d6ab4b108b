"""One scan of a relation for all of its checks: a statement that counts.

A query per check would read a relation as often as it has checks; a hundred checks in
one scan take two seconds where each alone takes twenty. The SQL is what Spark also
reads; conditions come from ``expectations.marts`` and hold no value of a row.
"""

from collections.abc import Iterable, Sequence

from expectations.marts.contracts import read_marts
from expectations.marts.joins import join_of
from expectations.marts.mart_check import MartCheck

STAGING = "stg_"
LINEAGE = {"source_system", "delivery_id", "file_id", "line_number"}
CONDITION = "({check.applies}) and ({check.breaks})"


def scan_of(relation: str, checks: Sequence[MartCheck]) -> str:
    """Return the statement that counts, by source, the rows of every check.

    Its columns are the source, all rows, and of each check the rows it applies to and
    those of them that break it.
    """
    joins = dict.fromkeys(join for check in checks for join in check.joins)
    counted = [count for check in checks for count in _counts_of(check)]
    return "\n".join(
        (
            facts_of(relation, checks),
            f"select\n    {source_of(relation)} as source_system,\n    count(*),",
            "    " + ",\n    ".join(counted),
            "from fact",
            *(join_of(join) for join in joins),
            "group by 1",
        )
    )


def facts_of(relation: str, checks: Iterable[MartCheck]) -> str:
    """Return how a statement begins: the relation's rows as ``fact``, with windows."""
    windows = {name: text for check in checks for name, text in check.windows.items()}
    columns = ["*", *(f"{text} as {name}" for name, text in windows.items())]
    return "\n".join(
        (
            "with fact as (",
            "    select\n        " + ",\n        ".join(columns),
            f"    from {schema_of(relation)}.{relation}",
            ")",
        )
    )


def schema_of(relation: str) -> str:
    """Return the schema that a relation stands in."""
    return "staging" if relation.startswith(STAGING) else read_marts()[relation].schema


def has_lineage(relation: str) -> bool:
    """Return whether each row of a relation tells the line that it came from."""
    return (
        not relation.startswith(STAGING)
        and set(read_marts()[relation].columns) >= LINEAGE
    )


def names_patients(relation: str) -> bool:
    """Return whether each row of a relation is of one patient."""
    return (
        not relation.startswith(STAGING)
        and "patient_key" in read_marts()[relation].columns
    )


def source_of(relation: str) -> str:
    """Return the source of a row in SQL; an empty text where the relation has none."""
    has_source = (
        relation.startswith(STAGING)
        or "source_system" in read_marts()[relation].columns
    )
    return "coalesce(fact.source_system, '')" if has_source else "''"


def _counts_of(check: MartCheck) -> Iterable[str]:
    yield f"count(case when {check.applies} then 1 end)"
    yield f"count(case when {CONDITION.format(check=check)} then 1 end)"
