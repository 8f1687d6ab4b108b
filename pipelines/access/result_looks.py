"""What a person was shown of a patient's results, so that a page can mark what is new.

A look is the set of readings that were shown, not a moment: a delivery that landed
slowly, or a build that came later, brings results whose times lie before the look.
"""

import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import psycopg

from pipelines.access.acting import asking
from pipelines.access.people import Person
from pipelines.settings import Settings

LAST = "select looked_at, readings from access.last_result_look(%s)"
KEEP = "select access.keep_result_look(%s, %s)"
# Of a digest: among ten thousand results two share a number once in 10^9 patients.
NUMBER_BYTES = 7

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """What a person has seen so far; ``looked_at`` is None before the first look."""

    looked_at: datetime | None
    readings: frozenset[int]


def reading_number(lab_result_key: str, reading_hash: str) -> int:
    """Return the number of one reading of one result; a correction has another."""
    digest = hashlib.sha256(f"{lab_result_key}|{reading_hash}".encode()).digest()
    return int.from_bytes(digest[:NUMBER_BYTES], "big")


def last_look(settings: Settings, person: Person, patient_key: int) -> Look:
    """Return what a person has been shown of a patient's results."""
    with asking(settings, person) as connection:
        row = connection.execute(LAST, (patient_key,), prepare=True).fetchone()
    return Look(None, frozenset()) if row is None else Look(row[0], frozenset(row[1]))


def keep_look(
    settings: Settings, person: Person, patient_key: int, readings: Collection[int]
) -> bool:
    """Add what a page has shown; call it when it stands there, never before.

    Returns:
        Whether it was kept; what was not stays new.
    """
    try:
        with asking(settings, person) as connection:
            values = (patient_key, sorted(readings))
            connection.execute(KEEP, values, prepare=True)
    except psycopg.Error as error:
        # The name alone: a trace may hold a value.
        what = type(error).__name__
        logger.error("a look at results was not kept: %s", what)  # noqa: TRY400
        return False
    return True
