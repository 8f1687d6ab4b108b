"""What a patient's page reads: one audited read, kept for a minute."""

import time
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.own_record.statements import PROFILE
from pipelines.access.identity import Identity
from pipelines.access.reading import Query

KEPT_SECONDS = 60
KEPT = "kept_own_record"


@dataclass(frozen=True)
class OwnRecord:
    """One part of the own record, and who the patient is."""

    rows: pd.DataFrame
    profile: pd.DataFrame
    identity: Identity


def read_own_record(page: str, statement: str) -> OwnRecord:
    """Return the rows of one part of the record of the patient signed in.

    ``page`` is the name that the audit trail gives this part. Rows read less than a
    minute ago in this session are shown again without a read.
    """
    kept = st.session_state.setdefault(KEPT, {})
    kept_at, record = kept.get(page, (0.0, None))
    if record is None or time.monotonic() - kept_at > KEPT_SECONDS:
        record = _read(page, statement)
        kept[page] = (time.monotonic(), record)
    return record


def read_profile() -> pd.DataFrame:
    """Return how fresh the record of the patient signed in is."""
    person = session.person()
    query = Query(PROFILE, {})
    keys = [person.patient_key]
    reading = session.reader().read("own freshness", {"profile": query}, keys)
    return reading.frames["profile"]


def _read(page: str, statement: str) -> OwnRecord:
    patient_key = session.person().patient_key
    queries = {"rows": Query(statement, {}), "profile": Query(PROFILE, {})}
    reading = session.reader().read(page, queries, [patient_key])
    identity = reading.identities.get(patient_key, Identity())
    return OwnRecord(reading.frames["rows"], reading.frames["profile"], identity)
