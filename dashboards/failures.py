"""When a page fails: a number for the person, the place for the log, no values.

The message of an exception can hold a patient's value, so it is neither shown nor
logged, unless we wrote it ourselves.
"""

import logging
import secrets
import traceback

import streamlit as st

from pipelines.access.audit import AuditError
from pipelines.access.encryption import KeyringError
from pipelines.access.sign_in import SignInError

logger = logging.getLogger(__name__)
OUR_WORDS = (AuditError, KeyringError, SignInError)


def show_failure(error: Exception) -> None:
    """Show a number to report, and log under it where the error came up."""
    number = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    places = " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames[-5:])
    logger.error("error %s: %s at %s", number, type(error).__name__, places)
    if isinstance(error, OUR_WORDS):
        st.error(f"{capitalised_sentence(str(error))} Error number {number}.")
    else:
        st.error(
            "This page could not be shown. Try again; if it stays, tell support the "
            f"error number {number}."
        )


def capitalised_sentence(text: str) -> str:
    """Return a message as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
