"""Drafts about a patient: forms that somebody began and did not save."""

import re

import psycopg

from pipelines.access.keyring import Keyring, KeyringError

DRAFTS = "select user_id, form, sealed from access.draft"
REMOVE = "delete from access.draft where user_id = %s and form = %s"


def remove_drafts(owner: psycopg.Connection, keyring: Keyring, patient_key: int) -> int:
    """Remove every draft whose form or content names the patient's key.

    One that does not open goes as well: nobody could read it, nor tell whose it is.
    """
    key = re.compile(rf"(?<!\d){patient_key}(?!\d)")
    removed = 0
    for user_id, form, sealed in owner.execute(DRAFTS).fetchall():
        place = f"access.draft|sealed|{user_id}\x1f{form}"
        try:
            text = keyring.decrypt(sealed, place)
        except KeyringError:
            text = str(patient_key)
        if key.search(form) or key.search(text):
            owner.execute(REMOVE, (user_id, form))
            removed += 1
    return removed
