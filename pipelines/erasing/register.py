"""Who was erased: in the warehouse, and in a file that outlives its backups.

A restored database may be older than an erasure. So each is also a line of
``erasures.jsonl``: a keyed digest and a number, nothing that names anybody.
"""

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from pipelines.access.keyring_file import flush_folder
from pipelines.erasing.patient import BY_DIGEST, ErasureError, Patient
from pipelines.settings import Settings

FILE_NAME = "erasures.jsonl"
ENTER = """
    insert into access.erasure (erasure_id, ordered_by, reason_text, done_by)
    values (%s, %s, %s, %s) on conflict do nothing
"""
ENTER_PATIENT = """
    insert into access.erased_patient (digest, erasure_id) values (%s, %s)
    on conflict do nothing
"""
EARLIER = "select erasure_id from access.erased_patient where digest = %s"
ALL = "select digest, erasure_id from access.erased_patient"
END = """
    update access.erasure set ended_at = clock_timestamp(), rows_removed = %s
    where erasure_id = %s
"""
AGAIN = "entered again after a restore"


@dataclass(frozen=True)
class Order:
    """Why somebody is erased, who said so, and who does it."""

    reason: str
    ordered_by: str
    done_by: str


def register_file(settings: Settings) -> Path:
    """Return the file of erasures; it lies with the keys, so backups keep up."""
    return settings.keys_folder / FILE_NAME


def enter(
    settings: Settings, owner: psycopg.Connection, patient: Patient, order: Order
) -> uuid.UUID:
    """Enter an erasure in file and warehouse before anything is removed.

    One that was begun and not ended goes on under its own number.
    """
    found = owner.execute(EARLIER, (patient.digest,)).fetchone()
    erasure_id = found[0] if found else uuid.uuid4()
    if not found:
        _append(settings, patient.digest, erasure_id)
    _enter(owner, patient.digest, erasure_id, order)
    return erasure_id


def end(
    owner: psycopg.Connection, erasure_id: uuid.UUID, removed: dict[str, int]
) -> None:
    """Enter that an erasure is done, and how much went."""
    owner.execute(END, (json.dumps(removed), erasure_id))


def listed(path: Path) -> dict[bytes, uuid.UUID]:
    """Return the erasures of a file by their digests; none if there is no file.

    Raises:
        ErasureError: it is damaged.
    """
    return dict(_lines(path))


def take_over(settings: Settings, path: Path) -> int:
    """Add what another copy of the list holds and ours does not; return how many.

    Raises:
        ErasureError: there is no such file, or it is damaged.
    """
    if not path.is_file():
        msg = f"there is no list of erasures at {path}"
        raise ErasureError(msg)
    ours = listed(register_file(settings))
    added = {each: number for each, number in _lines(path) if each not in ours}
    for digest, erasure_id in added.items():
        _append(settings, digest, erasure_id)
    return len(added)


def is_any_unknown(settings: Settings, owner: psycopg.Connection) -> bool:
    """Return whether the file lists an erasure that the warehouse does not know."""
    in_file = listed(register_file(settings))
    return bool(in_file.keys() - {bytes(each) for each, _ in owner.execute(ALL)})


def known_erasures(
    settings: Settings, owner: psycopg.Connection
) -> Iterator[tuple[Patient, uuid.UUID]]:
    """Yield every erased patient of file and warehouse; each is in both afterwards."""
    in_file = listed(register_file(settings))
    in_warehouse = {bytes(digest): each for digest, each in owner.execute(ALL)}
    for digest, erasure_id in {**in_file, **in_warehouse}.items():
        if digest not in in_warehouse:
            _enter(owner, digest, erasure_id, Order(AGAIN, AGAIN, "ehr restore"))
        if digest not in in_file:
            _append(settings, digest, erasure_id)
        found = owner.execute(BY_DIGEST, (digest,)).fetchone()
        yield Patient(digest, found[0] if found else ""), erasure_id


def _enter(
    owner: psycopg.Connection, digest: bytes, erasure_id: uuid.UUID, order: Order
) -> None:
    with owner.transaction():
        owner.execute(
            ENTER, (erasure_id, order.ordered_by, order.reason, order.done_by)
        )
        owner.execute(ENTER_PATIENT, (digest, erasure_id))


def _append(settings: Settings, digest: bytes, erasure_id: uuid.UUID) -> None:
    path = register_file(settings)
    line = json.dumps({"digest": digest.hex(), "erasure_id": str(erasure_id)})
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(path, flags, 0o600), "w") as handle:
        handle.write(f"{line}\n")
        handle.flush()
        os.fsync(handle.fileno())
    flush_folder(path.parent)


def _lines(path: Path) -> Iterator[tuple[bytes, uuid.UUID]]:
    if not path.exists():
        return
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        try:
            content = json.loads(line)
            yield bytes.fromhex(content["digest"]), uuid.UUID(content["erasure_id"])
        except (ValueError, KeyError, TypeError):
            msg = f"line {number} of {path} is damaged: restore the file"
            raise ErasureError(msg) from None
