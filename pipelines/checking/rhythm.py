"""Late deliveries: feeds of live sources of which the next load should be here."""

from dataclasses import dataclass
from datetime import datetime

import psycopg

from expectations.results import State
from expectations.series.charts import WINDOW
from expectations.series.measured import Kind
from expectations.series.rhythm import Pause, pause_of
from pipelines.checking.scorecard import keep_scorecard
from pipelines.checking.series_checks import RHYTHM, name_of

LOADS = """
    with loads as (
        select
            delivery.source_system,
            measurement.feed,
            delivery.delivery_id,
            delivery.received_at,
            row_number() over (
                partition by delivery.source_system, measurement.feed
                order by delivery.delivery_id desc
            ) as loads_ago
        from quality.series_measurement as measurement
        inner join raw.delivery as delivery
            on measurement.delivery_id = delivery.delivery_id
        inner join raw.source as source
            on delivery.source_system = source.source_system
        where measurement.kind = %s and not source.is_historical
    )

    select
        source_system,
        feed,
        max(delivery_id),
        array_agg(received_at order by received_at),
        now()
    from loads
    where loads_ago <= %s
    group by source_system, feed
    order by source_system collate "C", feed collate "C"
"""
ENTER = """
    insert into quality.series_check_result (
        delivery_id, check_id, source_system, state, rows_count, applicable_count,
        broken_count, worst_name, worst
    )
    values (%s, %s, %s, %s, %s, %s, %s, '', %s)
    on conflict (delivery_id, check_id) do update set
        state = excluded.state,
        applicable_count = excluded.applicable_count,
        broken_count = excluded.broken_count,
        worst = excluded.worst,
        judged_at = now()
"""
KEEP_MEASURES = "select quality.keep_incident_measures('series', %s)"


@dataclass(frozen=True)
class Rhythm:
    """One feed of one source: its last load, and the pause since, once it has one."""

    source_system: str
    feed: str
    delivery_id: int
    loads_count: int
    last_received_at: datetime
    pause: Pause | None

    @property
    def is_late(self) -> bool:
        """Return whether the next load should be here."""
        return self.pause is not None and self.pause.is_too_long

    @property
    def state(self) -> State:
        """Return whether the check passed, failed, or has no rhythm to judge by."""
        if self.pause is None:
            return State.NOT_APPLICABLE
        return State.FAILED if self.pause.is_too_long else State.PASSED


def rhythms(connection: psycopg.Connection) -> list[Rhythm]:
    """Return how every feed of every live source keeps its rhythm, as of now."""
    found = connection.execute(LOADS, (Kind.ROWS.value, WINDOW))
    return [
        Rhythm(
            source, feed, delivery, len(received), received[-1], pause_of(received, now)
        )
        for source, feed, delivery, received, now in found
    ]


def enter_rhythms(connection: psycopg.Connection, time_zone: str) -> None:
    """Judge every feed of every live source, and keep that with its last load."""
    found = rhythms(connection)
    with connection.cursor() as cursor:
        cursor.executemany(ENTER, [_row(each) for each in found])
        last = sorted({each.delivery_id for each in found})
        cursor.executemany(KEEP_MEASURES, [(delivery,) for delivery in last])
    for delivery in last:
        keep_scorecard(connection, "series", delivery, time_zone)


def late_deliveries(connection: psycopg.Connection) -> list[dict[str, object]]:
    """Return what is late by now, for ``ehr status``."""
    return [
        {
            "source_system": each.source_system,
            "feed": each.feed,
            "last_received_at": each.last_received_at,
            "due_at": each.last_received_at + each.pause.limit,
        }
        for each in rhythms(connection)
        if each.pause and each.is_late
    ]


def _row(rhythm: Rhythm) -> tuple[object, ...]:
    pause = rhythm.pause
    return (
        rhythm.delivery_id,
        name_of(rhythm.feed, RHYTHM),
        rhythm.source_system,
        rhythm.state.value,
        rhythm.loads_count,
        int(pause is not None),
        int(rhythm.is_late),
        round(pause.lasts / pause.limit, 3) if pause else 0,
    )
