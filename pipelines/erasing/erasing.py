"""``ehr erase``: a patient leaves the archive, the record, the warehouse and the marts.

The list of the erased is written first, so that nothing of the patient lands from then
on. Every step can be done again: an erasure that was killed is ended by the next one,
or by ``reapply``.
"""

import uuid
from collections import Counter
from dataclasses import replace

import psycopg
from psycopg import sql

from pipelines.access.audit import Event, append
from pipelines.access.key_check import keyring_of
from pipelines.access.keyring import Keyring
from pipelines.backup.erasure_list import keep_list
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.erasing.archived import (
    destroy_entries,
    enter_destroyed,
    entries_without,
)
from pipelines.erasing.books import correct_books, landed_rows
from pipelines.erasing.drafts import remove_drafts
from pipelines.erasing.files import clean_files
from pipelines.erasing.labels import remove_labels
from pipelines.erasing.patient import Patient, find_patient
from pipelines.erasing.register import Order, end, enter, known_erasures
from pipelines.erasing.rows import (
    remove_accounts,
    remove_research_visits,
    remove_rows,
)
from pipelines.failpoints import reach
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.archive import Archive
from pipelines.landing.erased_patients import ErasedPatients
from pipelines.settings import Settings

# The same lock as that of a load: nothing lands meanwhile.
LOCK_SOURCES = """
    select pg_advisory_xact_lock(hashtextextended(source_system, 0))
    from raw.source order by source_system collate "C"
"""
TOUCH = """
    insert into raw.touched_patients (patient_key, delivery_id) values (%s, 0)
"""
TOUCH_FEEDS = """
    insert into raw.touched_feeds (feed, delivery_id)
    select feed, 0 from unnest(%s::text[]) as touched (feed)
"""


def erase(settings: Settings, named: str, order: Order) -> Counter[str]:
    """Erase a patient; return how many rows and records went, by table.

    Raises:
        ErasureError: there is no such patient.
    """
    with connect(settings, Role.OWNER, autocommit=True) as owner:
        keyring = keyring_of(settings, owner)
        patient = find_patient(owner, keyring, named)
        intended = _event(patient, order)
        intent_id = append(settings, intended)
        erasure_id = enter(settings, owner, patient, order)
        keep_list(settings)
        removed = _erase(settings, owner, keyring, patient, erasure_id)
    _build(settings)
    outcome = replace(intended, result="ok", row_count=removed.total())
    append(settings, replace(outcome, intent_id=intent_id))
    return removed


def reapply(settings: Settings) -> int:
    """Erase again everybody on the list who is there, as after a restore.

    Returns how many patients were there.
    """
    there = 0
    with connect(settings, Role.OWNER, autocommit=True) as owner:
        keyring = keyring_of(settings, owner)
        for patient, erasure_id in known_erasures(settings, owner):
            removed = _erase(settings, owner, keyring, patient, erasure_id)
            there += bool(removed)
    if there:
        _build(settings)
    return there


def _erase(
    settings: Settings,
    owner: psycopg.Connection,
    keyring: Keyring,
    patient: Patient,
    erasure_id: uuid.UUID,
) -> Counter[str]:
    archive = Archive(settings.archive_folder, keyring)
    erased = ErasedPatients(keyring, [patient.key])
    reach("erasure.entered")
    removed = _erase_record(settings, patient)
    removed += _erase_marts(settings, patient)
    with owner.transaction():
        removed += _erase_warehouse(owner, archive, keyring, patient, erasure_id)
    reach("erasure.rows_removed")
    removed["archive entries"] += destroy_entries(owner, archive)
    removed["files"] += clean_files(settings, owner, erased)
    _vacuum(owner, removed)
    end(owner, erasure_id, dict(+removed))
    return +removed


def _erase_warehouse(
    owner: psycopg.Connection,
    archive: Archive,
    keyring: Keyring,
    patient: Patient,
    erasure_id: uuid.UUID,
) -> Counter[str]:
    """Remove everything of a patient from the warehouse's own tables and its books."""
    owner.execute(LOCK_SOURCES)
    removed: Counter[str] = Counter()
    erased = ErasedPatients(keyring, [patient.key])
    landed = landed_rows(owner, patient.key)
    for rest in entries_without(owner, archive, erased, patient.source_system):
        removed["quarantine.row"] += correct_books(owner, rest, landed)
        removed["archived records"] += sum(part.records for _, part in rest.parts)
        enter_destroyed(owner, rest, erasure_id)
    removed["identity.research_encounter"] += remove_research_visits(owner, patient.key)
    removed["access.draft"] += remove_drafts(owner, keyring, patient.key)
    removed["access.fact_label"] += remove_labels(owner, patient.key)
    removed += remove_accounts(owner, patient.key)
    removed += remove_rows(owner, patient.key)
    owner.execute(TOUCH, (patient.key,))
    owner.execute(TOUCH_FEEDS, (list(FEEDS),))
    return removed


def _erase_record(settings: Settings, patient: Patient) -> Counter[str]:
    with connect(settings, Role.OWNER, RECORD) as record:
        rows = remove_rows(record, patient.key)
    return Counter({f"record.{name}": count for name, count in rows.items()})


def _erase_marts(settings: Settings, patient: Patient) -> Counter[str]:
    """Remove a patient from the marts now; the build that follows mends the rest."""
    with connect(settings, Role.BUILDER) as builder:
        return remove_rows(builder, patient.key)


def _build(settings: Settings) -> None:
    """Build what was computed from the patient's facts; forget whom it was about."""
    build_marts(settings)
    with connect(settings, Role.BUILDER) as builder:
        builder.execute("delete from raw.building_patients")


def _vacuum(owner: psycopg.Connection, removed: Counter[str]) -> None:
    """Have the pages give up the rows that were removed."""
    for schema, name in (each.split(".") for each in removed if each.count(".") == 1):
        owner.execute(sql.SQL("vacuum {}").format(sql.Identifier(schema, name)))


def _event(patient: Patient, order: Order) -> Event:
    """Return what the audit is told: the key alone, and why."""
    return Event(
        user_id=order.done_by,
        role=Role.OWNER,
        action="erase",
        subject="patient",
        patient_keys=[patient.key],
        purpose=f"{order.reason}; ordered by {order.ordered_by}",
        result="intended",
    )
