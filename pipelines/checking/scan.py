"""One scan of a relation for all of its checks: a statement that counts.

A query per check would read a relation as often as it has checks; a hundred checks in
one scan take two seconds where each alone takes twenty. The SQL is what Spark also
reads, but for the rows of ``expectations.marts.kept``; conditions come from
``expectations.marts`` and hold no value of a row.
"""

from collections.abc import Iterable, Mapping, Sequence

from expectations.marts.contracts import read_marts
from expectations.marts.kept import MART_OF
from expectations.marts.mart_check import MartCheck

STAGING = "stg_"
LINEAGE = {"source_system", "delivery_id", "file_id", "line_number"}


def scan_of(relation: str, checks: Sequence[MartCheck]) -> str:
    """Return the statement that counts, by source, the rows of every check.

    Its columns are the source, all rows, and of each check the rows it applies to and
    those of them that break it. Rows are counted by what checks are ``among``, then the
    counts are added up.
    """
    kinds = dict.fromkeys(check.among[0] for check in checks if check.among)
    counted = _counts_of_rows(checks)
    columns = [
        f"{source_of(relation)} as source_system",
        *(f"fact.{kind}" for kind in kinds),
        "count(*) as rows_count",
        *(f"count(case when {what} then 1 end) as {name}" for what, name in counted),
    ]
    sums = [sum_ for check in checks for sum_ in _sums_of(check, dict(counted))]
    groups = ", ".join(str(place) for place in range(1, len(kinds) + 2))
    return "\n".join(
        (
            facts_of(relation, checks) + ",",
            "\ncounted as (\n    select\n        " + ",\n        ".join(columns),
            "    from fact",
            *joins_of(checks),
            f"    group by {groups}\n)\n",
            "select\n    source_system,\n    cast(sum(rows_count) as bigint),",
            "    " + ",\n    ".join(sums),
            "from counted\ngroup by source_system",
        )
    )


def facts_of(relation: str, checks: Iterable[MartCheck]) -> str:
    """Return how a statement begins: the rows judged as ``fact``, with windows.

    All checks of a relation judge the same rows of it.
    """
    windows = {name: text for check in checks for name, text in check.windows.items()}
    columns = ["*", *(f"{text} as {name}" for name, text in windows.items())]
    (rows,) = {check.rows for check in checks}
    origin = (
        f"(\n    {rows}\n) as judged" if rows else f"{schema_of(relation)}.{relation}"
    )
    return "\n".join(
        (
            "with fact as (",
            "    select\n        " + ",\n        ".join(columns),
            f"    from {origin}",
            ")",
        )
    )


def schema_of(relation: str) -> str:
    """Return the schema that a relation stands in."""
    return "staging" if relation.startswith(STAGING) else read_marts()[relation].schema


def has_lineage(relation: str) -> bool:
    """Return whether each row of a relation tells the line that it came from."""
    return _columns_of(relation) >= LINEAGE


def names_patients(relation: str) -> bool:
    """Return whether each row of a relation is of one patient."""
    return "patient_key" in _columns_of(relation)


def source_of(relation: str) -> str:
    """Return the source of a row in SQL; an empty text where the relation has none."""
    has_source = "source_system" in _columns_of(relation)
    return "coalesce(fact.source_system, '')" if has_source else "''"


def joins_of(checks: Iterable[MartCheck]) -> Iterable[str]:
    """Return what checks join to a row, each once."""
    return dict.fromkeys(join for check in checks for join in check.joins)


def _columns_of(relation: str) -> set[str]:
    """Return the columns of a relation; of one of staging those of its mart."""
    if relation.startswith(STAGING):
        relation, _ = MART_OF[relation.removeprefix(STAGING)]
    return set(read_marts()[relation].columns)


def _counts_of_rows(checks: Iterable[MartCheck]) -> list[tuple[str, str]]:
    """Return each condition once, with the name of its count."""
    conditions = dict.fromkeys(
        what for check in checks for what in (check.applies, _broken(check))
    )
    return [(what, f"count_{place}") for place, what in enumerate(conditions, start=1)]


def _broken(check: MartCheck) -> str:
    return f"({check.applies}) and ({check.breaks})"


def _sums_of(check: MartCheck, names: Mapping[str, str]) -> Iterable[str]:
    column, value = check.among or ("", "")
    for what in (check.applies, _broken(check)):
        count = names[what]
        if check.among:
            count = f"case when {column} = '{value}' then {count} else 0 end"
        yield f"cast(sum({count}) as bigint)"
