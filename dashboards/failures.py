"""When something fails: a number for the person, the place for the log, no values.

The message of an exception can hold a patient's value, so it is neither shown nor
logged, unless we wrote it ourselves.
"""

import logging
import secrets
import traceback

import streamlit as st

from dashboards.session import NotSignedInError
from pipelines.access.audit import AuditError
from pipelines.access.encryption import KeyringError
from pipelines.access.sign_in import SignInError

logger = logging.getLogger(__name__)
OUR_WORDS = (AuditError, KeyringError, NotSignedInError, SignInError)


def show_failure(error: Exception) -> None:
    """Show what can be said of an error; the rest is in the log under its number."""
    st.error(told_failure(error))


def told_failure(error: Exception) -> str:
    """Return a number to report, having logged under it where the error came up."""
    number = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    places = " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames[-5:])
    logger.error("error %s: %s at %s", number, type(error).__name__, places)
    if isinstance(error, OUR_WORDS):
        return f"{capitalised_sentence(str(error))} Error number {number}."
    return (
        "This could not be done. Try again; if it stays, tell support the error number "
        f"{number}."
    )


def capitalised_sentence(text: str) -> str:
    """Return a message as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
