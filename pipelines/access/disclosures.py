"""Disclosures: what leaves the house is written down first, for the patient to ask.

45 CFR 164.528: a patient may ask who outside got what of them, when and why. Whatever
hands records to somebody outside calls ``disclose`` before it hands them over.
"""

from dataclasses import dataclass

import psycopg

from pipelines.access import audit
from pipelines.access.audit_anchors import anchor_event
from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.database.roles import Role
from pipelines.settings import Settings

# The codes of audit.disclosure, and how they read.
PURPOSES = {
    "patient_request": "At the patient's own request",
    "treatment": "Treatment elsewhere",
    "payment": "Payment",
    "operations": "Operations of a hospital",
    "research": "Research",
    "public_health": "Public health",
    "law": "Required by law",
    "other": "Other",
}
DISCLOSE = """
    select event_id, hash
    from audit.disclose(%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Disclosure:
    """What is handed to whom outside, of which patients, and why."""

    what: str
    patient_keys: tuple[int, ...]
    recipient_name: str
    recipient_address: str
    purpose_code: str
    purpose_text: str


def disclose(settings: Settings, person: Person, disclosure: Disclosure) -> int:
    """Write down that a person hands records to somebody outside; return its event.

    Raises:
        AuditError: it cannot be written down, so nothing may be handed over.
    """
    values = (
        person.user_id,
        person.role,
        disclosure.what,
        sorted(set(disclosure.patient_keys)),
        disclosure.recipient_name,
        disclosure.recipient_address,
        disclosure.purpose_code,
        disclosure.purpose_text,
        audit.client_address.get(),
    )
    try:
        with pool_of(settings, Role.AUDITOR).connection() as connection:
            event_id, event_hash = connection.execute(DISCLOSE, values).fetchone()
        anchor_event(settings, event_id, event_hash)
    except (psycopg.Error, OSError) as error:
        msg = "the disclosure cannot be written down, so nothing is handed over"
        raise audit.AuditError(msg) from error
    return event_id
