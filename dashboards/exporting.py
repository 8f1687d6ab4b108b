"""A file of what a page shows of a patient; that it is made is written down first."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboards import session
from pipelines.access import audit

MIMES = {"csv": "text/csv", "png": "image/png"}


@dataclass(frozen=True)
class File:
    """A file that was made: its kind and what is in it."""

    kind: str
    content: bytes


def make_file(
    subject: str,
    kind: str,
    patient_key: int,
    row_count: int,
    make: Callable[[], bytes],
) -> File:
    """Write down that a file is made, then make it.

    ``subject`` is what the trail calls its content.

    Raises:
        AuditError: it cannot be written down, so nothing is made.
    """
    person = session.person()
    event = audit.Event(
        user_id=person.user_id,
        role=person.role,
        action="export",
        subject=f"{subject} as {kind}",
        patient_keys=[patient_key],
        row_count=row_count,
    )
    audit.append(session.settings(), event)
    return File(kind, make())


def offer_file(file: File, name: str) -> None:
    """Offer a file that was made."""
    # Two files of one name could share an address in the browser.
    full_name = f"{name}-{secrets.token_hex(8)}.{file.kind}"
    st.success("It is ready. That it was made is written down.")
    st.download_button(
        f"Download the {file.kind.upper()}", file.content, full_name, MIMES[file.kind]
    )
