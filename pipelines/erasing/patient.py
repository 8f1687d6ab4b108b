"""The patient to erase: found by key or by source and id, known from then by digest."""

from dataclasses import dataclass

import psycopg

from pipelines.access.encryption import Keyring, patient_key_of

BY_KEY = "select source_system, digest from identity.patient_key where patient_key = %s"
BY_DIGEST = "select source_system from identity.patient_key where digest = %s"
NOT_ENDED = """
    select digest from access.erased_patient
    inner join access.erasure using (erasure_id)
    where ended_at is null
"""
LINKED = """
    select count(distinct other) from (
        select case when patient_key = %(key)s
            then surviving_patient_key else patient_key end as other
        from raw.patient_links
        where %(key)s in (patient_key, surviving_patient_key) and not is_closed
    ) as links
    where other is not null and other <> %(key)s
"""


class ErasureError(Exception):
    """An erasure cannot be done; the message says why, and never who it is."""


@dataclass(frozen=True)
class Patient:
    """One patient of one source; ``source_system`` is empty where nobody knows it."""

    digest: bytes
    source_system: str

    @property
    def key(self) -> int:
        """Return the patient key."""
        return patient_key_of(self.digest)


def find_patient(owner: psycopg.Connection, keyring: Keyring, named: str) -> Patient:
    """Return the patient of a key, or of ``source:id``.

    Raises:
        ErasureError: there is no such patient.
    """
    source_system, _, patient_id = named.partition(":")
    if named.isdecimal():
        for source, digest in owner.execute(BY_KEY, (int(named),)).fetchall():
            return Patient(bytes(digest), source)
    elif patient_id:
        digest = keyring.patient_digest(source_system, patient_id)
        if owner.execute(BY_DIGEST, (digest,)).fetchone():
            return Patient(digest, source_system)
        named = str(patient_key_of(digest))
    # An erasure that was killed may have removed the patient and not have ended.
    for (digest,) in owner.execute(NOT_ENDED):
        if str(patient_key_of(bytes(digest))) == named:
            return Patient(bytes(digest), "")
    msg = "no patient of that key, or of that source and id: give KEY or SOURCE:ID"
    raise ErasureError(msg)


def linked_patients(owner: psycopg.Connection, patient: Patient) -> int:
    """Return how many other patients are, or were, said to be the same person."""
    row = owner.execute(LINKED, {"key": patient.key}).fetchone()
    return int(row[0]) if row else 0
