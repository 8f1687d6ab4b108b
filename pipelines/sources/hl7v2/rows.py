"""Rows of feeds from messages: what all of them have, and whose they are."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from pipelines.sources.hl7v2.message import Message, Segment
from pipelines.sources.hl7v2.values import patient_id, time
from pipelines.sources.one_by_one import RefusedError

HEX_DIGITS = 32  # 128 bits


def record_id(*parts: str | None) -> str:
    """Return an id from what tells two facts apart: ids stand where values may not."""
    told = "".join(["-" if p is None else f"{len(p)}:{p}" for p in parts])
    return hashlib.sha256(told.encode()).hexdigest()[:HEX_DIGITS]


def once_a_message(answer: Callable[[Message], Any]) -> Callable[[Message], Any]:
    """Return a function of a message that is worked out once for each."""

    @wraps(answer)
    def known(message: Message) -> Any:
        if answer not in message.known:
            message.known[answer] = answer(message)
        return message.known[answer]

    return known


@once_a_message
def sent_at(message: Message) -> str | None:
    """Return when a message was sent, which orders versions."""
    return time(message.head.of(7))


@once_a_message
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


@once_a_message
def patient_number(message: Message) -> str | None:
    """Return the number of the patient that a message is about.

    Raises:
        RefusedError: nobody is named.
    """
    return number_of(identified(message))


@once_a_message
def visit_id(message: Message) -> str | None:
    """Return the id of the encounter that a message is about."""
    visit = message.first("PV1")
    number = visit.of(19) if visit else None
    if number is None:
        return None
    return record_id("encounter", patient_number(message), number)
