"""Saving entries: allowed, checked, announced, written in one transaction, told.

Every action of a page ends here. The audit and the record are two databases: the
announcement is committed first, the outcome afterwards, and what broke in between is
found by ``ehr audit verify``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from pipelines.access.encryption import Keyring
from pipelines.access.people import Person
from pipelines.failpoints import reach
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.record.actions.announcing import Announcement, announce
from pipelines.record.actions.checking import NOTHING, Text, check, one_line, spelled
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import admitted, keys_of_installation
from pipelines.record.actions.permissions import require, tell_refused
from pipelines.record.permissions import CORRECT, CORRECT_OWN, CREATE
from pipelines.record.steps import NO_STEP
from pipelines.record.tables import place_of, table_of
from pipelines.settings import Settings

NOT_ALLOWED = f"{NOTHING}this is not a patient for whom you may do this"
CHANGED = f"{NOTHING}somebody changed this entry meanwhile; look at it again"
NOT_POSSIBLE = (
    f"{NOTHING}this has ended or been answered already; what is needed begins anew"
)
NOT_OWN = f"{NOTHING}this entry is somebody else's; only its author corrects it"
NOT_WRITTEN = f"{NOTHING}the record cannot be written just now; try again"
NO_REASON = f"{NOTHING}a correction needs its reason"
EMPTY = f"{NOTHING}there is nothing to save"
OTHER_ACTION = f"{NOTHING}this action does not write that"
WRITING = frozenset({CREATE, CORRECT, CORRECT_OWN})
UNCERTAIN = (
    "the connection broke while this was being saved: load the page again to see "
    "whether it was"
)


def save(settings: Settings, person: Person, changes: Sequence[Change]) -> list[UUID]:
    """Write versions of entries in a person's name: all of them, or none.

    What belongs together is saved together: an answered request and the prescription
    that came of it. The first change names the action in the audit.

    Returns:
        The ids of the versions, in the order of the changes.

    Raises:
        ActionError: nothing was saved; the message says why and what to do.
        KeyringError: nothing was saved; the keys are not this installation's.
    """
    if not changes:
        raise ActionError(EMPTY)
    patients = patients_of(*changes)
    for action in dict.fromkeys(change.action for change in changes):
        require(settings, person, action, patients)
    for change in changes:
        _check_form(change)
        _require_own(settings, person, change)
    texts = [_whole_text(change) for change in changes]
    for change, text in zip(changes, texts, strict=True):
        row = _as_delivered(change, text)
        check(change.feed, row, change.values.keys(), settings.time_zone)
    keyring = _keys(settings, person)
    announcement = announce(
        settings,
        person,
        changes[0].action,
        ", ".join(sorted({change.feed for change in changes})),
        patients,
        len(changes),
    )
    return _written(settings, person, changes, texts, keyring, announcement)


def _keys(settings: Settings, person: Person) -> Keyring:
    """Return the keys before anything is announced: an action without them is none."""
    try:
        return keys_of_installation(settings, person)
    except psycopg.Error:
        raise ActionError(NOT_WRITTEN) from None


def patients_of(*those: Change | Entry) -> list[int]:
    """Return whom changes or entries are about."""
    return sorted({each.patient_key for each in those if each.patient_key is not None})


def _check_form(change: Change) -> None:
    """Refuse what the action is not about, before anything is announced."""
    verb = change.permission.verb
    if verb not in WRITING or (change.seen is None) != (verb == CREATE):
        raise ActionError(OTHER_ACTION)
    if change.seen is None:
        return
    if change.seen.feed != change.feed or change.seen.patient_key != change.patient_key:
        raise ActionError(OTHER_ACTION)
    if not change.reason.strip():
        raise ActionError(NO_REASON)


def _require_own(settings: Settings, person: Person, change: Change) -> None:
    """Refuse to correct somebody else's entry where only authors may; audited."""
    if change.permission.verb != CORRECT_OWN or change.seen is None:
        return
    if change.seen.changed_by_user_id != person.user_id:
        refuse_foreign(settings, person, change.action, change.seen)


def refuse_foreign(
    settings: Settings, person: Person, action: str, seen: Entry
) -> NoReturn:
    """Write down that a person tried to correct somebody else's entry, and refuse it.

    Raises:
        ActionError: always.
    """
    tell_refused(settings, person, action, seen.feed, patients_of(seen))
    raise ActionError(NOT_OWN)


def _whole_text(change: Change) -> Text:
    """Return the whole version as text: what was there, and what changes."""
    before = dict(change.seen.values) if change.seen else {}
    return spelled(change.feed, before | dict(change.values))


def _as_delivered(change: Change, text: Text) -> Text:
    """Return an entry as the delivery will hold it."""
    if not FEEDS[change.feed].has_patient:
        return text
    return {**text, "source_patient_id": str(change.patient_key)}


def _written(
    settings: Settings,
    person: Person,
    changes: Sequence[Change],
    texts: Sequence[Text],
    keyring: Keyring,
    announcement: Announcement,
) -> list[UUID]:
    version_ids = [uuid4() for _ in changes]
    is_complete = False
    try:
        with admitted(settings, person, patients_of(*changes)) as record:
            reach("saving begun")
            for change, text, version_id in zip(
                changes, texts, version_ids, strict=True
            ):
                row = _row(person, change, text, version_id, keyring)
                _insert(record, FEEDS[change.feed], row)
            reach("saving written")
            is_complete = True
    except psycopg.Error as problem:
        if is_complete:  # the commit went out and no answer came
            raise ActionError(UNCERTAIN) from None
        announcement.tell(*_told(problem))
        raise ActionError(_words_of(problem)) from None
    reach("saving committed")
    announcement.tell("ok", len(changes))
    return version_ids


def _row(
    person: Person, change: Change, text: Text, version_id: UUID, keyring: Keyring
) -> dict[str, Any]:
    feed = FEEDS[change.feed]
    sealed = {column.name for column in feed.direct_columns}
    content = {
        name: keyring.encrypt(value, place_of(feed, name, version_id))
        if name in sealed and value is not None
        else value
        for name, value in text.items()
    }
    patient = {"patient_key": change.patient_key} if feed.has_patient else {}
    return {
        "version_id": version_id,
        "record_id": change.seen.record_id if change.seen else _record_id(change),
        "supersedes": change.seen.version_id if change.seen else None,
        "is_entered_in_error": change.is_entered_in_error,
        "changed_by_user_id": person.user_id,
        "changed_by_name": person.display_name,
        "change_reason_text": one_line(change.reason),
        **patient,
        **content,
    }


def _record_id(change: Change) -> str:
    """Return the id of a new entry; a patient's is the patient key, as in the feed."""
    if change.feed == "patients":
        return f"{change.patient_key:016x}"
    return change.record_id or str(uuid4())


def _insert(record: psycopg.Connection, feed: Feed, row: Mapping[str, Any]) -> None:
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        table_of(feed),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )
    record.execute(statement, dict(row), prepare=True)


def _told(problem: psycopg.Error) -> tuple[str]:
    refused = isinstance(problem, psycopg.errors.InsufficientPrivilege)
    return ("denied" if refused else "error",)


def _words_of(problem: psycopg.Error) -> str:
    """Return what went wrong; the database's own words may hold a value."""
    if isinstance(problem, psycopg.errors.InsufficientPrivilege):
        return NOT_ALLOWED
    if isinstance(problem, psycopg.errors.UniqueViolation):
        return CHANGED
    if problem.sqlstate == NO_STEP:
        return NOT_POSSIBLE
    return NOT_WRITTEN
