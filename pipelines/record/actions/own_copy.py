"""A patient's own record to take away: gathered once, written down as handed over.

Nothing is gathered but by the patient's own login, so nobody else's rows can be in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd
import psycopg

from pipelines.access.audit import AuditError
from pipelines.access.disclosures import Disclosure, disclose
from pipelines.access.identity import Identity
from pipelines.access.people import Person
from pipelines.access.reading import Query, Reader
from pipelines.record.actions.announcing import announce
from pipelines.record.actions.asking import own_key
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.permissions import UNAUDITED, require
from pipelines.record.actions.reading_entries import NOT_READ, entries
from pipelines.record.actions.reading_whole import require_whole
from pipelines.settings import Settings

# What of the record is in the copy, in the order of its sections.
FEEDS = (
    "patients",
    "encounters",
    "conditions",
    "allergies",
    "prescriptions",
    "medication_requests",
    "immunizations",
    "procedures",
    "care_plans",
    "vital_signs",
)
RESULTS = """
    select
        patient_key, lab_result_key, test_name, specimen_words, value_text,
        value_words, number_or_bound, comparator, unit_words, range_low, range_high,
        is_final, is_corrected, judgement_code, taken_at
    from marts.own_results
    order by taken_at desc nulls last, test_name collate "C", lab_result_key
"""
NOT_OWN = "this is not the record of your account; call the office"
KINDS = {"pdf": "own record as PDF", "fhir": "own record as FHIR"}


@dataclass(frozen=True)
class OwnCopy:
    """What a patient takes away."""

    patient_key: int
    identity: Identity
    made_at: datetime
    time_zone: str
    entries: Mapping[str, Sequence[Entry]] = field(repr=False)
    results: Sequence[Any] = field(repr=False)


def own_copy(settings: Settings, person: Person, kind: str) -> OwnCopy:
    """Return the own record of the patient signed in, once that is written down.

    Raises:
        ActionError: nothing was handed over; the message says why.
    """
    require(settings, person, "download own record")
    key = own_key(person)
    require_whole(settings, person, "download own record", key, NOT_OWN)
    found = {feed: _standing(settings, person, feed, key) for feed in FEEDS}
    queries = {"results": Query(RESULTS, {})}
    try:
        reading = Reader(settings, person).read("own download", queries, [key])
    except (psycopg.Error, AuditError):
        raise ActionError(NOT_READ) from None
    copy = OwnCopy(
        patient_key=key,
        identity=reading.identities.get(key, Identity()),
        made_at=datetime.now(UTC),
        time_zone=settings.time_zone,
        entries=found,
        results=_rows(reading.frames["results"]),
    )
    _write_down(settings, person, key, KINDS[kind], _count(copy))
    return copy


def _standing(settings: Settings, person: Person, feed: str, key: int) -> list[Entry]:
    found = entries(settings, person, feed, [key])
    return [each for each in found if not each.is_entered_in_error]


def _rows(frame: pd.DataFrame) -> list[Any]:
    """Return rows by the names of their columns; what is missing is None."""
    return [
        SimpleNamespace(
            **{name: None if pd.isna(each) else each for name, each in row.items()}
        )
        for row in frame.to_dict("records")
    ]


def _count(copy: OwnCopy) -> int:
    return sum(map(len, copy.entries.values())) + len(copy.results)


def _write_down(
    settings: Settings, person: Person, key: int, what: str, count: int
) -> None:
    announcement = announce(settings, person, "export", what, [key], count)
    disclosure = Disclosure(
        what=what,
        patient_keys=(key,),
        recipient_name=person.display_name,
        recipient_address="the patient's own session",
        purpose_code="patient_request",
        purpose_text="Downloaded by the patient",
    )
    try:
        disclose(settings, person, disclosure)
    except AuditError:
        announcement.tell("error")
        raise ActionError(UNAUDITED) from None
    announcement.tell("ok", count)
