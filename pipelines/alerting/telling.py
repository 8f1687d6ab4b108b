"""Tells what is new by every channel that is set up: one message each, or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg

from pipelines.alerting.digest import Digest, digest_of
from pipelines.alerting.failures import ChannelError, told_problem
from pipelines.alerting.mail import send
from pipelines.alerting.outbox import (
    begin_channel,
    enter_news,
    give_turn_back,
    is_due,
    note_failure,
    note_sent,
    take_turn,
    unsent,
)
from pipelines.alerting.webhook import post
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

Send = Callable[[Settings, Digest], None]
WAYS: Mapping[str, Send] = {"e-mail": send, "webhook": post}


@dataclass(frozen=True)
class Told:
    """What one channel did: took some alerts, or took none for a reason."""

    channel: str
    count: int
    problem: str = ""


def tell(settings: Settings) -> list[Told]:
    """Enter what is new and send it; what is not taken is tried again later.

    Nothing is sent while another process sends: it tells the same.
    """
    if not settings.alert_channels:
        return []
    # Waivers end with a day of the site's.
    zone = f"-c TimeZone={settings.time_zone}"
    with connect(settings, Role.LOADER, autocommit=True, options=zone) as connection:
        if not take_turn(connection):
            return []
        try:
            for channel in settings.alert_channels:
                begin_channel(connection, channel)
            enter_news(connection, settings.alert_least_severity)
            done = (
                _tell_by(settings, connection, channel)
                for channel in settings.alert_channels
            )
            return [told for told in done if told]
        finally:
            give_turn_back(connection)


def _tell_by(
    settings: Settings, connection: psycopg.Connection, channel: str
) -> Told | None:
    """Send all that a channel has not taken as one message; None if there is none."""
    alerts = unsent(connection, channel)
    if not alerts or not is_due(connection, channel):
        return None
    try:
        WAYS[channel](settings, digest_of(alerts, _pages(settings)))
    # A password or name that cannot be spelt on the way is a ValueError of the library.
    except (ChannelError, OSError, ValueError) as problem:
        why = told_problem(problem)
        note_failure(connection, channel, why)
        return Told(channel, 0, why)
    note_sent(connection, channel, alerts)
    return Told(channel, len(alerts))


def _pages(settings: Settings) -> str:
    """Return where people open the pages."""
    scheme = "https" if settings.has_tls else "http"
    here = f"{scheme}://localhost:{settings.dashboard_port}"
    return settings.public_url or here
