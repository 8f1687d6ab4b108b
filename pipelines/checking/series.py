"""Measurements of every load, kept beside it, and what control charts say of them.

Both are written in the transaction of the load, so that a load is never without. A load
that is held or taken back leaves none: what did not land is no norm for what follows.
"""

import json
from datetime import datetime

import psycopg

from expectations.series.charts import WINDOW
from expectations.series.judging import Load, SeriesFound, judge_load
from expectations.series.measured import Kind, Measurements
from expectations.series.measuring import as_numbers, from_numbers
from pipelines.checking.series_checks import name_of

ENTER = "insert into quality.series_measurement values (%s, %s, %s, %s)"
ENTER_FOUND = """
    insert into quality.series_check_result (
        delivery_id, check_id, source_system, state, rows_count, applicable_count,
        broken_count, worst_name, worst
    )
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
FORGET = "select quality.forget_old_measurements(%s, %s)"
BEFORE = """
    with loads as (
        select delivery.delivery_id, delivery.received_at
        from raw.delivery as delivery
        where delivery.source_system = %(source)s
            and delivery.status = 'landed'
            and delivery.delivery_id < %(delivery)s
            and exists (
                select 1
                from quality.series_measurement as measurement
                where measurement.delivery_id = delivery.delivery_id
                    and measurement.feed = %(feed)s
            )
        order by delivery.delivery_id desc
        limit %(most)s
    )

    select
        loads.delivery_id,
        loads.received_at,
        measurement.kind,
        measurement.measured
    from loads
    inner join quality.series_measurement as measurement
        on loads.delivery_id = measurement.delivery_id
        and measurement.feed = %(feed)s
        and measurement.kind = any(%(kinds)s)
    order by loads.delivery_id
"""


def enter_series(
    connection: psycopg.Connection,
    source_system: str,
    delivery_id: int,
    feed: str,
    received_at: datetime,
    measured: Measurements,
) -> list[SeriesFound]:
    """Keep what was measured of one feed, judge it by the loads before; return that."""
    kinds = [kind.value for kind in measured]
    before = _before(connection, source_system, delivery_id, feed, kinds)
    found = judge_load(before, Load(received_at, measured))
    with connection.cursor() as cursor:
        cursor.executemany(
            ENTER,
            [
                (delivery_id, feed, kind.value, json.dumps(as_numbers(numbers)))
                for kind, numbers in measured.items()
            ],
        )
        cursor.executemany(
            ENTER_FOUND,
            [_row(source_system, delivery_id, feed, each) for each in found],
        )
    return found


def forget_old_measurements(connection: psycopg.Connection, source_system: str) -> None:
    """Forget what was measured more than a year ago, and no chart compares with."""
    connection.execute(FORGET, (source_system, WINDOW))


def _before(
    connection: psycopg.Connection,
    source_system: str,
    delivery_id: int,
    feed: str,
    kinds: list[str],
) -> list[Load]:
    """Return the loads of a feed that landed from a source before, the oldest first."""
    names = {
        "source": source_system,
        "delivery": delivery_id,
        "feed": feed,
        "most": WINDOW,
        "kinds": kinds,
    }
    loads: dict[int, Load] = {}
    for each, received_at, kind, kept in connection.execute(BEFORE, names):
        load = loads.setdefault(each, Load(received_at, {}))
        load.measured[Kind(kind)] = from_numbers(kept)
    return list(loads.values())


def _row(
    source_system: str, delivery_id: int, feed: str, found: SeriesFound
) -> tuple[object, ...]:
    return (
        delivery_id,
        name_of(feed, found.kind),
        source_system,
        found.state.value,
        found.rows_count,
        found.applicable_count,
        found.broken_count,
        found.worst_name,
        round(found.worst, 3),
    )
