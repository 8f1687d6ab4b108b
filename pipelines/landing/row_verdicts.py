"""What a trial landing wrote about each row, and what stood there before.

A row that landed is compared with the version of the same record that was current: it
is new, a change, a withdrawal, or something that a person should look at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from pipelines.feeds.laboratory import LAB_RESULTS

# Of each landed row: what was current of the same record before, if anything.
LANDED = """
    select
        fresh.line_number,
        fresh.is_closed,
        earlier.record_id is not null and not earlier.is_closed as has_earlier,
        earlier.patient_key as earlier_patient_key,
        coalesce(earlier.patient_key <> fresh.patient_key, false) as is_of_another,
        min(fresh.patient_key) over (partition by fresh.record_id)
        <> max(fresh.patient_key) over (partition by fresh.record_id)
            as is_of_two_in_file,
        coalesce(earlier.version_at > fresh.version_at, false) as is_older,
        coalesce(earlier.version_at = fresh.version_at, false)
        or count(*) over (partition by fresh.record_id, fresh.version_at) > 1
            as is_in_conflict,
        {columns}
    from raw.lab_results as fresh
    left join lateral (
        select version.*
        from raw.lab_results as version
        where version.source_system = fresh.source_system
            and version.record_id = fresh.record_id
            and version.delivery_id <> fresh.delivery_id
        order by
            version.version_at desc,
            version.adapter_revision desc,
            version.is_closed,
            version.content_hash desc
        limit 1
    ) as earlier on true
    where fresh.delivery_id = %s
"""


class RowVerdict(StrEnum):
    """What would become of one row."""

    NEW = "new"
    CHANGE = "change"
    WITHDRAWAL = "withdrawal"
    OLDER = "older"
    CONFLICT = "conflict"
    MOVED = "moved"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Change:
    """One column of a result that would read otherwise."""

    column: str
    before: object
    after: object


def landed_rows(
    connection: psycopg.Connection, delivery_id: int
) -> dict[int, dict[str, object]]:
    """Return what landed of the trial, by line."""
    pairs = [
        sql.SQL("{} as {}").format(
            sql.Identifier(side, column.name), sql.Identifier(f"{side} {column.name}")
        )
        for column in LAB_RESULTS.raw_columns
        for side in ("earlier", "fresh")
    ]
    statement = sql.SQL(LANDED).format(columns=sql.SQL(", ").join(pairs))
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(statement, (delivery_id,)).fetchall()
    return {row["line_number"]: row for row in found}


def verdict_of(  # noqa: PLR0911 - one answer each
    landed: Mapping[str, object] | None, *, is_refused: bool
) -> RowVerdict:
    """Return the verdict on one row; ``landed`` is None where nothing landed of it."""
    if is_refused:
        return RowVerdict.REFUSED
    if landed is None:
        return RowVerdict.UNCHANGED
    if _is_moved(landed):
        return RowVerdict.MOVED
    if landed["is_in_conflict"]:
        return RowVerdict.CONFLICT
    if landed["is_older"]:
        return RowVerdict.OLDER
    if landed["is_closed"]:
        return RowVerdict.WITHDRAWAL
    return RowVerdict.CHANGE if landed["has_earlier"] else RowVerdict.NEW


def changes_of(landed: dict[int, dict[str, object]]) -> dict[int, list[Change]]:
    """Return, by line, what reads otherwise than it does here now.

    Never beside a row of another patient: what is here is not theirs.
    """
    return {
        line: [
            Change(name, row[f"earlier {name}"], row[f"fresh {name}"])
            for name in LAB_RESULTS.column_names
            if row[f"earlier {name}"] != row[f"fresh {name}"]
        ]
        for line, row in landed.items()
        if row["has_earlier"] and not row["is_closed"] and not row["is_of_another"]
    }


def earlier_patients_of(landed: dict[int, dict[str, object]]) -> set[int]:
    """Return the patients of the versions that the rows were compared with."""
    keys = (row["earlier_patient_key"] for row in landed.values())
    return {int(key) for key in keys if key is not None}


def _is_moved(landed: Mapping[str, object]) -> bool:
    """Return whether a record would go from one patient to another.

    It comes before every other verdict: at the same version time, or stated later in
    the same file, a critical result would change hands all the same.
    """
    is_of_another_here = landed["is_of_another"] and landed["has_earlier"]
    return bool(is_of_another_here or landed["is_of_two_in_file"])
