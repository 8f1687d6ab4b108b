"""What is asked of the record and of the warehouse, in the same words on both sides.

Of each entry the version that holds is one text: its id, its time of change, every
column that lands as it is, and of sealed columns whether they hold anything. Its hash
has a seed of this comparison alone and is never kept; a sum of hashes does not depend
on the order of the rows.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from psycopg import sql

from pipelines.feeds.contract import ColumnType, Feed
from pipelines.landing.raw_tables import reference_key
from pipelines.record.tables import APART, table_of
from pipelines.sources.operational import ADAPTER

# Landing works these out where the record has none.
DERIVED = {"patients": frozenset({"zip3", "birth_year"})}
# Both servers must write times, dates and numbers alike.
ALIKE = """
    select
        set_config('TimeZone', 'UTC', true),
        set_config('DateStyle', 'ISO, YMD', true)
"""
RECORD_ENTRIES = """
    with

    seen as (
        select *
        from {table}
        where pg_visible_in_snapshot({writer}, {snapshot}::pg_snapshot)
    ),

    entries as (
        select
            {entry_id} as entry_id,
            cast({changed_at} at time zone 'UTC' as date) as changed_on,
            hashtextextended(
                cast(row({entry_id}, {changed_at}, {columns}) as text), {seed}
            ) as hash
        from seen as entry
        where {holds}
    )
"""
# What the record closed, or wrote a newer version of, does not hold any more.
HOLDS = """
    not entry.is_entered_in_error
    and not exists (
        select 1 from seen as later where later.supersedes = entry.version_id
    )
"""
WAREHOUSE_ENTRIES = """
    with

    versions as (
        select
            fact.*,
            row_number() over (
                partition by fact.record_id
                order by
                    fact.version_at desc,
                    fact.adapter_revision desc,
                    fact.is_closed asc,
                    fact.content_hash desc
            ) as place
        from raw.{feed} as fact
        inner join raw.delivery as delivery
            on fact.delivery_id = delivery.delivery_id
        where fact.source_system = {source} and delivery.adapter = {source}
    ),

    entries as (
        select
            entry.record_id as entry_id,
            cast({changed_at} at time zone 'UTC' as date) as changed_on,
            hashtextextended(
                cast(row(entry.record_id, {changed_at}, {columns}) as text), {seed}
            ) as hash
        from versions as entry
        {identity}
        where entry.place = 1 and not entry.is_closed
    )
"""
IDENTITY = """
    left join identity.{feed} as sealed
        on entry.source_system = sealed.source_system
        and entry.record_id = sealed.record_id
        and entry.version_at = sealed.version_at
        and entry.content_hash = sealed.content_hash
"""
BY_DAY = """
    select changed_on, count(*), sum(hash)
    from entries
    group by changed_on
    order by changed_on
"""
OF_DAYS = """
    select changed_on, entry_id, hash
    from entries
    where changed_on = any({days})
    order by changed_on asc, entry_id collate "C" asc
"""
SAVED_SINCE = """
    select cast({changed_at} at time zone 'UTC' as date), count(*)
    from {table} as entry
    where not pg_visible_in_snapshot({writer}, {snapshot}::pg_snapshot)
    group by 1
"""


class Compared(NamedTuple):
    """One comparison: the seed of its hashes, and up to where the record has landed.

    ``corrected`` are, by feed and column, the texts that a correction changed on the
    way, and those that it put in their place.
    """

    seed: int
    snapshot: str
    corrected: Mapping[tuple[str, str], Collection[str]]


def record_entries(feed: Feed, compared: Compared) -> sql.Composed:
    """Return the entries of a table of the record that hold now, as a common table."""
    is_apart = feed.name in APART
    entry_id = "cast(entry.record_id as text)"
    if is_apart:
        entry_id = "cast(entry.acknowledgement_id as text)"
    elif feed.name == "patients":
        entry_id = "lpad(to_hex(entry.patient_key), 16, '0')"
    return sql.SQL(RECORD_ENTRIES).format(
        table=table_of(feed),
        writer=_writer(feed),
        snapshot=sql.Literal(compared.snapshot),
        entry_id=sql.SQL(entry_id),
        changed_at=_changed_at(feed),
        columns=sql.SQL(", ").join(_of_record(feed, compared)),
        seed=sql.Literal(compared.seed),
        holds=sql.SQL("true" if is_apart else HOLDS),
    )


def warehouse_entries(feed: Feed, compared: Compared) -> sql.Composed:
    """Return the same entries as they landed, as a common table."""
    identity = sql.SQL(IDENTITY if feed.direct_columns else "")
    changed_at = "entry.acknowledged_at" if feed.name in APART else "entry.version_at"
    return sql.SQL(WAREHOUSE_ENTRIES).format(
        feed=sql.Identifier(feed.name),
        source=sql.Literal(ADAPTER.name),
        changed_at=sql.SQL(changed_at),
        columns=sql.SQL(", ").join(_of_warehouse(feed, compared)),
        identity=identity.format(feed=sql.Identifier(feed.name)),
        seed=sql.Literal(compared.seed),
    )


def saved_since(feed: Feed, compared: Compared) -> sql.Composed:
    """Return how many versions of a table wait to be extracted, by day of change."""
    return sql.SQL(SAVED_SINCE).format(
        table=table_of(feed),
        writer=_writer(feed),
        snapshot=sql.Literal(compared.snapshot),
        changed_at=_changed_at(feed),
    )


def _writer(feed: Feed) -> sql.Identifier:
    return sql.Identifier("changed_by" if feed.name in APART else "transaction_id")


def _changed_at(feed: Feed) -> sql.SQL:
    return sql.SQL(
        "entry.acknowledged_at" if feed.name in APART else "entry.changed_at"
    )


def _of_record(feed: Feed, compared: Compared) -> Iterator[sql.Composable]:
    if feed.has_patient:
        yield sql.SQL("entry.patient_key")
    for column, is_text in _plain_columns(feed):
        texts = compared.corrected.get((feed.name, column))
        yield _with_corrected(_plain(column, is_text=is_text), texts)
    for column in feed.direct_columns:
        yield sql.SQL("entry.{} is not null").format(sql.Identifier(column.name))


def _of_warehouse(feed: Feed, compared: Compared) -> Iterator[sql.Composable]:
    if feed.has_patient:
        yield sql.SQL("entry.patient_key")
    for column, is_text in _plain_columns(feed):
        is_reference = column in feed.patient_references
        name = reference_key(column) if is_reference else column
        texts = compared.corrected.get((feed.name, column))
        yield _with_corrected(_plain(name, is_text=is_text), texts)
    for column in feed.direct_columns:
        yield sql.SQL("sealed.{} is not null").format(sql.Identifier(column.name))


def _plain_columns(feed: Feed) -> Iterator[tuple[str, bool]]:
    """Yield what lands as it is written, and whether it is a text."""
    derived = DERIVED.get(feed.name, frozenset())
    for column in feed.raw_columns:
        if column.name not in derived:
            is_reference = column.name in feed.patient_references
            yield column.name, column.type is ColumnType.TEXT and not is_reference


def _plain(name: str, *, is_text: bool) -> sql.Composed:
    """Return a column; an empty text lands as none."""
    form = "nullif(entry.{}, '')" if is_text else "entry.{}"
    return sql.SQL(form).format(sql.Identifier(name))


def _with_corrected(
    column: sql.Composed, texts: Collection[str] | None
) -> sql.Composable:
    """Return a column with one text for all that a correction is about."""
    if not texts:
        return column
    # An empty text is no column's: a corrected one that is gone is not equal to it.
    return sql.SQL(
        "case when cast({column} as text) = any(cast({texts} as text[])) then '' "
        "else cast({column} as text) end"
    ).format(column=column, texts=sql.Literal(sorted(texts)))
