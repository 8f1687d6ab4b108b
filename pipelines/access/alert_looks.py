"""Which alerts about medicines stood on a chart before a person, so that new ones show.

An alert is what it is about, how grave it is and since when it holds: one that comes
back, or becomes graver, is new again.
"""

import hashlib
import logging
from collections.abc import Collection, Mapping
from datetime import datetime

import psycopg

from pipelines.access.acting import asking
from pipelines.access.people import Person
from pipelines.settings import Settings

LOOKS = "select alert, seen_at from access.alert_looks(%s)"
KEEP = "select access.keep_alert_look(%s, %s)"
# Of a digest: among ten thousand alerts two share a number once in 10^9 patients.
NUMBER_BYTES = 7

logger = logging.getLogger(__name__)


def alert_number(about: Collection[str], since_second: int) -> int:
    """Return the number of an alert that holds since a second of the epoch."""
    parts = "|".join((*about, str(since_second)))
    return int.from_bytes(hashlib.sha256(parts.encode()).digest()[:NUMBER_BYTES], "big")


def seen_alerts(
    settings: Settings, person: Person, patient_key: int
) -> Mapping[int, datetime]:
    """Return when a person last saw which alerts; none where that cannot be read."""
    try:
        with asking(settings, person) as connection:
            rows = connection.execute(LOOKS, (patient_key,), prepare=True).fetchall()
    except psycopg.Error as error:
        # The name alone: a trace may hold a value.
        what = type(error).__name__
        logger.error("the alerts seen before were not read: %s", what)  # noqa: TRY400
        return {}
    return dict(rows)


def keep_alert_look(
    settings: Settings, person: Person, patient_key: int, alerts: Collection[int]
) -> bool:
    """Keep which alerts a chart has shown; call it when they stand there, never before.

    Returns:
        Whether it was kept; what was not stays new.
    """
    try:
        with asking(settings, person) as connection:
            values = (patient_key, sorted(alerts))
            connection.execute(KEEP, values, prepare=True)
    except psycopg.Error as error:
        what = type(error).__name__
        logger.error("a look at alerts was not kept: %s", what)  # noqa: TRY400
        return False
    return True
