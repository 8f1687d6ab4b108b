"""Which waiting rows of the quarantine somebody decides about."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

MATCHES = """
    refused.status = 'waiting'
    and (%(source)s::text is null or refused.source_system = %(source)s)
    and (%(delivery_id)s::bigint is null or refused.delivery_id = %(delivery_id)s)
    and (%(feed)s::text is null or refused.feed = %(feed)s)
    and (
        %(rule)s::text is null or %(rule)s = any(string_to_array(refused.rules, ', '))
    )
    and (%(row_ids)s::bigint[] is null or refused.row_id = any(%(row_ids)s))
"""
GROUPS = f"""
    select
        refused.source_system,
        delivery.adapter,
        case when refused.line_number = 0 then refused.delivery_id end as held_delivery,
        array_agg(refused.row_id order by refused.row_id) as row_ids
    from quarantine.row as refused
    inner join raw.delivery as delivery
        on refused.delivery_id = delivery.delivery_id
    where {MATCHES}
    group by 1, 2, 3
    order by min(refused.row_id)
"""  # noqa: S608 - put together from constants
COUNT = f"""
    select count(*), coalesce(sum(refused.records), 0)
    from quarantine.row as refused
    where {MATCHES}
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class Selection:
    """Rows that wait and match all that is given; None is any."""

    source: str | None = None
    delivery_id: int | None = None
    feed: str | None = None
    rule: str | None = None
    row_ids: tuple[int, ...] | None = None

    @property
    def values(self) -> dict[str, object]:
        """Return the parameters of the statements here."""
        row_ids = None if self.row_ids is None else list(self.row_ids)
        return {**vars(self), "row_ids": row_ids}

    @property
    def words(self) -> str:
        """Return what was chosen, for the audit; it holds no value of a patient."""
        named = {
            "source": self.source,
            "load": self.delivery_id,
            "feed": self.feed,
            "rule": self.rule,
        }
        told = [f"{name} {value}" for name, value in named.items() if value is not None]
        if self.row_ids is not None:
            told.append(f"{len(self.row_ids)} chosen")
        return f"refused rows: {', '.join(told) or 'all'}"


@dataclass(frozen=True)
class Group:
    """Rows that can be decided about together.

    ``held_delivery`` is the delivery whose files were refused whole, else None.
    """

    source_system: str
    adapter: str
    held_delivery: int | None
    row_ids: Sequence[int]


def groups_of(connection: psycopg.Connection, selection: Selection) -> list[Group]:
    """Return the rows that wait and match, by source, adapter and held delivery."""
    cursor = connection.cursor(row_factory=class_row(Group))
    return cursor.execute(GROUPS, selection.values).fetchall()


def count_waiting(
    connection: psycopg.Connection, selection: Selection
) -> tuple[int, int]:
    """Return how many rows wait and match, and how many records they stand for."""
    rows, records = connection.execute(COUNT, selection.values).fetchone() or (0, 0)
    return int(rows), int(records)
