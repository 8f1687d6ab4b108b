"""What the channels of alerts could not tell, and why, for ``ehr status``."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pipelines.settings import Settings

STATES = """
    select
        kept.channel,
        kept.failed_tries,
        kept.problem,
        kept.failed_at,
        kept.next_try_at,
        (
            select count(*)
            from quality.unsent_alert as alert
            where alert.channel = kept.channel
        ) as waiting
    from quality.alert_channel as kept
    where kept.channel = any(%s)
    order by kept.channel
"""


def channel_states(
    settings: Settings, connection: psycopg.Connection
) -> list[dict[str, Any]]:
    """Return for each channel set up what waits, and why, for ``ehr status``."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(STATES, (list(settings.alert_channels),)).fetchall()


def state_lines(states: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what a person should know of channels: only what does not work."""
    return [
        f"[red]alerts:[/red] {each['waiting']:,} were not taken by {each['channel']} "
        f"since {each['failed_tries']} tries: {each['problem']}; next try at "
        f"{each['next_try_at']:%Y-%m-%d %H:%M}"
        for each in states
        if each["problem"]
    ]
