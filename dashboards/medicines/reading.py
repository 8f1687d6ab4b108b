"""Reading a patient's medicines over time, in one read of the trail."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.medicines.statements import OF_MEDICINES
from dashboards.reported.statements import INCIDENTS_OF_DATA
from pipelines.access.identity import Identity
from pipelines.access.reading import Query

PAGE = "medicines"
KEPT_SECONDS = 60
# Under a name that a change of rights forgets.
KEPT = "kept_medicines"


@dataclass(frozen=True)
class History:
    """All that a patient's page of medicines shows, read at one moment."""

    patient: pd.Series
    identity: Identity
    frames: Mapping[str, pd.DataFrame]

    @property
    def patient_key(self) -> int:
        """Return whose medicines they are."""
        return int(self.patient.patient_key)

    @property
    def is_whole(self) -> bool:
        """Return whether no medicine is kept from who looks."""
        kinds = {"prescriptions", "dispenses", "administrations"}
        return not kinds & set(self.frames["hidden"]["kind_code"])


def read_history(patient_key: int) -> History | None:
    """Return a patient's medicines; None if this person may not see them.

    What was read is kept for a minute, as on the chart.

    Raises:
        AuditError: the trail cannot be written; nothing is shown.
    """
    kept_for, kept_at, kept = st.session_state.get(KEPT, (None, 0.0, None))
    if kept_for == patient_key and time.monotonic() - kept_at < KEPT_SECONDS:
        return kept
    read = _read(patient_key)
    if read is not None:
        st.session_state[KEPT] = (patient_key, time.monotonic(), read)
    return read


def _read(patient_key: int) -> History | None:
    parameters = {"patient_key": patient_key}
    statements = OF_MEDICINES | {"incidents": INCIDENTS_OF_DATA}
    queries = {name: Query(each, parameters) for name, each in statements.items()}
    reading = session.reader().read(PAGE, queries, [patient_key])
    patients = reading.frames["patient"]
    if patients.empty:
        return None
    identity = reading.identities.get(patient_key, Identity())
    return History(patients.iloc[0], identity, reading.frames)
