"""Instants on the site's clock, as the charts tell times."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dashboards import session


def local(at: datetime | None) -> datetime | None:
    """Return an instant on the site's clock."""
    if at is None:
        return None
    zone = ZoneInfo(session.settings().time_zone)
    return at.astimezone(zone).replace(tzinfo=None)
