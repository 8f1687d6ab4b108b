"""Reading for a signed-in person: through their login, audited before it is shown.

One page is one read: all its queries run in one repeatable-read transaction, so that
what stands side by side belongs together. The audit event is committed on its own
connection before a row is handed out; if that fails, nothing is.

What a page keeps in the person's own session and shows again within the minute is the
same read: nothing is fetched anew, and nobody else comes to see it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pandas as pd
import psycopg

from pipelines.access import audit
from pipelines.access.frames import Query, frame_of
from pipelines.access.identity import Identity, identities_of
from pipelines.access.key_check import keyring_of
from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.access.protected_text import FormerText, Texts, former_texts, texts_of
from pipelines.access.search import FIND_PATIENTS, MOST_FOUND, sought_terms
from pipelines.settings import Settings

PATIENT_COLUMN = "patient_key"


@dataclass(frozen=True)
class Reading:
    """What one read brought: a frame per query, who the patients are, and texts.

    ``texts`` holds, of each feed asked for, the texts of each fact by its key, and
    ``former`` what versions before the current ones said, where that was asked for.
    """

    frames: Mapping[str, pd.DataFrame]
    identities: Mapping[int, Identity]
    texts: Mapping[str, Texts] = field(default_factory=dict)
    former: Mapping[str, Sequence[FormerText]] = field(default_factory=dict)

    @property
    def patients_of_texts(self) -> set[int]:
        """Return whose texts were brought."""
        return {key for texts in self.texts.values() for key in texts.patient_keys}


class Reader:
    """Reads for one person."""

    def __init__(self, settings: Settings, person: Person) -> None:
        """Read as ``person``, through the login of their role."""
        self._settings = settings
        self._person = person

    def read(
        self,
        page: str,
        queries: Mapping[str, Query],
        patient_keys: Sequence[int] = (),
        texts_of_feeds: Sequence[str] = (),
        *,
        with_former: bool = False,
    ) -> Reading:
        """Run a page's queries and audit them.

        ``patient_keys`` are the patients asked for. Those who may not be seen bring no
        rows and are audited as denied, in an event of their own if others were seen.
        ``texts_of_feeds`` are the feeds whose encrypted texts of these patients are
        read with them; the trail names them. ``with_former`` brings the texts of their
        former versions, too.

        Raises:
            AuditError: the trail cannot be written; nothing is shown.
        """
        asked = set(patient_keys)
        subject = _subject(page, texts_of_feeds)
        try:
            reading = self._fetched(
                queries, asked, texts_of_feeds, with_former=with_former
            )
        except psycopg.errors.InsufficientPrivilege:
            self._audit("read", subject, asked, result="denied")
            raise
        seen = _patients_in(reading.frames) | reading.patients_of_texts
        refused = asked - seen - set(reading.identities)
        shown = seen | asked - refused
        if refused:
            self._audit("read", subject, refused, result="denied")
        if shown or not refused:
            row_count = sum(len(frame) for frame in reading.frames.values())
            self._audit("read", subject, shown, row_count)
        return reading

    def _fetched(
        self,
        queries: Mapping[str, Query],
        asked: set[int],
        feeds: Sequence[str],
        *,
        with_former: bool,
    ) -> Reading:
        """Return a page's rows, who those seen or asked for are, and their texts."""
        with self._transaction() as connection:
            keyring = keyring_of(self._settings, connection)
            frames = {
                name: frame_of(connection, query) for name, query in queries.items()
            }
            wanted = sorted(_patients_in(frames) | asked)
            texts = {
                feed: texts_of(connection, keyring, feed, sorted(asked))
                for feed in feeds
            }
            former = {
                feed: former_texts(connection, keyring, feed, sorted(asked))
                for feed in (feeds if with_former else ())
            }
            identities = identities_of(connection, keyring, wanted)
            return Reading(frames, identities, texts, former)

    def search_patients(self, text: str, details: str) -> Reading:
        """Return visible patients by name, number or birth date, as frame ``found``.

        ``details`` is a statement over the parameter ``patient_keys``; its rows come in
        the order of the match: exact beginnings first, then names that sound alike.
        """
        with self._transaction() as connection:
            keyring = keyring_of(self._settings, connection)
            terms = sought_terms(keyring, text)
            values = (terms.kinds, terms.tokens, terms.words, MOST_FOUND)
            matches = connection.execute(FIND_PATIENTS, values).fetchall()
            keys = [key for key, _ in matches]
            found = frame_of(connection, Query(details, {"patient_keys": keys}))
            identities = identities_of(connection, keyring, keys)
        order = {key: position for position, key in enumerate(keys)}
        found = found.sort_values(
            PATIENT_COLUMN, key=lambda column: column.map(order), kind="stable"
        )
        found["is_by_sound"] = found[PATIENT_COLUMN].map(dict(matches))
        self._audit("search", "patients", set(keys), len(found))
        return Reading({"found": found}, identities)

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection]:
        """Yield a connection in a read-only transaction that knows the person."""
        pool = pool_of(self._settings, self._person.role.login)
        with pool.connection() as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            with connection.transaction():
                connection.execute(
                    "select set_config('ehr.user_id', %s, true)",
                    (self._person.user_id,),
                )
                yield connection

    def _audit(
        self,
        action: str,
        page: str,
        patient_keys: set[int],
        row_count: int = 0,
        result: str = "ok",
    ) -> None:
        event = audit.Event(
            user_id=self._person.user_id,
            role=self._person.role,
            action=action,
            subject=page,
            patient_keys=sorted(patient_keys),
            row_count=row_count,
            result=result,
        )
        audit.append(self._settings, event)


def _subject(page: str, feeds: Sequence[str]) -> str:
    """Return what the trail calls the read: the page, and whose texts it opened."""
    return f"{page}, with texts of {', '.join(feeds)}" if feeds else page


def _patients_in(frames: Mapping[str, pd.DataFrame]) -> set[int]:
    return {
        int(key)
        for frame in frames.values()
        if PATIENT_COLUMN in frame
        for key in frame[PATIENT_COLUMN].dropna().unique()
    }
