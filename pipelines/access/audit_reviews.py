"""The weekly review: what happened in a week, prepared for somebody to sign."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines.access.audit_verification import verify
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

FIRST_AND_KNOWN = """
    select
        (
            select min(happened_at) from audit.event as event
            where event.month >= (select min(month) from audit.event)
        ),
        (select coalesce(array_agg(week), '{}') from audit.review)
"""
PREPARE = "select audit.prepare_week(%s, %s, %s)"
DAYS_OF_A_WEEK = 7
# Weeks longer ago than this are no longer prepared if nobody ever did.
MOST_WEEKS = 26


def prepare_reviews(settings: Settings, now: datetime | None = None) -> list[date]:
    """Prepare every week that is over and has no review yet; return their Mondays."""
    zone = ZoneInfo(settings.time_zone)
    this_monday = monday_of((now or datetime.now(UTC)).astimezone(zone).date())
    with connect(settings, Role.COMPLIANCE) as connection:
        first_at, known = connection.execute(FIRST_AND_KNOWN).fetchone()
        if first_at is None:
            return []
        first = monday_of(first_at.astimezone(zone).date())
        missing = [
            week for week in weeks_between(first, this_monday) if week not in known
        ]
        if missing:
            breaks = len(verify(settings, connection))
            for week in missing:
                connection.execute(PREPARE, (week, settings.time_zone, breaks))
    return missing


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks_between(first: date, until: date) -> list[date]:
    """Return the Mondays from one to before another, the last of them."""
    count = (until - first).days // DAYS_OF_A_WEEK
    weeks = [first + timedelta(days=DAYS_OF_A_WEEK * each) for each in range(count)]
    return weeks[-MOST_WEEKS:]
