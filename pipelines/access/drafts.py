"""What a person typed and did not save: kept encrypted, for that person alone.

A draft outlives the session: who was signed out by the clock finds it again. It is
encrypted by the installation's key and bound to its person and form, and read through
the person's own login. After seven days nobody gets it any more.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import psycopg

from pipelines.access.encryption import KeyringError, load_keyring
from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.settings import Settings

KEEP = "select access.keep_draft(%s, %s)"
KEPT = "select access.kept_draft(%s)"
FORGET = "select access.forget_draft(%s)"
# What forms hold beside text, numbers and choices.
READ_AS = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "Decimal": Decimal,
}


def keep_draft(
    settings: Settings, person: Person, form: str, values: Mapping[str, Any]
) -> None:
    """Keep what was typed into a form, in place of what was kept before."""
    keyring = load_keyring(settings.keys_folder)
    text = json.dumps(dict(values), default=_marked)
    sealed = keyring.encrypt(text, _place(person, form))
    with _connection(settings, person) as connection:
        connection.execute(KEEP, (form, sealed))


def kept_draft(settings: Settings, person: Person, form: str) -> dict[str, Any] | None:
    """Return what was kept; None if nothing was, or its key is gone for good."""
    keyring = load_keyring(settings.keys_folder)
    with _connection(settings, person) as connection:
        sealed = connection.execute(KEPT, (form,)).fetchone()[0]
    if sealed is None:
        return None
    try:
        text = keyring.decrypt(sealed, _place(person, form))
    except KeyringError:
        return None
    return json.loads(text, object_hook=_unmarked)


def forget_draft(settings: Settings, person: Person, form: str) -> None:
    """Forget what was kept, once it is saved or thrown away."""
    with _connection(settings, person) as connection:
        connection.execute(FORGET, (form,))


def _place(person: Person, form: str) -> str:
    return f"access.draft|sealed|{person.user_id}\x1f{form}"


def _marked(value: object) -> dict[str, str]:
    kind = type(value).__name__
    if kind not in READ_AS:
        msg = (
            f"a draft cannot hold a {kind}: keep text, numbers, dates or lists of them"
        )
        raise TypeError(msg)
    return {f"${kind}": str(value) if kind == "Decimal" else value.isoformat()}


def _unmarked(values: dict[str, Any]) -> object:
    if len(values) == 1:
        ((mark, text),) = values.items()
        if mark.startswith("$") and mark[1:] in READ_AS:
            return READ_AS[mark[1:]](text)
    return values


@contextmanager
def _connection(settings: Settings, person: Person) -> Iterator[psycopg.Connection]:
    """Yield a connection in a transaction that knows the person."""
    with (
        pool_of(settings, person.role.login).connection() as connection,
        connection.transaction(),
    ):
        connection.execute(
            "select set_config('ehr.user_id', %s, true)", (person.user_id,)
        )
        yield connection
