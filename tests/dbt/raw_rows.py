"""Rows for ``raw``: one fact of every feed for every patient, from the contracts."""

import hashlib
from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed

SOURCE = "hospital"
REFERENCES = {
    "encounter_id": "encounters",
    "part_of_encounter_id": None,
    "prescription_id": "prescriptions",
    "replaces_prescription_id": None,
    "order_id": "lab_orders",
    "specimen_id": "specimens",
    "coverage_id": "coverages",
    "claim_id": "claims",
}
VERSION = {
    "is_closed": False,
    "version_at": "2026-02-01T12:00:00Z",
    "known_from": "2026-02-01T12:00:00Z",
    "adapter_revision": 1,
    "delivery_id": 1,
    "file_id": 1,
    "line_number": 1,
}


# What a load tells of a fact that has versions under several patients.
NOTE_MOVED = """
    insert into raw.moved_facts (feed, source_system, record_id, patient_key)
    select distinct {name}, source_system, record_id, patient_key
    from raw.{table}
    where (source_system, record_id) in (
        select source_system, record_id from raw.{table}
        where source_system = %s and record_id = %s
        group by source_system, record_id
        having min(patient_key) <> max(patient_key)
    )
    on conflict do nothing
"""
# A result that measures are worked out from.
CREATININE = {
    "test_code": "2160-0",
    "test_name": "Creatinine",
    "value_text": "1.2",
    "value_number": None,
    "unit": "mg/dL",
}


def insert_every_feed(connection: psycopg.Connection, patients: Sequence[int]) -> None:
    """Insert the contracts' example of every feed, for every patient."""
    connection.execute(
        "insert into raw.source values (%s, 'csv', true, '2026-02-02T00:00:00Z')",
        (SOURCE,),
    )
    for feed in FEEDS.values():
        if feed.is_identity_only:
            continue
        for patient in patients if feed.has_patient else (None,):
            insert_fact(connection, feed.name, example_of(feed, patient))
    touch(connection, patients)


def example_of(feed: Feed, patient: int | None) -> dict:
    """Return the contract's example of a feed as a row of ``raw``."""
    row = {
        column.name: column.example or None
        for column in feed.raw_columns
        if column.name not in feed.patient_references
    }
    row |= {
        column: referred and f"{referred}-{patient}"
        for column, referred in REFERENCES.items()
        if column in row
    }
    row |= {
        f"{column.removesuffix('_id')}_key": patient
        for column in feed.patient_references
    }
    if patient is not None:
        row |= {"patient_key": patient}
    return row | {"record_id": f"{feed.name}-{patient}"}


def insert_fact(connection: psycopg.Connection, feed: str, row: dict) -> None:
    """Insert one version of one fact; whatever ``row`` leaves out has a default."""
    full = VERSION | {"source_system": SOURCE} | row
    statement = sql.SQL(
        "insert into raw.{table} ({columns}, content_hash) values ({values}, %s)"
    ).format(
        table=sql.Identifier(feed),
        columns=sql.SQL(", ").join(map(sql.Identifier, full)),
        values=sql.SQL(", ").join(sql.Placeholder() * len(full)),
    )
    connection.execute(statement, [*full.values(), _hash_of(full)])
    if "patient_key" in full:
        noted = sql.SQL(NOTE_MOVED).format(
            name=sql.Literal(feed), table=sql.Identifier(feed)
        )
        connection.execute(noted, (full["source_system"], full["record_id"]))


def touch(connection: psycopg.Connection, patients: Iterable[int]) -> None:
    """Put patients on the list of the next build."""
    for patient in patients:
        connection.execute(
            "insert into raw.touched_patients (patient_key, delivery_id) "
            "values (%s, 1)",
            (patient,),
        )


def _hash_of(row: dict) -> str:
    content = repr(sorted(row.items(), key=repr)).encode()
    return hashlib.blake2b(content, digest_size=16).hexdigest()
