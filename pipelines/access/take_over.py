"""A nurse takes over a patient of her ward, for 12 hours; the charge nurse sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pipelines.access.acting import Act, RuleError, asking, perform, told
from pipelines.access.encryption import load_keyring
from pipelines.access.identity import Identity, identities_of
from pipelines.access.people import Person
from pipelines.settings import Settings

TAKE_OVER = "select access.take_over(%s, %s)"
WARD_PATIENTS = """
    select patient_key, ward_name, started_at, is_mine
    from access.ward_patients()
    order by ward_name collate "C", started_at
"""
OF_WARD = """
    select
        take_over_id, nurse_name, patient_key, ward_name, reason, taken_at, ends_at,
        is_open
    from access.take_overs_of_ward()
"""


@dataclass(frozen=True)
class WardPatient:
    """Who lies on the ward, and whether the nurse sees the record already."""

    patient_key: int
    ward_name: str
    started_at: datetime
    is_mine: bool


@dataclass(frozen=True)
class TakenOver:
    """One take-over, as the charge nurse sees it."""

    take_over_id: UUID
    nurse_name: str
    patient_key: int
    ward_name: str
    reason: str
    taken_at: datetime
    ends_at: datetime
    is_open: bool


def take_over(
    settings: Settings, person: Person, patient_key: int, reason: str
) -> datetime:
    """Assign a patient of the ward to a nurse; return until when.

    Raises:
        RuleError: without a reason, not of her ward, or hers already.
    """
    if not reason.strip():
        msg = "write why you take this patient over"
        raise RuleError(msg)
    act = Act(
        action="take over",
        subject="record",
        statement=TAKE_OVER,
        values=(patient_key, reason.strip()),
        patient_keys=[patient_key],
    )
    (ends_at,) = perform(settings, person, act)
    return ends_at


def ward_patients(
    settings: Settings, person: Person
) -> tuple[list[WardPatient], Mapping[int, Identity]]:
    """Return who lies on the nurse's wards, and their names; audited."""
    keyring = load_keyring(settings.keys_folder)
    with asking(settings, person) as connection:
        rows = connection.execute(WARD_PATIENTS).fetchall()
        found = [WardPatient(*row) for row in rows]
        keys = sorted({each.patient_key for each in found})
        names = identities_of(connection, keyring, keys)
    told(settings, person, Act("read", "ward list", WARD_PATIENTS, (), keys), "ok")
    return found, names


def take_overs_of_ward(settings: Settings, person: Person) -> list[TakenOver]:
    """Return the take-overs of the wards that the nurse is in charge of; audited."""
    with asking(settings, person) as connection:
        found = [TakenOver(*row) for row in connection.execute(OF_WARD)]
    keys = sorted({each.patient_key for each in found})
    told(settings, person, Act("read", "take-overs", OF_WARD, (), keys), "ok")
    return found
