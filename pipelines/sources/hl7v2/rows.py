"""Rows of feeds from messages: what all of them have, and whose they are."""

import hashlib

from pipelines.sources.hl7v2.message import Message, Segment
from pipelines.sources.hl7v2.values import patient_id, time
from pipelines.sources.one_by_one import RefusedError

HEX_DIGITS = 32  # 128 bits


def record_id(*parts: str | None) -> str:
    """Return an id from what tells two facts apart: ids stand where values may not."""
    told = "".join("-" if p is None else f"{len(p)}:{p}" for p in parts)
    return hashlib.sha256(told.encode()).hexdigest()[:HEX_DIGITS]


def sent_at(message: Message) -> str | None:
    """Return when a message was sent, which orders versions."""
    return time(message.head.of(7))


def identified(message: Message) -> Segment:
    """Return the segment that says who the patient is.

    Raises:
        RefusedError: nobody is named.
    """
    patient = message.first("PID")
    if patient is None:
        msg = f"{message.kind[0]} without PID: nobody knows whose it is"
        raise RefusedError(msg)
    if number_of(patient) is None:
        msg = "PID-3: the patient's number is missing"
        raise RefusedError(msg)
    return patient


def number_of(patient: Segment) -> str | None:
    """Return a patient's number; before version 2.3 it stood in PID-2."""
    return patient_id(patient, 3) or patient_id(patient, 2)


def visit_id(message: Message) -> str | None:
    """Return the id of the encounter that a message is about."""
    visit = message.first("PV1")
    number = visit.of(19) if visit else None
    if number is None:
        return None
    return record_id("encounter", number_of(identified(message)), number)
