"""People beside those of the demonstration, and what tests need to know of some."""

from datetime import datetime

from pipelines.access.encryption import load_keyring
from pipelines.access.identity import Identity, identities_of
from pipelines.access.people import Person, PersonRole, create_person, find_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.settings import Settings

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
# Nobody's doctor: on no care team, and no patient is assigned.
COVERING = Person("covering", "Dr. Covering", "doctor")
END_SESSIONS = """
    update access.session set revoked_at = now()
    where user_id = %s and revoked_at is null
"""
SESSIONS = "select count(*) from access.session where user_id = %s"
RESTRICT = """
    insert into access.restriction (patient_key, label_code, set_by, reason)
    values (%s, %s, 'office', 'known to many here')
"""
EVENTS_SINCE = """
    select action, subject, result from audit.event
    where user_id = %s and happened_at >= %s
    order by event_id
"""


def ensure_covering(settings: Settings) -> Person:
    """Make the doctor who covers, unless another test has."""
    with connect(settings, Role.OWNER) as owner:
        if find_person(owner, COVERING.user_id) is None:
            create_person(owner, COVERING, PASSWORD)
    return COVERING


def person_of(settings: Settings, user_id: str) -> Person:
    """Return an account."""
    with connect(settings, Role.OWNER) as owner:
        found = find_person(owner, user_id)
    assert found is not None, user_id
    return found


def end_sessions(settings: Settings, user_id: str) -> None:
    """Let every session of a person be over, as the clock does."""
    with connect(settings, Role.OWNER) as owner:
        owner.execute(END_SESSIONS, (user_id,))


def restrict(settings: Settings, patient_key: int, label_code: str) -> None:
    """Close a record to everybody but the treating team."""
    with connect(settings, Role.OWNER) as owner:
        owner.execute(RESTRICT, (patient_key, label_code))


def events_of(settings: Settings, user_id: str, since: datetime) -> list[tuple]:
    """Return what the trail says that a person did: action, subject, result."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(EVENTS_SINCE, (user_id, since)).fetchall()


def own_entries(settings: Settings, patient: Person, feed: str) -> list[Entry]:
    """Return what the record holds of a patient, as the patient reads it."""
    return entries(settings, patient, feed, [patient.patient_key])


def identity_of(settings: Settings, patient_key: int) -> Identity:
    """Return who a patient is, without an event in the trail."""
    technician = PersonRole.LAB_TECHNICIAN
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, technician.login) as connection:
        connection.execute(
            "select set_config('ehr.user_id', %s, true)", (technician.value,)
        )
        return identities_of(connection, keyring, [patient_key])[patient_key]
