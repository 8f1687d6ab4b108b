"""Interrupting alerts that a form showed before a medicine was signed.

What was shown and signed all the same is overridden; what was never signed was heeded,
or the form was left. Quality staff see counts of it, nobody sees whose they are. What
cannot be written is told to the log and stops nobody from prescribing.
"""

import logging
from collections.abc import Mapping

import psycopg

from pipelines.access.acting import asking
from pipelines.access.people import Person
from pipelines.settings import Settings

SHOWN = "select access.keep_shown_alerts(%s, %s, %s)"
OVERRIDDEN = "select access.keep_overridden_alerts(%s, %s, %s, %s)"

logger = logging.getLogger(__name__)


def keep_shown_alerts(
    settings: Settings, person: Person, patient_key: int, alerts: Mapping[str, str]
) -> bool:
    """Keep which alerts, by code with their severity, stand on a person's page.

    Returns:
        Whether it was kept.
    """
    values = (patient_key, list(alerts), list(alerts.values()))
    return _kept(settings, person, SHOWN, values)


def keep_overridden_alerts(
    settings: Settings,
    person: Person,
    patient_key: int,
    alerts: Mapping[str, str],
    reason_code: str,
) -> bool:
    """Keep that a medicine was signed in spite of alerts, and why.

    Returns:
        Whether it was kept.
    """
    values = (patient_key, list(alerts), list(alerts.values()), reason_code)
    return _kept(settings, person, OVERRIDDEN, values)


def _kept(
    settings: Settings, person: Person, statement: str, values: tuple[object, ...]
) -> bool:
    try:
        with asking(settings, person) as connection:
            connection.execute(statement, values, prepare=True)
    except psycopg.Error as error:
        # The name alone: a trace may hold a value.
        what = type(error).__name__
        logger.error("an alert that was shown was not kept: %s", what)  # noqa: TRY400
        return False
    return True
