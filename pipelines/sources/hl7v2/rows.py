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
    return hashed(told(*parts))


def told(*parts: str | None) -> str:
    """Return what an id is made of: of its parts in turn it may be joined, too."""
    return "".join(["-" if p is None else f"{len(p)}:{p}" for p in parts])


def hashed(what: str) -> str:
    """Return the id of what tells two facts apart."""
    return hashlib.sha256(what.encode()).hexdigest()[:HEX_DIGITS]


def once_a_message(answer: Callable[[Message], Any]) -> Callable[[Message], Any]:
    """Return a function of a message that is worked out once for each."""

    @wraps(answer)
    def known(message: Message) -> Any:
        worked_out = message.known
        if answer not in worked_out:
            worked_out[answer] = answer(message)
        return worked_out[answer]

    return known


@once_a_message
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
    return patient


def number_of(patient: Segment) -> str | None:
    """Return a patient's number; before version 2.3 it stood in PID-2."""
    return patient_id(patient, 3) or patient_id(patient, 2)


@once_a_message
def patient_number(message: Message) -> str:
    """Return the number of the patient that a message is about.

    Raises:
        RefusedError: nobody is named.
    """
    number = number_of(identified(message))
    if number is None:
        msg = "PID-3: the patient's number is missing"
        raise RefusedError(msg)
    return number


@once_a_message
def visit_id(message: Message) -> str | None:
    """Return the id of the encounter that a message is about."""
    visit = message.first("PV1")
    number = visit.of(19) if visit else None
    if number is None:
        return None
    return record_id("encounter", patient_number(message), number)
